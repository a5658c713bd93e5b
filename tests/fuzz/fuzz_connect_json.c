/* fuzz_connect_json: every query message of the Connect protocol in JSON, and error bodies. */
#include <stdint.h>

#include "core/base/mem.h"
#include "core/pyroscope/connect.h"
#include "core/pyroscope/pprof_json.h"
#include "core/pyroscope/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stk_wire_message *const messages[] = {&stk_query_types_response_wire,
		&stk_query_values_request_wire, &stk_query_series_response_wire,
		&stk_query_stacks_request_wire, &stk_query_stacks_response_wire,
		&stk_query_points_request_wire, &stk_query_points_response_wire,
		&stk_query_heatmap_response_wire, &stk_query_diff_request_wire};
	struct stk_str text = {(const char *)data, size};
	struct stk_buf out = STK_BUF_EMPTY;

	for (size_t i = 0; i < STK_ARRAY_LEN(messages); i++) {
		struct stk_arena arena = STK_ARENA_INIT;
		void *message = stk_arena_zalloc(&arena, 1, messages[i]->size);

		if (stk_connect_read(STK_CONNECT_JSON, messages[i], text, &arena, message, NULL) ==
			0)
			stk_connect_write(STK_CONNECT_PROTO, messages[i], message, &out);
		if (stk_connect_read(STK_CONNECT_PROTO, messages[i], text, &arena, message, NULL) ==
			0)
			stk_connect_write(STK_CONNECT_JSON, messages[i], message, &out);
		stk_arena_release(&arena);
	}
	(void)!stk_connect_read_error(500, text, NULL, NULL);
	(void)!stk_pprof_json_read(text, &out, NULL);
	stk_buf_release(&out);
	return 0;
}
