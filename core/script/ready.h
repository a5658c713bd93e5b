/* ready: asks a workflow's ready = function(s) whether its service is ready. */
#ifndef STK_CORE_SCRIPT_READY_H
#define STK_CORE_SCRIPT_READY_H

#include "core/base/err.h"

struct stk_script;

/* What the function's s says: s.url, s.side, and s:get(path). */
struct stk_ready_question {
	const char *url; /* http://127.0.0.1:41801 */
	const char *side;
};

/* Call function number fn (stk_side_spec.ready_fn) of the workflow: 1 it gave something true, 0
 * not, STK_E_SCRIPT with file and line for its error. */
int stk_ready_ask(struct stk_script *script, int fn, const struct stk_ready_question *question,
	struct stk_err *err) STK_MUST_CHECK;

#endif
