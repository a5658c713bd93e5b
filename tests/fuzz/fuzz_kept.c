/* fuzz_kept: any bytes as a kept baseline, packed here: read, write again, read that. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/base/gzip.h"
#include "core/baseline/kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_buf packed = STK_BUF_EMPTY, again = STK_BUF_EMPTY;
	struct stk_kept kept, copy;

	stk_kept_init(&kept);
	stk_kept_init(&copy);
	if (stk_gzip_pack(stk_str_n((const char *)data, size), 1, &packed, NULL) == 0 &&
		stk_kept_parse(stk_buf_str(&packed), &kept, NULL) == 0) {
		if (stk_kept_format(&kept, &again, NULL) < 0 ||
			stk_kept_parse(stk_buf_str(&again), &copy, NULL) < 0)
			abort();
	}
	stk_kept_release(&kept);
	stk_kept_release(&copy);
	stk_buf_release(&packed);
	stk_buf_release(&again);
	return 0;
}
