/* ask: a question to a Pyroscope over a stretch of time: which type is meant, and what there is
 * when there is no answer. */
#ifndef STK_CORE_FLOW_ASK_H
#define STK_CORE_FLOW_ASK_H

#include <stdint.h>

#include "core/pyroscope/expr.h"
#include "core/source/source.h"

/* What was asked, and of whom. Texts of expr are borrowed. */
struct stk_ask {
	struct stk_source *source; /* a stk_source_pyroscope_new */
	struct stk_expr expr;
	int64_t from_ns, to_ns;
};

/* The full id that the query's type means there; the caller frees. STK_E_NOT_FOUND says what there
 * is instead: the types of what the selector matches, else the services. */
int stk_ask_type(const struct stk_ask *ask, char **type_id_out, struct stk_err *err) STK_MUST_CHECK;

/* Everything that matches in one profile, the caller's, and its type (the caller frees).
 * STK_E_NOT_FOUND as above. */
int stk_ask_profile(const struct stk_ask *ask, struct stk_profile **out, char **type_id_out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
