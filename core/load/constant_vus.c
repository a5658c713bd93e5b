/* constant_vus: so many VUs, each in a loop, until the duration has passed. */
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {"vus", "duration", NULL};

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_vus(scenario, err);

	return rc < 0 ? rc : stk_rules_duration(scenario, err);
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

const struct stk_executor_ops stk_executor_constant_vus = {
	.name = "constant-vus",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_duration,
	.max_vus = stk_rules_max_vus,
	.planned_vus = stk_rules_max_vus,
	.tick = tick,
	.ended = ended,
	.progress = stk_rules_progress_time,
};
