/* shared_iterations: VUs take from one common count until it is used up. */
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {"vus", "iterations", "max_duration", NULL};

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_vus(scenario, err);

	if (rc == 0)
		rc = stk_rules_iterations(scenario, err);
	if (rc == 0 && scenario->iterations < scenario->vus)
		return stk_err_set(err, STK_E_INVAL,
			"iterations (%lld) must not be less than vus (%lld)",
			(long long)scenario->iterations, (long long)scenario->vus);
	return rc;
}

/* What this process has of them. */
static int64_t own_total(const struct stk_executor *executor)
{
	const struct stk_scenario *scenario = executor->opts.scenario;

	return stk_stripe_count(&scenario->starts_part, scenario->iterations);
}

static bool take_one(struct stk_executor *executor)
{
	return atomic_fetch_add(&executor->opts.shared->taken, 1) < own_total(executor);
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
	stk_rules_start_all(executor, now_ns, start_slot);
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
	int64_t total = own_total(executor);
	int64_t taken = atomic_exchange(&executor->opts.shared->taken, total);

	(void)now_ns;
	if (taken < total)
		executor->opts.host.drop(executor->opts.host.ctx, executor, total - taken);
}

static double progress(const struct stk_executor *executor, int64_t now_ns)
{
	int64_t total = own_total(executor);

	(void)now_ns;
	return total > 0 ? (double)atomic_load(&executor->opts.shared->ended) / (double)total : 1;
}

const struct stk_executor_ops stk_executor_shared_iterations = {
	.name = "shared-iterations",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_max_duration,
	.max_vus = stk_rules_max_vus,
	.planned_vus = stk_rules_max_vus,
	.tick = tick,
	.ended = ended,
	.finish = finish,
	.progress = progress,
};
