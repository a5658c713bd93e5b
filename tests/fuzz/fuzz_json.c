/* fuzz_json: any text as a document; what is read must be written and read again as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_buf once = STK_BUF_EMPTY, twice = STK_BUF_EMPTY;
	struct stk_json *value = NULL, *again = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_json_parse(text, &value, &err) < 0)
		return 0;
	stk_json_format(value, STK_JSON_SORTED, &once);
	if (stk_json_parse(stk_buf_str(&once), &again, &err) < 0)
		abort();
	stk_json_format(again, STK_JSON_SORTED, &twice);
	if (!stk_str_eq(stk_buf_str(&once), stk_buf_str(&twice)))
		abort();
	/* the text also as a path into itself */
	(void)stk_json_pointer(value, text);
	(void)stk_json_pointer(value, STK_STR("/a/0"));
	stk_json_free(again);
	stk_json_free(value);
	stk_buf_release(&once);
	stk_buf_release(&twice);
	return 0;
}
