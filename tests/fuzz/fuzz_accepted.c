/* fuzz_accepted: any bytes as .stoker/accepted.json: read, write again, read that. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/baseline/accepted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_accepted accepted, copy;
	struct stk_buf text = STK_BUF_EMPTY;

	stk_accepted_init(&accepted);
	stk_accepted_init(&copy);
	if (stk_accepted_parse(stk_str_n((const char *)data, size), &accepted, NULL) == 0) {
		stk_accepted_format(&accepted, &text);
		if (text.len <= STK_ACCEPTED_BYTES_MAX &&
			stk_accepted_parse(stk_buf_str(&text), &copy, NULL) < 0)
			abort();
	}
	stk_accepted_release(&accepted);
	stk_accepted_release(&copy);
	stk_buf_release(&text);
	return 0;
}
