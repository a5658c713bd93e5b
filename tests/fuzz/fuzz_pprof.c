/* fuzz_pprof: any bytes as a profile; what decodes is encoded, decoded again and walked. */
#include <stdint.h>
#include <stdlib.h>

#include "core/profile/folded.h"
#include "core/profile/pprof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_profile *profile = NULL, *again = NULL;
	struct stk_buf bytes = STK_BUF_INIT((size_t)64 << 20);

	if (stk_pprof_decode(stk_str_n((const char *)data, size), &profile, NULL) < 0)
		return 0;
	for (size_t i = 0; i < profile->types.len; i++) {
		free(stk_profile_sums(profile, i));
		stk_folded_write(profile, i, &bytes);
	}
	stk_buf_clear(&bytes);
	stk_pprof_encode(profile, &bytes);
	if (!bytes.failed && stk_pprof_decode(stk_buf_str(&bytes), &again, NULL) < 0)
		abort();
	stk_profile_free(profile);
	stk_profile_free(again);
	stk_buf_release(&bytes);
	return 0;
}
