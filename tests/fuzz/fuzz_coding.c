/* fuzz_coding: a Content-Encoding, a line break, the body as any server sends it: undone within the
 * limit. */
#include <stdlib.h>
#include <string.h>

#include "core/load/coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str rest = {(const char *)data, size}, list;
	struct stk_buf body = STK_BUF_INIT(LIMIT);

	if (!stk_str_cut(&rest, '\n', &list))
		return 0;
	stk_buf_add_str(&body, stk_str_sub(rest, 0, LIMIT));
	(void)stk_coding_knows(list);
	if (stk_coding_undo(list, &body, NULL) < 0 && body.len > 0 && body.ptr[body.len] != '\0')
		abort();
	if (body.len > LIMIT)
		abort();
	stk_buf_release(&body);
	return 0;
}
