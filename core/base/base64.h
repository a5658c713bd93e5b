/* base64: standard alphabet with padding or URL-safe without out; either, padded or not, in. */
#ifndef STK_CORE_BASE_BASE64_H
#define STK_CORE_BASE_BASE64_H

#include "core/base/buf.h"

void stk_base64_add(struct stk_buf *buf, struct stk_str bytes);
/* The URL-safe alphabet without padding (RFC 4648 5), as tokens have it. */
void stk_base64_add_url(struct stk_buf *buf, struct stk_str bytes);
int stk_base64_parse(struct stk_str text, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
