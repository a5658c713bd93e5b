/* fuzz_comment_marker: the body of anybody's comment; what is read is written the same again. */
#include <stdlib.h>
#include <string.h>

#include "core/report/comment_marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_comment_marker marker, again;
	struct stk_buf text = STK_BUF_EMPTY;

	if (!stk_comment_marker_parse(stk_str_n((const char *)data, size), &marker))
		return 0;
	stk_comment_marker_format(&marker, &text);
	if (!stk_comment_marker_parse(stk_buf_str(&text), &again) ||
		strcmp(again.key, marker.key) != 0 || strcmp(again.sha, marker.sha) != 0 ||
		strcmp(again.run, marker.run) != 0 ||
		again.at_ns / 1000000 != marker.at_ns / 1000000)
		abort();
	stk_buf_release(&text);
	return 0;
}
