/* per_vu_iterations: every VU runs the same number of iterations. */
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {"vus", "iterations", "max_duration", NULL};

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_vus(scenario, err);

	return rc < 0 ? rc : stk_rules_iterations(scenario, err);
}

static void open_all(struct stk_executor *executor)
{
	for (size_t i = 0; i < executor->slots_len; i++)
		executor->slots[i].left = executor->opts.scenario->iterations;
}

static void start_slot(struct stk_executor *executor, size_t slot, int64_t intended_ns)
{
	executor->slots[slot].left--;
	stk_executor_begin(executor, slot, intended_ns);
}

static int64_t tick(struct stk_executor *executor, int64_t now_ns)
{
	stk_rules_start_all(executor, now_ns, start_slot);
	return STK_NEVER;
}

static void ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	if (executor->slots[slot].left > 0)
		start_slot(executor, slot, now_ns);
	else
		stk_executor_give(executor, slot);
	if (executor->running == 0)
		stk_executor_end_early(executor, now_ns);
}

static void finish(struct stk_executor *executor, int64_t now_ns)
{
	int64_t left = 0;

	(void)now_ns;
	for (size_t i = 0; i < executor->slots_len; i++) {
		left += executor->slots[i].left;
		executor->slots[i].left = 0;
		stk_executor_give(executor, i);
	}
	if (left > 0)
		executor->opts.host.drop(executor->opts.host.ctx, executor, left);
}

static double progress(const struct stk_executor *executor, int64_t now_ns)
{
	const struct stk_scenario *scenario = executor->opts.scenario;
	double all = (double)stk_scenario_own_max_vus(scenario) * (double)scenario->iterations;

	(void)now_ns;
	return all > 0 ? (double)atomic_load(&executor->opts.shared->ended) / all : 1;
}

const struct stk_executor_ops stk_executor_per_vu_iterations = {
	.name = "per-vu-iterations",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_max_duration,
	.max_vus = stk_rules_max_vus,
	.planned_vus = stk_rules_max_vus,
	.open = open_all,
	.tick = tick,
	.ended = ended,
	.finish = finish,
	.progress = progress,
};
