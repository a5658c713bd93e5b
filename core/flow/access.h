/* access: a Pyroscope as a workflow or a command line names it: where, as whom. */
#ifndef STK_CORE_FLOW_ACCESS_H
#define STK_CORE_FLOW_ACCESS_H

#include "core/base/env.h"
#include "core/script/workflow.h"
#include "core/source/source.h"

/* A source over the Pyroscope of spec (kind and files are not looked at). Password and token come
 * from the variables that spec names: STK_E_INVAL when one is not set. Interrupts above
 * interrupts_seen end a request. *out is the caller's. */
int stk_access_open(const struct stk_source_spec *spec, const struct stk_env *env,
	int interrupts_seen, struct stk_source **out, struct stk_err *err) STK_MUST_CHECK;

#endif
