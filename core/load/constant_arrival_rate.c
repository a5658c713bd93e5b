/* constant_arrival_rate: start number n at n whole periods after the scenario's start. */
#include "core/base/mem.h"
#include "core/base/rand.h"
#include "core/load/executor_rules.h"
#include "core/load/executors.h"

/* Idle VUs are handed out in the order in which they became idle, as in k6. */
struct arrivals {
	int64_t next; /* number of the next start, over all stripes */
	int64_t period_ns;
	size_t opened;     /* slots that have a VU */
	size_t *idle;      /* ring of slots_len */
	size_t first, len; /* of the ring */
};

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
	if (scenario->time_unit_ns == STK_UNSET)
		scenario->time_unit_ns = 1000000000;
	if (scenario->rate < 1)
		return stk_err_set(err, STK_E_INVAL, "rate must be more than 0, not %lld",
			(long long)scenario->rate);
	if (scenario->time_unit_ns < 1 || scenario->time_unit_ns > STK_RULES_TIME_MAX_NS)
		return stk_err_set(err, STK_E_INVAL, "time_unit must be more than 0s, up to 100d");
	if (period_of(scenario) < 1)
		return stk_err_set(err, STK_E_INVAL,
			"rate of %lld is more than one start per nanosecond",
			(long long)scenario->rate);
	rc = stk_rules_duration(scenario, err);
	return rc < 0 ? rc : stk_rules_arrival_vus(scenario, err);
}

static int64_t length_ns(const struct stk_scenario *scenario)
{
	return scenario->duration_ns;
}

static int64_t max_vus(const struct stk_scenario *scenario)
{
	return scenario->max_vus;
}

static int64_t planned_vus(const struct stk_scenario *scenario)
{
	return scenario->pre_allocated_vus;
}

static int64_t planned_starts(const struct stk_scenario *scenario, int64_t offset_ns)
{
	int64_t upto = offset_ns < scenario->duration_ns ? offset_ns : scenario->duration_ns;
	int64_t period_ns = period_of(scenario);

	return upto <= 0 ? 0 : (upto - 1) / period_ns + 1;
}

static void open_all(struct stk_executor *executor)
{
	struct arrivals *arrivals = stk_xcalloc(1, sizeof *arrivals);

	arrivals->next = executor->opts.stripe;
	arrivals->period_ns = period_of(executor->opts.scenario);
	arrivals->idle = stk_xcalloc(executor->slots_len + 1, sizeof *arrivals->idle);
	executor->priv = arrivals;
}

static void push_idle(struct stk_executor *executor, size_t slot)
{
	struct arrivals *arrivals = executor->priv;

	arrivals->idle[(arrivals->first + arrivals->len++) % executor->slots_len] = slot;
}

static size_t pop_idle(struct stk_executor *executor)
{
	struct arrivals *arrivals = executor->priv;
	size_t slot = arrivals->idle[arrivals->first];

	arrivals->first = (arrivals->first + 1) % executor->slots_len;
	arrivals->len--;
	return slot;
}

/* One VU more, idle. */
static void open_vu(struct stk_executor *executor)
{
	struct arrivals *arrivals = executor->priv;
	const struct stk_executor_host *host = &executor->opts.host;
	size_t slot = arrivals->opened++;

	executor->slots[slot].vu = host->take(host->ctx, executor, slot);
	push_idle(executor, slot);
}

/* A start without an idle VU is lost, and makes one VU more as long as there may be more; with
 * grow_at_once the new VU takes it. */
static void start_one(struct stk_executor *executor, int64_t intended_ns)
{
	struct arrivals *arrivals = executor->priv;
	const struct stk_executor_host *host = &executor->opts.host;
	bool may_grow = arrivals->opened < executor->slots_len;

	if (arrivals->len == 0 && may_grow && executor->opts.scenario->grow_at_once) {
		open_vu(executor);
	} else if (arrivals->len == 0) {
		host->drop(host->ctx, executor, 1);
		if (may_grow)
			open_vu(executor);
		return;
	}
	stk_executor_begin(executor, pop_idle(executor), intended_ns);
}

/* Intended start n; with jitter still in the order of n, and n .. n + 1 periods after the start. */
static int64_t start_of(const struct stk_executor *executor, int64_t n)
{
	const struct stk_scenario *scenario = executor->opts.scenario;
	const struct arrivals *arrivals = executor->priv;
	int64_t at_ns = executor->opts.start_ns + n * arrivals->period_ns;
	struct stk_rand rng;

	if (!scenario->jitter)
		return at_ns;
	stk_rand_init(&rng, scenario->jitter_seed, (uint64_t)n);
	return at_ns + (int64_t)(stk_rand_f64(&rng) * (double)arrivals->period_ns);
}

static int64_t tick(struct stk_executor *executor, int64_t now_ns)
{
	struct arrivals *arrivals = executor->priv;
	int64_t planned = stk_executor_share(executor, executor->opts.scenario->pre_allocated_vus);
	int64_t at_ns;

	while ((int64_t)arrivals->opened < planned)
		open_vu(executor);
	for (;;) {
		at_ns = start_of(executor, arrivals->next);
		if (at_ns > now_ns || at_ns >= executor->end_ns)
			return at_ns;
		arrivals->next += executor->opts.stripes;
		start_one(executor, at_ns);
	}
}

static void ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	(void)now_ns;
	push_idle(executor, slot);
}

static void finish(struct stk_executor *executor, int64_t now_ns)
{
	(void)now_ns;
	for (size_t i = 0; i < executor->slots_len; i++)
		stk_executor_give(executor, i);
}

static void close_all(struct stk_executor *executor)
{
	struct arrivals *arrivals = executor->priv;

	if (arrivals)
		free(arrivals->idle);
	free(arrivals);
	executor->priv = NULL;
}

static double progress(const struct stk_executor *executor, int64_t now_ns)
{
	return (double)(now_ns - executor->opts.start_ns) /
	       (double)executor->opts.scenario->duration_ns;
}

const struct stk_executor_ops stk_executor_constant_arrival_rate = {
	.name = "constant-arrival-rate",
	.keys = keys,
	.validate = validate,
	.length_ns = length_ns,
	.max_vus = max_vus,
	.planned_vus = planned_vus,
	.planned_starts = planned_starts,
	.open = open_all,
	.tick = tick,
	.ended = ended,
	.finish = finish,
	.close = close_all,
	.progress = progress,
	.is_open_model = true,
};
