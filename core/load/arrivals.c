/* arrivals: starts handed to idle VUs; without one the start is lost and a VU more is opened. */
#include "core/load/arrivals.h"

#include "core/base/mem.h"

/* Idle VUs are handed out in the order in which they became idle, as in k6. */
struct arrivals {
	stk_arrivals_due_fn due;
	void *plan;
	bool last;
	int64_t next;      /* own number of the next start, over all stripes */
	int64_t due_ns;    /* when, from the scenario's start */
	size_t opened;     /* slots that have a VU */
	size_t *idle;      /* ring of slots_len */
	size_t first, len; /* of the ring */
};

/* Work out when start number next of this process is due. */
static void look_ahead(struct stk_executor *executor)
{
	const struct stk_scenario *scenario = executor->opts.scenario;
	struct arrivals *arrivals = executor->priv;
	int64_t number = stk_stripe_global(&scenario->starts_part, arrivals->next);

	arrivals->due_ns =
		number == INT64_MAX ? STK_NEVER : arrivals->due(scenario, arrivals->plan, number);
}

void stk_arrivals_open(
	struct stk_executor *executor, stk_arrivals_due_fn due, void *plan, bool last)
{
	struct arrivals *arrivals = stk_xcalloc(1, sizeof *arrivals);

	arrivals->due = due;
	arrivals->plan = plan;
	arrivals->last = last;
	arrivals->next = executor->opts.stripe;
	arrivals->idle = stk_xcalloc(executor->slots_len + 1, sizeof *arrivals->idle);
	executor->priv = arrivals;
	look_ahead(executor);
}

void stk_arrivals_close(struct stk_executor *executor)
{
	struct arrivals *arrivals = executor->priv;

	if (!arrivals)
		return;
	free(arrivals->idle);
	free(arrivals->plan);
	free(arrivals);
	executor->priv = NULL;
}

int64_t stk_arrivals_max_vus(const struct stk_scenario *scenario)
{
	return scenario->max_vus;
}

int64_t stk_arrivals_planned_vus(const struct stk_scenario *scenario)
{
	return scenario->pre_allocated_vus;
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

/* Whether a start at that time still belongs to the plan, cut short or not. */
static bool is_within(const struct stk_executor *executor, int64_t at_ns)
{
	const struct arrivals *arrivals = executor->priv;
	int64_t plan_ns = executor->ops->length_ns(executor->opts.scenario);

	if (at_ns < executor->end_ns)
		return true;
	return arrivals->last && at_ns == executor->end_ns &&
	       executor->end_ns - executor->opts.start_ns == plan_ns;
}

/* Nothing more is planned: as k6, do not wait for the end of stages without starts. A start of this
 * very nanosecond still lies before the end. */
static void end_if_through(struct stk_executor *executor, int64_t now_ns)
{
	const struct arrivals *arrivals = executor->priv;

	if (arrivals->due_ns == STK_NEVER && executor->running == 0)
		stk_executor_end_early(executor, now_ns + 1);
}

int64_t stk_arrivals_tick(struct stk_executor *executor, int64_t now_ns)
{
	struct arrivals *arrivals = executor->priv;
	int64_t planned =
		stk_executor_share(executor, stk_scenario_own_planned_vus(executor->opts.scenario));

	while ((int64_t)arrivals->opened < planned)
		open_vu(executor);
	while (arrivals->due_ns != STK_NEVER) {
		int64_t at_ns = executor->opts.start_ns + arrivals->due_ns;

		if (at_ns > now_ns || !is_within(executor, at_ns))
			return at_ns;
		start_one(executor, at_ns);
		arrivals->next += executor->opts.stripes;
		look_ahead(executor);
	}
	end_if_through(executor, now_ns);
	return STK_NEVER;
}

void stk_arrivals_ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	push_idle(executor, slot);
	end_if_through(executor, now_ns);
}
