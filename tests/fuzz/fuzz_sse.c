/* fuzz_sse: any stream, whole and byte by byte: the same events. */
#include <stdint.h>
#include <stdlib.h>

#include "core/http/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct stk_str text, size_t step, struct stk_buf *out)
{
	struct stk_sse sse;
	struct stk_sse_event event;

	stk_sse_init(&sse);
	for (size_t at = 0; at < text.len; at += step) {
		struct stk_str piece = stk_str_sub(text, at, step);

		while (stk_sse_read(&sse, &piece, &event, NULL) == 1) {
			stk_buf_add_str(out, event.type);
			stk_buf_add_byte(out, '/');
			stk_buf_add_str(out, event.id);
			stk_buf_add_byte(out, '/');
			stk_buf_add_str(out, event.data);
			stk_buf_add_byte(out, ';');
		}
		if (piece.len > 0)
			abort();
	}
	stk_sse_release(&sse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_buf whole = STK_BUF_EMPTY, pieces = STK_BUF_EMPTY;

	read_all(text, size ? size : 1, &whole);
	read_all(text, 1, &pieces);
	if (!stk_str_eq(stk_buf_str(&whole), stk_buf_str(&pieces)))
		abort();
	stk_buf_release(&whole);
	stk_buf_release(&pieces);
	return 0;
}
