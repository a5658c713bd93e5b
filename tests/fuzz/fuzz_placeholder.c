/* fuzz_placeholder: any text as a command with placeholders. */
#include <stdint.h>
#include <stdlib.h>

#include "core/service/placeholder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_placeholders values = {"/d", "/o", "head", "rev", "run", "http://h", "http://u",
		"9", "/t/r", {1, 2, 3, 4, 5, 6, 7, 8, 9}};
	char *text = stk_str_dup(stk_str_n((const char *)data, size));
	struct stk_buf out = STK_BUF_INIT(4096);
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_placeholder_expand(&values, text, &out, &err);

	if (rc < 0 && !err.msg[0])
		abort();
	stk_buf_clear(&out);
	values.dir = "/a 'b\" $c`";
	if (rc == 0)
		rc = stk_placeholder_expand_shell(&values, text, &out, &err);
	if (rc < 0 && !err.msg[0])
		abort();
	stk_buf_release(&out);
	free(text);
	return 0;
}
