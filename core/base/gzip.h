/* gzip: whole buffers, with a bounded output (libdeflate); streams of several members too. */
#ifndef STK_CORE_BASE_GZIP_H
#define STK_CORE_BASE_GZIP_H

#include <stdbool.h>

#include "core/base/buf.h"

/* Starts with the gzip magic. */
bool stk_gzip_is(struct stk_str bytes);
/* Append what bytes unpack to; over out's limit STK_E_TOO_LARGE, broken or cut STK_E_FORMAT. */
int stk_gzip_unpack(struct stk_str bytes, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* The same for what HTTP calls deflate: with the wrapper of zlib, or without, as some servers send.
 */
int stk_gzip_inflate(struct stk_str bytes, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* Append bytes packed; level 1 to 12, 6 as a rule. */
int stk_gzip_pack(
	struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
/* The same for what HTTP calls deflate, with the wrapper of zlib. */
int stk_gzip_deflate(
	struct stk_str bytes, int level, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
