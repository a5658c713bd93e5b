/* executor_rules: the checks that several executors share (reference k6 1.1, 1.2). */
#ifndef STK_CORE_LOAD_EXECUTOR_RULES_H
#define STK_CORE_LOAD_EXECUTOR_RULES_H

#include "core/base/err.h"
#include "core/load/executor.h"
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
int stk_rules_iterations(struct stk_scenario *scenario, struct stk_err *err);
/* time_unit, for a rate of most starts in it. */
int stk_rules_time_unit(struct stk_scenario *scenario, int64_t most, struct stk_err *err);
/* pre_allocated_vus, max_vus of both arrival-rate kinds. */
int stk_rules_arrival_vus(struct stk_scenario *scenario, struct stk_err *err);

/* Functions of stk_executor_ops that several executors have: lengths by the key they come from,
 * VUs, progress by time. */
int64_t stk_rules_length_duration(const struct stk_scenario *scenario);
int64_t stk_rules_length_max_duration(const struct stk_scenario *scenario);
int64_t stk_rules_length_stages(const struct stk_scenario *scenario);
int64_t stk_rules_max_vus(const struct stk_scenario *scenario);
double stk_rules_progress_time(const struct stk_executor *executor, int64_t now_ns);
/* Begin one iteration in every slot, once, with start; nothing to begin: the end is now. */
void stk_rules_start_all(struct stk_executor *executor, int64_t now_ns,
	void (*start)(struct stk_executor *executor, size_t slot, int64_t intended_ns));
/* The highest of start and the targets of all stages. */
int64_t stk_rules_most(const struct stk_scenario *scenario, int64_t start);

/* a * b / c rounded down, for 0 <= b <= c <= 10^8 and a within STK_RULES_TIME_MAX_NS. */
int64_t stk_rules_portion(int64_t a, int64_t b, int64_t c);

#endif
