/* expr: a query as people paste it: a profile type and a selector. */
#ifndef STK_CORE_PYROSCOPE_EXPR_H
#define STK_CORE_PYROSCOPE_EXPR_H

#include "core/base/str.h"

/* Views into the text that was parsed. */
struct stk_expr {
	struct stk_str type;     /* full id or short name; "cpu" where none is written */
	struct stk_str selector; /* with its braces; "{}" where none is written */
};

/* Take "process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"x\"}", "cpu{…}", "{…}" or "cpu"
 * apart. STK_E_INVAL with the place for a selector that is none. */
int stk_expr_parse(struct stk_str text, struct stk_expr *out, struct stk_err *err) STK_MUST_CHECK;

#endif
