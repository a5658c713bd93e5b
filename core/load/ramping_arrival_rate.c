/* ramping_arrival_rate: starts where the area under the rate reaches whole numbers (k6 1.7). */
#include <math.h>

#include "core/base/mem.h"
#include "core/load/arrivals.h"
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

/* More starts than this in one plan lose their place between doubles. */
#define STARTS_MAX ((double)((int64_t)1 << 52))

static const char *const keys[] = {
	"start_rate", "time_unit", "stages", "pre_allocated_vus", "max_vus", NULL};

/* How far along the stages the starts are; rates are starts per nanosecond. */
struct ramp {
	size_t stage;
	int64_t stage_ns;    /* the stage's start */
	double from;         /* rate at its start */
	double before, upto; /* area under the stages before it, and with it */
};

static double rate_at(const struct stk_scenario *scenario, int64_t rate)
{
	return (double)rate / (double)scenario->time_unit_ns;
}

static double area_of(const struct stk_scenario *scenario, size_t stage, double from)
{
	const struct stk_stage *at = &scenario->stages.items[stage];
	double to = rate_at(scenario, at->target), length = (double)at->duration_ns;

	return from != to ? length * ((to - from) / 2 + from) : length * to;
}

static void ramp_begin(const struct stk_scenario *scenario, struct ramp *ramp)
{
	*ramp = (struct ramp){.from = rate_at(scenario, scenario->start_rate)};
	ramp->upto = area_of(scenario, 0, ramp->from);
}

static void ramp_next(const struct stk_scenario *scenario, struct ramp *ramp)
{
	const struct stk_stage *stage = &scenario->stages.items[ramp->stage++];

	ramp->before = ramp->upto;
	ramp->from = rate_at(scenario, stage->target);
	ramp->stage_ns += stage->duration_ns;
	if (ramp->stage < scenario->stages.len)
		ramp->upto += area_of(scenario, ramp->stage, ramp->from);
}

/* Event i counts from 1: the first one is due when the area has grown to 1. The order of the
 * operations is k6's, so that the last bit is, too. */
static int64_t due(const struct stk_scenario *scenario, void *plan, int64_t n)
{
	struct ramp *ramp = plan;
	double i = (double)n + 1, from, to, length, root;

	while (ramp->stage < scenario->stages.len && i > ramp->upto)
		ramp_next(scenario, ramp);
	if (ramp->stage >= scenario->stages.len)
		return STK_NEVER;
	from = ramp->from;
	to = rate_at(scenario, scenario->stages.items[ramp->stage].target);
	length = (double)scenario->stages.items[ramp->stage].duration_ns;
	if (from == to)
		return ramp->stage_ns + (int64_t)((i - ramp->before) / to);
	root = length * (from * from * length + 2 * (i - ramp->before) * (to - from));
	return ramp->stage_ns +
	       (int64_t)((from * length - sqrt(root > 0 ? root : 0)) / (from - to));
}

static int64_t count_all(const struct stk_scenario *scenario)
{
	struct ramp ramp;

	ramp_begin(scenario, &ramp);
	while (ramp.stage + 1 < scenario->stages.len)
		ramp_next(scenario, &ramp);
	return (int64_t)ramp.upto;
}

static int64_t due_afresh(const struct stk_scenario *scenario, int64_t n)
{
	struct ramp ramp;

	ramp_begin(scenario, &ramp);
	return due(scenario, &ramp, n);
}

/* Starts before offset_ns, by bisection; one at the very end of the plan belongs to it. */
static int64_t planned_starts(const struct stk_scenario *scenario, int64_t offset_ns)
{
	int64_t low = 0, high = count_all(scenario);

	if (offset_ns >= stk_rules_length_stages(scenario))
		return high;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (due_afresh(scenario, middle) < offset_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int64_t most;
	int rc = stk_rules_stages(scenario, err);

	if (rc < 0)
		return rc;
	if (scenario->start_rate == STK_UNSET)
		scenario->start_rate = 0;
	if (scenario->start_rate < 0 || scenario->start_rate > STK_PLAN_VUS_MAX)
		return stk_err_set(err, STK_E_INVAL, "start_rate must be 0 to %d, not %lld",
			STK_PLAN_VUS_MAX, (long long)scenario->start_rate);
	most = stk_rules_most(scenario, scenario->start_rate);
	rc = stk_rules_time_unit(scenario, most > 0 ? most : 1, err);
	if (rc < 0)
		return rc;
	if ((double)most / (double)scenario->time_unit_ns *
			(double)stk_rules_length_stages(scenario) >
		STARTS_MAX)
		return stk_err_set(err, STK_E_INVAL, "the stages hold too many starts");
	return stk_rules_arrival_vus(scenario, err);
}

static void open_plan(struct stk_executor *executor)
{
	struct ramp *ramp = stk_xcalloc(1, sizeof *ramp);

	ramp_begin(executor->opts.scenario, ramp);
	stk_arrivals_open(executor, due, ramp, true);
}

const struct stk_executor_ops stk_executor_ramping_arrival_rate = {
	.name = "ramping-arrival-rate",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_stages,
	.max_vus = stk_arrivals_max_vus,
	.planned_vus = stk_arrivals_planned_vus,
	.planned_starts = planned_starts,
	.open = open_plan,
	.tick = stk_arrivals_tick,
	.ended = stk_arrivals_ended,
	.close = stk_arrivals_close,
	.progress = stk_rules_progress_time,
};
