/* constant_arrival_rate: start number n at n whole periods after the scenario's start. */
#include "core/base/rand.h"
#include "core/load/arrivals.h"
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

static const char *const keys[] = {
	"rate", "time_unit", "duration", "pre_allocated_vus", "max_vus", NULL};

static int64_t period_of(const struct stk_scenario *scenario)
{
	return scenario->time_unit_ns / scenario->rate;
}

static int validate(struct stk_scenario *scenario, struct stk_err *err)
{
	int rc;

	if (scenario->rate == STK_UNSET)
		return stk_err_set(err, STK_E_INVAL, "rate is missing");
	if (scenario->rate < 1)
		return stk_err_set(err, STK_E_INVAL, "rate must be more than 0, not %lld",
			(long long)scenario->rate);
	rc = stk_rules_time_unit(scenario, scenario->rate, err);
	if (rc == 0)
		rc = stk_rules_duration(scenario, err);
	return rc < 0 ? rc : stk_rules_arrival_vus(scenario, err);
}

static int64_t planned_starts(const struct stk_scenario *scenario, int64_t offset_ns)
{
	int64_t upto = offset_ns < scenario->duration_ns ? offset_ns : scenario->duration_ns;
	int64_t period_ns = period_of(scenario);

	return upto <= 0 ? 0 : (upto - 1) / period_ns + 1;
}

/* With jitter still in the order of n, and n .. n + 1 periods after the start. */
static int64_t due(const struct stk_scenario *scenario, void *plan, int64_t n)
{
	int64_t period_ns = period_of(scenario), at_ns;
	struct stk_rand rng;

	(void)plan;
	if (n > scenario->duration_ns / period_ns)
		return scenario->duration_ns; /* behind the last one */
	at_ns = n * period_ns;
	if (!scenario->jitter)
		return at_ns;
	stk_rand_init(&rng, scenario->jitter_seed, (uint64_t)n);
	return at_ns + (int64_t)(stk_rand_f64(&rng) * (double)period_ns);
}

static void open_plan(struct stk_executor *executor)
{
	stk_arrivals_open(executor, due, NULL, false);
}

const struct stk_executor_ops stk_executor_constant_arrival_rate = {
	.name = "constant-arrival-rate",
	.keys = keys,
	.validate = validate,
	.length_ns = stk_rules_length_duration,
	.max_vus = stk_arrivals_max_vus,
	.planned_vus = stk_arrivals_planned_vus,
	.planned_starts = planned_starts,
	.open = open_plan,
	.tick = stk_arrivals_tick,
	.ended = stk_arrivals_ended,
	.close = stk_arrivals_close,
	.progress = stk_rules_progress_time,
};
