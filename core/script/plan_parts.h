/* plan_parts: scenarios, stages and thresholds of a load script's table. */
#ifndef STK_CORE_SCRIPT_PLAN_PARTS_H
#define STK_CORE_SCRIPT_PLAN_PARTS_H

#include "core/load/plan.h"
#include "core/script/field.h"

struct stk_script;

/* All read the value on top of the stack, called key in messages. */

/* A list of { "30s", 100 } or { duration = "30s", target = 100 }. */
int stk_plan_read_stages(struct stk_table *table, const char *key, struct stk_stages *out,
	struct stk_err *err) STK_MUST_CHECK;
/* A table of scenarios by name, appended to plan in byte order. */
int stk_plan_read_scenarios(struct stk_table *table, const char *key, struct stk_script *script,
	struct stk_plan *plan, struct stk_err *err) STK_MUST_CHECK;
/* A table of metrics with their thresholds: text, { "expr", abort = ... } or a list of these. */
int stk_plan_read_thresholds(struct stk_table *table, const char *key, struct stk_plan *plan,
	struct stk_err *err) STK_MUST_CHECK;

/* Take all scenarios out of a plan. */
void stk_plan_clear_scenarios(struct stk_plan *plan);
/* Multiply start times, durations and stages so that the longest scenario takes total_ns. */
void stk_plan_scale(struct stk_plan *plan, int64_t total_ns);

#endif
