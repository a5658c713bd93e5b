/* executor_rules: the checks that several executors share (reference k6 1.1, 1.2). */
#ifndef STK_CORE_LOAD_EXECUTOR_RULES_H
#define STK_CORE_LOAD_EXECUTOR_RULES_H

#include "core/base/err.h"
#include "core/load/plan.h"

#define STK_RULES_DURATION_MIN_NS  ((int64_t)1000000000)
#define STK_RULES_MAX_DURATION_NS  ((int64_t)600 * 1000000000)
#define STK_RULES_GRACEFUL_STOP_NS ((int64_t)30 * 1000000000)
/* Longest time that a plan may name: a hundred days, so that sums cannot overflow. */
#define STK_RULES_TIME_MAX_NS ((int64_t)100 * 86400 * 1000000000)

/* Each returns 0, or STK_E_INVAL naming key and value. Unset values take the default first. */
int stk_rules_vus(struct stk_scenario *scenario, struct stk_err *err);
int stk_rules_duration(struct stk_scenario *scenario, struct stk_err *err);
int stk_rules_max_duration(struct stk_scenario *scenario, struct stk_err *err);
int stk_rules_stages(struct stk_scenario *scenario, struct stk_err *err);
/* rate, time_unit, pre_allocated_vus, max_vus of both arrival-rate kinds. */
int stk_rules_arrival_vus(struct stk_scenario *scenario, struct stk_err *err);

/* a * b / c rounded down, for 0 <= b <= c <= 10^8 and a within STK_RULES_TIME_MAX_NS. */
int64_t stk_rules_portion(int64_t a, int64_t b, int64_t c);

#endif
