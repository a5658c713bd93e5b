/* shared_iterations: VUs take from one common count until it is used up. */
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {"vus", "iterations", "max_duration", NULL};

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_vus(scenario, err);

	if (rc < 0)
		return rc;
	if (scenario->iterations == STK_UNSET)
		scenario->iterations = 1;
	if (scenario->iterations < scenario->vus)
		return stk_err_set(err, STK_E_INVAL,
			"iterations (%lld) must not be less than vus (%lld)",
			(long long)scenario->iterations, (long long)scenario->vus);
	return stk_rules_max_duration(scenario, err);
}

static int64_t length_ns(const struct stk_scenario *scenario)
{
	return scenario->max_duration_ns;
}

static int64_t max_vus(const struct stk_scenario *scenario)
{
	return scenario->vus;
}

static int64_t planned_starts(const struct stk_scenario *scenario, int64_t offset_ns)
{
	(void)scenario;
	(void)offset_ns;
	return 0;
}

static void open_all(struct stk_executor *executor)
{
	(void)executor;
}

static bool take_one(struct stk_executor *executor)
{
	return atomic_fetch_add(&executor->opts.shared->taken, 1) <
	       executor->opts.scenario->iterations;
}

static void start_slot(struct stk_executor *executor, size_t slot, int64_t intended_ns)
{
	if (take_one(executor))
		stk_executor_begin(executor, slot, intended_ns);
	else
		stk_executor_give(executor, slot);
}

static int64_t tick(struct stk_executor *executor, int64_t now_ns)
{
	if (now_ns >= executor->end_ns || executor->priv)
		return STK_NEVER;
	executor->priv = executor; /* started */
	for (size_t i = 0; i < executor->slots_len; i++)
		start_slot(executor, i, executor->opts.start_ns);
	if (executor->running == 0)
		stk_executor_end_early(executor, now_ns);
	return STK_NEVER;
}

static void ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	start_slot(executor, slot, now_ns);
	if (executor->running == 0)
		stk_executor_end_early(executor, now_ns);
}

/* What nobody took by now is dropped; the first stripe that ends speaks for all. */
static void finish(struct stk_executor *executor, int64_t now_ns)
{
	int64_t total = executor->opts.scenario->iterations;
	int64_t taken = atomic_exchange(&executor->opts.shared->taken, total);

	(void)now_ns;
	if (taken < total)
		executor->opts.host.drop(executor->opts.host.ctx, executor, total - taken);
}

static void close_all(struct stk_executor *executor)
{
	executor->priv = NULL;
}

static double progress(const struct stk_executor *executor, int64_t now_ns)
{
	(void)now_ns;
	return (double)atomic_load(&executor->opts.shared->ended) /
	       (double)executor->opts.scenario->iterations;
}

const struct stk_executor_ops stk_executor_shared_iterations = {
	.name = "shared-iterations",
	.keys = keys,
	.validate = validate,
	.length_ns = length_ns,
	.max_vus = max_vus,
	.planned_vus = max_vus,
	.planned_starts = planned_starts,
	.open = open_all,
	.tick = tick,
	.ended = ended,
	.finish = finish,
	.close = close_all,
	.progress = progress,
};
