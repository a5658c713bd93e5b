/* fuzz_folded: any text as folded stacks; what is read can be written. */
#include <stdint.h>

#include "core/profile/folded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_profile *profile = NULL;
	struct stk_buf text = STK_BUF_INIT((size_t)64 << 20);

	if (stk_folded_read(stk_str_n((const char *)data, size), NULL, &profile, NULL) < 0)
		return 0;
	stk_folded_write(profile, 0, &text);
	stk_profile_free(profile);
	stk_buf_release(&text);
	return 0;
}
