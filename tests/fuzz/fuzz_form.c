/* fuzz_form: multipart bodies; views must stay inside the body. */
#include <stdlib.h>

#include "core/http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str body = {(const char *)data, size};
	struct stk_form form;

	if (stk_form_parse(&form, STK_STR("multipart/form-data; boundary=XX"), body, NULL) == 0)
		for (size_t i = 0; i < form.parts.len; i++) {
			const struct stk_form_part *part = &form.parts.items[i];

			if (part->data.ptr < body.ptr ||
				part->data.ptr + part->data.len > body.ptr + body.len)
				abort();
		}
	stk_form_release(&form);
	/* the same bytes as a header */
	(void)!stk_form_parse(&form, body, STK_STR("--XX\r\n\r\n\r\n--XX--"), NULL);
	stk_form_release(&form);
	return 0;
}
