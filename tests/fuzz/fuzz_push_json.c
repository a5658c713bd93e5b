/* fuzz_push_json: JSON pushes; what was read must be read again from its own JSON. */
#include <stdint.h>
#include <stdlib.h>

#include "core/pyroscope/push.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = {(const char *)data, size};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_push_request request, second;
	struct stk_buf again = STK_BUF_EMPTY;

	if (stk_wire_read_json(&stk_push_request_wire, text, &arena, &request, NULL) == 0) {
		stk_wire_write_json(&stk_push_request_wire, &request, &again);
		if (stk_wire_read_json(&stk_push_request_wire, stk_buf_str(&again), &arena, &second,
			    NULL) < 0 ||
			second.series.len != request.series.len)
			abort();
	}
	stk_buf_release(&again);
	stk_arena_release(&arena);
	return 0;
}
