/* fuzz_gzip: any bytes unpacked within a limit; what comes out packs and unpacks to itself. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_buf out = STK_BUF_INIT(1 << 20), packed = STK_BUF_EMPTY, again = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_gzip_unpack(stk_str_n((const char *)data, size), &out, &err);

	if (rc < 0 && out.len > 0)
		abort(); /* what failed leaves nothing behind */
	if (rc == 0 && (stk_gzip_pack(stk_buf_str(&out), 1, &packed, &err) < 0 ||
			       stk_gzip_unpack(stk_buf_str(&packed), &again, &err) < 0 ||
			       !stk_str_eq(stk_buf_str(&out), stk_buf_str(&again))))
		abort();
	stk_buf_release(&out);
	stk_buf_release(&packed);
	stk_buf_release(&again);
	return 0;
}
