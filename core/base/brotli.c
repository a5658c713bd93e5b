/* brotli: pack whole buffers (RFC 7932). */
#include "core/base/brotli.h"

#include <brotli/encode.h>

int stk_brotli_pack(struct stk_str bytes, int quality, struct stk_buf *out, struct stk_err *err)
{
	size_t len = BrotliEncoderMaxCompressedSize(bytes.len);
	char *at;

	if (quality < BROTLI_MIN_QUALITY || quality > BROTLI_MAX_QUALITY)
		return stk_err_set(
			err, STK_E_INVAL, "brotli: quality %d is not between 0 and 11", quality);
	at = stk_buf_reserve(out, len);
	if (!at)
		return stk_buf_check(out, err);
	if (!BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, bytes.len,
		    (const uint8_t *)bytes.ptr, &len, (uint8_t *)at))
		return stk_err_set(
			err, STK_E_INTERNAL, "brotli: %zu bytes cannot be packed", bytes.len);
	stk_buf_commit(out, len);
	return 0;
}
