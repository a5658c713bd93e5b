/* zstd: pack whole buffers (RFC 8878). */
#include "core/base/zstd.h"

#include <zstd.h>

int stk_zstd_pack(struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err)
{
	size_t bound = ZSTD_compressBound(bytes.len), len;
	char *at;

	if (level < 1 || level > ZSTD_maxCLevel())
		return stk_err_set(err, STK_E_INVAL, "zstd: level %d is not between 1 and %d",
			level, ZSTD_maxCLevel());
	at = stk_buf_reserve(out, bound);
	if (!at)
		return stk_buf_check(out, err);
	len = ZSTD_compress(at, bound, bytes.ptr, bytes.len, level);
	if (ZSTD_isError(len))
		return stk_err_set(err, STK_E_INTERNAL, "zstd: %s", ZSTD_getErrorName(len));
	stk_buf_commit(out, len);
	return 0;
}
