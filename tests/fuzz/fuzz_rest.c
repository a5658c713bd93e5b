/* fuzz_rest: a forge's answer: a Link header on the first line, behind it the body that says no.
 *
 * What people read of it holds neither the token nor anything that drives a terminal. */
#include <stdlib.h>
#include <string.h>

#include "core/publish/rest_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stk_str token = STK_STR("s3cret");
	struct stk_str rest = {(const char *)data, size}, link;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *json = NULL;
	char next[64];

	if (!stk_str_cut(&rest, '\n', &link))
		return 0;
	stk_rest_next(link, next, sizeof next);
	for (const char *at = next; *at; at++)
		if (strchr(" \t\r\n<>\"", *at))
			abort(); /* it becomes part of a query */
	if (stk_json_parse(rest, &json, NULL) == 0) {
		stk_rest_explain(json, token, &text);
		if (stk_str_contains(stk_buf_str(&text), token))
			abort();
		for (size_t i = 0; i < text.len; i++)
			if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
				abort();
	}
	stk_json_free(json);
	stk_buf_release(&text);
	return 0;
}
