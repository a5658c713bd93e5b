/* plan_ran: a plan of one scenario, run on a fake clock. */
#ifndef STK_TESTS_SUPPORT_PLAN_RAN_H
#define STK_TESTS_SUPPORT_PLAN_RAN_H

#include "tests/support/load_driver.h"

struct plan_ran {
	struct stk_plan plan;
	struct load_driver driver;
	struct load_fake fake;
	struct load_step step;
	struct stk_load_result result;
};

/* One scenario, for the test to fill, whose iterations sleep busy_ns. */
struct stk_scenario *plan_ran_begin(struct plan_ran *ran, const char *executor, int64_t busy_ns);
void plan_ran_run(struct plan_ran *ran);
void plan_ran_end(struct plan_ran *ran);

/* The log in order of starts, times from the load's start on. Once. */
const struct load_log *plan_ran_starts(struct plan_ran *ran);
void plan_ran_add_stage(struct stk_scenario *scenario, int64_t duration_ns, int64_t target);
/* Most iterations at any one time. */
int64_t plan_ran_most_at_once(const struct plan_ran *ran);

#endif
