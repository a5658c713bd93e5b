/* arrivals: what both arrival-rate executors do at each start: an idle VU, a new one, or a loss. */
#ifndef STK_CORE_LOAD_ARRIVALS_H
#define STK_CORE_LOAD_ARRIVALS_H

#include "core/load/executor.h"

/* When start number n of the whole plan (from 0) is due, from the scenario's start; STK_NEVER:
 * there is none. n only grows. plan is the executor's own. */
typedef int64_t (*stk_arrivals_due_fn)(const struct stk_scenario *scenario, void *plan, int64_t n);

/* plan is freed by stk_arrivals_close. last: a start at the very end of the plan still belongs to
 * it. */
void stk_arrivals_open(
	struct stk_executor *executor, stk_arrivals_due_fn due, void *plan, bool last);
/* The functions of stk_executor_ops. */
int64_t stk_arrivals_tick(struct stk_executor *executor, int64_t now_ns);
void stk_arrivals_ended(struct stk_executor *executor, size_t slot, int64_t now_ns);
void stk_arrivals_close(struct stk_executor *executor);
int64_t stk_arrivals_max_vus(const struct stk_scenario *scenario);
int64_t stk_arrivals_planned_vus(const struct stk_scenario *scenario);

#endif
