/* base64: standard alphabet with padding out; standard or URL-safe, padded or not, in. */
#ifndef STK_CORE_BASE_BASE64_H
#define STK_CORE_BASE_BASE64_H

#include "core/base/buf.h"

void stk_base64_add(struct stk_buf *buf, struct stk_str bytes);
int stk_base64_parse(struct stk_str text, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
