/* constant_vus: so many VUs, each in a loop, until the duration has passed. */
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {"vus", "duration", NULL};

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_vus(scenario, err);

	return rc < 0 ? rc : stk_rules_duration(scenario, err);
}

static int64_t length_ns(const struct stk_scenario *scenario)
{
	return scenario->duration_ns;
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

static int64_t tick(struct stk_executor *executor, int64_t now_ns)
{
	if (now_ns >= executor->end_ns)
		return STK_NEVER;
	for (size_t i = 0; i < executor->slots_len; i++)
		if (!executor->slots[i].vu)
			stk_executor_begin(executor, i, executor->opts.start_ns);
	return STK_NEVER;
}

static void ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	stk_executor_begin(executor, slot, now_ns);
}

static void finish(struct stk_executor *executor, int64_t now_ns)
{
	(void)executor;
	(void)now_ns;
}

static void close_all(struct stk_executor *executor)
{
	(void)executor;
}

static double progress(const struct stk_executor *executor, int64_t now_ns)
{
	return (double)(now_ns - executor->opts.start_ns) /
	       (double)executor->opts.scenario->duration_ns;
}

const struct stk_executor_ops stk_executor_constant_vus = {
	.name = "constant-vus",
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
