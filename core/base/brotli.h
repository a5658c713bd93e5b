/* brotli: pack whole buffers (RFC 7932). */
#ifndef STK_CORE_BASE_BROTLI_H
#define STK_CORE_BASE_BROTLI_H

#include "core/base/buf.h"

/* Append bytes packed; quality 0 to 11, 6 as a rule. STK_E_INVAL: another quality; over out's limit
 * STK_E_TOO_LARGE. */
int stk_brotli_pack(
	struct stk_str bytes, int quality, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
