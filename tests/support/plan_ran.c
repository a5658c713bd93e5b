/* plan_ran: one scenario, begun, run on a fake clock, looked at. */
#include "tests/support/plan_ran.h"

#include <stdlib.h>
#include <string.h>

struct stk_scenario *plan_ran_begin(struct plan_ran *ran, const char *executor, int64_t busy_ns)
{
	struct stk_scenario *scenario;

	memset(ran, 0, sizeof *ran);
	ran->step = (struct load_step){.kind = LOAD_SLEEP, .ns = busy_ns};
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, &ran->step, 1);
	scenario = stk_plan_add_scenario(&ran->plan, "s");
	scenario->executor = executor;
	return scenario;
}

void plan_ran_run(struct plan_ran *ran)
{
	load_run_fake(&ran->plan, &ran->driver, &ran->fake, &ran->result);
}

void plan_ran_end(struct plan_ran *ran)
{
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

static int by_start(const void *a, const void *b)
{
	const struct load_log *x = a, *y = b;

	if (x->started_ns != y->started_ns)
		return x->started_ns < y->started_ns ? -1 : 1;
	return x->vu < y->vu ? -1 : x->vu > y->vu;
}

const struct load_log *plan_ran_starts(struct plan_ran *ran)
{
	for (size_t i = 0; i < ran->driver.log.len; i++) {
		ran->driver.log.items[i].started_ns -= ran->result.start_mono_ns;
		ran->driver.log.items[i].ended_ns -= ran->result.start_mono_ns;
		ran->driver.log.items[i].intended_ns -= ran->result.start_mono_ns;
	}
	if (ran->driver.log.len > 0)
		qsort(ran->driver.log.items, ran->driver.log.len, sizeof *ran->driver.log.items,
			by_start);
	return ran->driver.log.items;
}

void plan_ran_add_stage(struct stk_scenario *scenario, int64_t duration_ns, int64_t target)
{
	stk_vec_push(&scenario->stages, (struct stk_stage){duration_ns, target});
}

int64_t plan_ran_most_at_once(const struct plan_ran *ran)
{
	int64_t most = 0;

	for (size_t i = 0; i < ran->driver.log.len; i++) {
		int64_t at = ran->driver.log.items[i].started_ns, sum = 0;

		for (size_t j = 0; j < ran->driver.log.len; j++)
			sum += ran->driver.log.items[j].started_ns <= at &&
			       at < ran->driver.log.items[j].ended_ns;
		if (sum > most)
			most = sum;
	}
	return most;
}
