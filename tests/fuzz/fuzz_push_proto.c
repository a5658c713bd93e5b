/* fuzz_push_proto: protobuf pushes, with the pprofs inside checked as the server checks them. */
#include <stdint.h>

#include "core/pyroscope/push.h"
#include "core/store/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str bytes = {(const char *)data, size};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_push_request request;
	struct stk_buf again = STK_BUF_EMPTY;

	if (stk_wire_read_proto(&stk_push_request_wire, bytes, &arena, &request, NULL) == 0) {
		const struct stk_push_series *series = request.series.items;

		for (size_t i = 0; i < request.series.len; i++) {
			const struct stk_push_sample *samples = series[i].samples.items;

			for (size_t s = 0; s < series[i].samples.len; s++) {
				struct stk_scan scan;

				(void)!stk_scan_read(&scan, samples[s].profile, NULL, 0, NULL);
				stk_scan_release(&scan);
			}
		}
		stk_wire_write_proto(&stk_push_request_wire, &request, &again);
		stk_wire_write_json(&stk_push_request_wire, &request, &again);
	}
	stk_buf_release(&again);
	stk_arena_release(&arena);
	return 0;
}
