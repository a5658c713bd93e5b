/* ramping_vus: the number of VUs follows stages; steps by k6's integer formula. */
#include "core/base/mem.h"
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

#define GRACEFUL_RAMP_DOWN_NS STK_RULES_GRACEFUL_STOP_NS

/* Where the plan stands: so many VUs wanted, within stage number stage. */
struct ramp {
	size_t stage;
	int64_t stage_ns; /* the stage's start, from that of the scenario */
	int64_t from;     /* VUs at its start */
	int64_t wanted;
	bool begun;
	size_t touched_low, touched_high; /* slots to look at after a tick, high exclusive */
};

static const char *const keys[] = {"start_vus", "stages", "graceful_ramp_down", NULL};

static int64_t most(const struct stk_scenario *scenario)
{
	return stk_rules_most(scenario, scenario->start_vus);
}

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc = stk_rules_stages(scenario, err);

	if (rc < 0)
		return rc;
	if (scenario->start_vus == STK_UNSET)
		scenario->start_vus = 1;
	if (scenario->graceful_ramp_down_ns == STK_UNSET)
		scenario->graceful_ramp_down_ns = GRACEFUL_RAMP_DOWN_NS;
	if (scenario->start_vus < 0 || scenario->start_vus > STK_PLAN_VUS_MAX)
		return stk_err_set(err, STK_E_INVAL, "start_vus must be 0 to %d, not %lld",
			STK_PLAN_VUS_MAX, (long long)scenario->start_vus);
	if (scenario->graceful_ramp_down_ns < 0 ||
		scenario->graceful_ramp_down_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "graceful_ramp_down must be 0s to 100d");
	if (most(scenario) == 0)
		return stk_err_set(
			err, STK_E_INVAL, "start_vus or the target of a stage must be more than 0");
	return 0;
}

static void open_all(struct stk_executor *executor)
{
	struct ramp *ramp = stk_xcalloc(1, sizeof *ramp);

	ramp->from = executor->opts.scenario->start_vus;
	ramp->touched_low = executor->slots_len;
	executor->priv = ramp;
}

/* Slot of VU number k (from 1) of the whole plan if it is of this stripe. */
static bool slot_of(const struct stk_executor *executor, int64_t number, size_t *out)
{
	int64_t index = stk_stripe_local(&executor->opts.scenario->vus_part, number - 1);

	if (index < 0 || index % executor->opts.stripes != executor->opts.stripe)
		return false;
	*out = (size_t)(index / executor->opts.stripes);
	return true;
}

static void touch(struct ramp *ramp, size_t slot)
{
	if (slot < ramp->touched_low)
		ramp->touched_low = slot;
	if (slot + 1 > ramp->touched_high)
		ramp->touched_high = slot + 1;
}

static void step_up(struct stk_executor *executor, int64_t at_ns)
{
	struct ramp *ramp = executor->priv;
	size_t slot;

	ramp->wanted++;
	if (!slot_of(executor, ramp->wanted, &slot))
		return;
	executor->slots[slot].active = true;
	executor->slots[slot].due_ns = at_ns;
	stk_executor_set_grace(executor, slot, 0);
	touch(ramp, slot);
}

static void step_down(struct stk_executor *executor, int64_t at_ns)
{
	struct ramp *ramp = executor->priv;
	size_t slot;

	if (slot_of(executor, ramp->wanted, &slot)) {
		executor->slots[slot].active = false;
		/* An idle VU is kept as long: if it is wanted again, it is the same one. */
		if (executor->slots[slot].vu)
			stk_executor_set_grace(executor, slot,
				at_ns + executor->opts.scenario->graceful_ramp_down_ns);
	}
	ramp->wanted--;
}

/* When the count moves one on within a stage from a to b VUs, towards k: k6 1.5, rounded up. */
static int64_t step_ns(int64_t stage_ns, int64_t duration_ns, int64_t a, int64_t b, int64_t k)
{
	int64_t left = b > k ? b - k : k - b, all = b > a ? b - a : a - b;

	return stage_ns + duration_ns - stk_rules_portion(duration_ns, left, all);
}

/* Time of the next step, STK_NEVER after the last stage; moves on over stages that are through. */
static int64_t next_step(struct stk_executor *executor)
{
	const struct stk_stages *stages = &executor->opts.scenario->stages;
	struct ramp *ramp = executor->priv;

	while (ramp->stage < stages->len) {
		const struct stk_stage *stage = &stages->items[ramp->stage];

		if (ramp->wanted != stage->target)
			return executor->opts.start_ns +
			       step_ns(ramp->stage_ns, stage->duration_ns, ramp->from,
				       stage->target,
				       ramp->wanted + (stage->target > ramp->wanted ? 1 : -1));
		ramp->stage_ns += stage->duration_ns;
		ramp->from = stage->target;
		ramp->stage++;
	}
	return STK_NEVER;
}

/* Begin what is wanted now; a VU that came and went while we were late never starts. */
static void begin_touched(struct stk_executor *executor)
{
	struct ramp *ramp = executor->priv;

	for (size_t i = ramp->touched_low; i < ramp->touched_high; i++) {
		const struct stk_executor_slot *slot = &executor->slots[i];

		if (slot->active && !slot->running && slot->due_ns < executor->end_ns)
			stk_executor_begin(executor, i, slot->due_ns);
	}
	ramp->touched_low = executor->slots_len;
	ramp->touched_high = 0;
}

static int64_t tick(struct stk_executor *executor, int64_t now_ns)
{
	struct ramp *ramp = executor->priv;
	int64_t at_ns;

	if (!ramp->begun)
		while (ramp->wanted < executor->opts.scenario->start_vus)
			step_up(executor, executor->opts.start_ns);
	ramp->begun = true;
	while ((at_ns = next_step(executor)) <= now_ns) {
		if (executor->opts.scenario->stages.items[ramp->stage].target > ramp->wanted)
			step_up(executor, at_ns);
		else
			step_down(executor, at_ns);
	}
	begin_touched(executor);
	return at_ns;
}

static void ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	if (executor->slots[slot].active)
		stk_executor_begin(executor, slot, now_ns);
}

static void finish(struct stk_executor *executor, int64_t now_ns)
{
	int64_t grace_ns = executor->opts.scenario->graceful_ramp_down_ns;

	(void)now_ns;
	for (size_t i = 0; i < executor->slots_len; i++) {
		struct stk_executor_slot *slot = &executor->slots[i];

		if (slot->active && slot->running)
			stk_executor_set_grace(executor, i, executor->end_ns + grace_ns);
		slot->active = false;
		stk_executor_give(executor, i);
	}
}

static void close_all(struct stk_executor *executor)
{
	free(executor->priv);
	executor->priv = NULL;
}

const struct stk_executor_ops stk_executor_ramping_vus = {
	.name = "ramping-vus",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_stages,
	.max_vus = most,
	.planned_vus = most,
	.open = open_all,
	.tick = tick,
	.ended = ended,
	.finish = finish,
	.close = close_all,
	.progress = stk_rules_progress_time,
};
