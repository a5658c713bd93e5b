/* coding: make the Content-Encoding of a request, undo that of an answer. */
#ifndef STK_CORE_LOAD_CODING_H
#define STK_CORE_LOAD_CODING_H

#include "core/base/buf.h"

/* As many as libcurl undoes. */
#define STK_CODINGS_MAX 5

/* Whether the value of an Accept-Encoding header names only what stk_coding_undo knows: gzip,
 * x-gzip, deflate, identity. */
bool stk_coding_knows(struct stk_str accepted);
/* Undo the list of codings of body in place, the last one first; body's limit holds for each step.
 * STK_E_FORMAT: broken bytes or a coding nobody asked for; STK_E_TOO_LARGE. body is as it was
 * after an error. */
int stk_coding_undo(struct stk_str list, struct stk_buf *body, struct stk_err *err) STK_MUST_CHECK;
/* Put body, coded by each of list (gzip, deflate, br, zstd) in this order, into out. STK_E_INVAL
 * names a word that is none of these, STK_E_TOO_LARGE: over out's limit. */
int stk_coding_do(struct stk_str list, struct stk_str body, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
