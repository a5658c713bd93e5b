/* zstd: pack whole buffers (RFC 8878). */
#ifndef STK_CORE_BASE_ZSTD_H
#define STK_CORE_BASE_ZSTD_H

#include "core/base/buf.h"

/* Append bytes packed as one frame; level 1 to 22, 3 as a rule. STK_E_INVAL: another level; over
 * out's limit STK_E_TOO_LARGE. */
int stk_zstd_pack(
	struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
