/* load_plan: the plan of a load script with what the workflow says of it laid over. */
#ifndef STK_CORE_FLOW_LOAD_PLAN_H
#define STK_CORE_FLOW_LOAD_PLAN_H

#include "core/base/err.h"
#include "core/load/plan.h"
#include "core/script/workflow.h"

/* Replace the plan's scenarios by one over the function of spec->scenario (or of the only
 * scenario), at spec's rate or number of VUs, for duration_ns. STK_E_SCRIPT when there are
 * several scenarios and none is named, or the named one is not there. */
int stk_load_plan_replace(struct stk_plan *plan, const struct stk_load_spec *spec,
	int64_t duration_ns, struct stk_err *err) STK_MUST_CHECK;

/* Stretch or shrink every duration and start time so that the scenarios take duration_ns in
 * all; counts of iterations stay. */
void stk_load_plan_scale(struct stk_plan *plan, int64_t duration_ns);

/* Does spec replace the scenarios (a rate or a number of VUs)? */
bool stk_load_plan_replaces(const struct stk_load_spec *spec);

#endif
