/* executor: the life all executors share: wait for the start, run, end, grace, cancel. */
#include "core/load/executor.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/load/executors.h"

static const struct stk_executor_ops *const all[] = {
	&stk_executor_constant_arrival_rate,
	&stk_executor_constant_vus,
	&stk_executor_per_vu_iterations,
	&stk_executor_ramping_arrival_rate,
	&stk_executor_ramping_vus,
	&stk_executor_shared_iterations,
	NULL,
};

const struct stk_executor_ops *const *stk_executor_all(void)
{
	return all;
}

const struct stk_executor_ops *stk_executor_find(const char *name)
{
	for (size_t i = 0; all[i]; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

bool stk_executor_is_open_model(const struct stk_executor_ops *ops)
{
	return ops->planned_starts != NULL;
}

static int64_t add_capped(int64_t a, int64_t b)
{
	return a > STK_NEVER - b ? STK_NEVER : a + b;
}

int64_t stk_executor_share(const struct stk_executor *executor, int64_t total)
{
	const struct stk_executor_opts *opts = &executor->opts;

	return total <= opts->stripe ? 0 : (total - opts->stripe - 1) / opts->stripes + 1;
}

int64_t stk_scenario_own_max_vus(const struct stk_scenario *scenario)
{
	return stk_stripe_count(
		&scenario->vus_part, stk_executor_find(scenario->executor)->max_vus(scenario));
}

int64_t stk_scenario_own_planned_vus(const struct stk_scenario *scenario)
{
	return stk_stripe_count(
		&scenario->vus_part, stk_executor_find(scenario->executor)->planned_vus(scenario));
}

double stk_scenario_own_rate(const struct stk_scenario *scenario)
{
	const struct stk_executor_ops *ops = stk_executor_find(scenario->executor);
	const struct stk_stripe *part = &scenario->starts_part;
	double per_s, length_s;

	if (!stk_executor_is_open_model(ops))
		return 0;
	length_s = (double)ops->length_ns(scenario) / 1e9;
	if (scenario->rate != STK_UNSET)
		per_s = (double)scenario->rate * 1e9 / (double)scenario->time_unit_ns;
	else
		per_s = length_s > 0 ? (double)ops->planned_starts(scenario, STK_NEVER) / length_s
				     : 0;
	return part->period == 0 ? per_s : per_s * (double)part->own / (double)part->period;
}

int64_t stk_executor_planned(const struct stk_executor *executor)
{
	const struct stk_scenario *scenario = executor->opts.scenario;
	int64_t planned;

	if (!stk_executor_is_open_model(executor->ops))
		return 0;
	planned =
		executor->ops->planned_starts(scenario, executor->end_ns - executor->opts.start_ns);
	return stk_executor_share(executor, stk_stripe_count(&scenario->starts_part, planned));
}

void stk_executor_init(struct stk_executor *executor, const struct stk_executor_opts *opts)
{
	const struct stk_scenario *scenario = opts->scenario;

	memset(executor, 0, sizeof *executor);
	executor->opts = *opts;
	executor->ops = stk_executor_find(scenario->executor);
	if (!executor->ops)
		STK_BUG("no executor '%s'", scenario->executor);
	executor->end_ns = add_capped(opts->start_ns, executor->ops->length_ns(scenario));
	if (opts->end_limit_ns < executor->end_ns)
		executor->end_ns = opts->end_limit_ns;
	executor->hard_ns = add_capped(executor->end_ns, scenario->graceful_stop_ns);
	executor->wake_ns = opts->start_ns;
	executor->slots_len =
		(size_t)stk_executor_share(executor, stk_scenario_own_max_vus(scenario));
	executor->slots = stk_xcalloc(executor->slots_len + 1, sizeof *executor->slots);
	if (executor->ops->open)
		executor->ops->open(executor);
}

void stk_executor_release(struct stk_executor *executor)
{
	if (executor->ops && executor->ops->close)
		executor->ops->close(executor);
	free(executor->slots);
	memset(executor, 0, sizeof *executor);
}

void stk_executor_give(struct stk_executor *executor, size_t slot)
{
	struct stk_executor_slot *at = &executor->slots[slot];

	if (!at->vu || at->running)
		return;
	executor->opts.host.give(executor->opts.host.ctx, at->vu);
	at->vu = NULL;
}

void stk_executor_begin(struct stk_executor *executor, size_t slot, int64_t intended_ns)
{
	const struct stk_executor_host *host = &executor->opts.host;
	struct stk_executor_slot *at = &executor->slots[slot];

	if (!at->vu)
		at->vu = host->take(host->ctx, executor, slot);
	at->running = true;
	executor->running++;
	executor->last_number = stk_stripe_global(&executor->opts.scenario->starts_part,
		atomic_fetch_add(&executor->opts.shared->started, 1));
	host->begin(host->ctx, at->vu, intended_ns);
}

static void cancel_slot(struct stk_executor *executor, size_t slot)
{
	struct stk_executor_slot *at = &executor->slots[slot];

	if (!at->running)
		return;
	executor->opts.host.cancel(executor->opts.host.ctx, at->vu);
	at->running = false;
	executor->running--;
	stk_executor_give(executor, slot);
}

static void give_all(struct stk_executor *executor)
{
	for (size_t i = 0; i < executor->slots_len; i++)
		stk_executor_give(executor, i);
}

static void go_over(struct stk_executor *executor)
{
	give_all(executor);
	executor->state = STK_EXECUTOR_OVER;
	executor->wake_ns = STK_NEVER;
}

static void end_regular(struct stk_executor *executor, int64_t now_ns)
{
	executor->state = STK_EXECUTOR_ENDING;
	if (executor->ops->finish)
		executor->ops->finish(executor, now_ns);
	else
		give_all(executor);
}

void stk_executor_cancel(struct stk_executor *executor)
{
	if (executor->state == STK_EXECUTOR_OVER)
		return;
	if (executor->state == STK_EXECUTOR_RUNNING)
		end_regular(executor, executor->end_ns);
	for (size_t i = 0; i < executor->slots_len; i++)
		cancel_slot(executor, i);
	go_over(executor);
}

void stk_executor_set_grace(struct stk_executor *executor, size_t slot, int64_t cancel_ns)
{
	struct stk_executor_slot *at = &executor->slots[slot];

	executor->graces += (cancel_ns != 0) - (at->cancel_ns != 0);
	at->cancel_ns = cancel_ns;
}

void stk_executor_end_early(struct stk_executor *executor, int64_t now_ns)
{
	if (now_ns >= executor->end_ns)
		return;
	for (size_t i = 0; i < executor->slots_len; i++)
		if (executor->slots[i].held)
			return;
	executor->end_ns = executor->wake_ns = now_ns;
	executor->hard_ns = add_capped(now_ns, executor->opts.scenario->graceful_stop_ns);
}

/* Ramping VUs have a grace of their own, inside that of the whole scenario. */
static int64_t cancel_due(struct stk_executor *executor, int64_t now_ns)
{
	int64_t next = executor->hard_ns;

	for (size_t i = 0; executor->graces > 0 && i < executor->slots_len; i++) {
		struct stk_executor_slot *at = &executor->slots[i];

		if (at->cancel_ns == 0)
			continue;
		if (at->cancel_ns <= now_ns) {
			stk_executor_set_grace(executor, i, 0);
			cancel_slot(executor, i);
			stk_executor_give(executor, i);
		} else if (at->cancel_ns < next) {
			next = at->cancel_ns;
		}
	}
	return next;
}

void stk_executor_tick(struct stk_executor *executor, int64_t now_ns)
{
	if (executor->paused)
		return;
	if (executor->state == STK_EXECUTOR_WAITING && now_ns >= executor->opts.start_ns)
		executor->state = STK_EXECUTOR_RUNNING;
	if (executor->state == STK_EXECUTOR_RUNNING) {
		int64_t until = now_ns < executor->end_ns ? now_ns : executor->end_ns;
		int64_t next = executor->ops->tick(executor, until), grace;

		grace = cancel_due(executor, now_ns);
		if (next > executor->end_ns)
			next = executor->end_ns;
		executor->wake_ns = next < grace ? next : grace;
		if (now_ns >= executor->end_ns)
			end_regular(executor, now_ns);
	}
	if (executor->state != STK_EXECUTOR_ENDING)
		return;
	executor->wake_ns = cancel_due(executor, now_ns);
	if (now_ns >= executor->hard_ns)
		stk_executor_cancel(executor);
	else if (executor->running == 0)
		go_over(executor);
}

/* A slot has become free. */
static void go_on(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	if (executor->paused)
		executor->slots[slot].held = true;
	else if (executor->state == STK_EXECUTOR_RUNNING)
		executor->ops->ended(executor, slot, now_ns);
	else if (executor->state == STK_EXECUTOR_ENDING && executor->running == 0)
		go_over(executor);
}

void stk_executor_ended(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	if (!executor->slots[slot].running) /* cancelled while it ended */
		return;
	executor->slots[slot].running = false;
	executor->running--;
	atomic_fetch_add(&executor->opts.shared->ended, 1);
	/* What became due meanwhile comes first: a VU that leaves now starts nothing more. */
	if (now_ns >= executor->wake_ns)
		stk_executor_tick(executor, now_ns);
	go_on(executor, slot, now_ns);
}

void stk_executor_cut(struct stk_executor *executor, size_t slot, int64_t now_ns)
{
	if (!executor->slots[slot].running)
		return;
	executor->slots[slot].running = false;
	executor->running--;
	go_on(executor, slot, now_ns);
}

void stk_executor_pause(struct stk_executor *executor, int64_t now_ns)
{
	if (executor->paused || executor->state == STK_EXECUTOR_OVER)
		return;
	executor->paused = true;
	executor->paused_at_ns = now_ns;
}

static void put_off(struct stk_executor *executor, int64_t by_ns)
{
	executor->paused = false;
	executor->opts.start_ns = add_capped(executor->opts.start_ns, by_ns);
	executor->end_ns = add_capped(executor->end_ns, by_ns);
	executor->hard_ns = add_capped(executor->hard_ns, by_ns);
	executor->wake_ns = add_capped(executor->wake_ns, by_ns);
	for (size_t i = 0; i < executor->slots_len; i++) {
		struct stk_executor_slot *at = &executor->slots[i];

		at->due_ns += by_ns;
		if (at->cancel_ns != 0)
			at->cancel_ns += by_ns;
	}
}

void stk_executor_resume(struct stk_executor *executor, int64_t by_ns, int64_t now_ns)
{
	if (!executor->paused)
		return;
	put_off(executor, by_ns);
	for (size_t i = 0; i < executor->slots_len; i++) {
		if (!executor->slots[i].held)
			continue;
		executor->slots[i].held = false;
		go_on(executor, i, now_ns);
	}
}

void stk_executor_end_at(struct stk_executor *executor, int64_t end_ns, int64_t now_ns)
{
	if (executor->paused && end_ns <= now_ns) { /* what is held starts nothing more */
		put_off(executor, now_ns - executor->paused_at_ns);
		for (size_t i = 0; i < executor->slots_len; i++)
			executor->slots[i].held = false;
		executor->wake_ns = end_ns;
	}
	if (end_ns < executor->end_ns) {
		executor->end_ns = end_ns;
		executor->hard_ns = add_capped(end_ns, executor->opts.scenario->graceful_stop_ns);
		if (executor->state == STK_EXECUTOR_WAITING && end_ns <= executor->opts.start_ns) {
			go_over(executor);
			return;
		}
		if (end_ns < executor->wake_ns)
			executor->wake_ns = end_ns;
	}
	if (executor->state != STK_EXECUTOR_OVER && now_ns >= executor->wake_ns)
		stk_executor_tick(executor, now_ns);
}

bool stk_executor_is_over(const struct stk_executor *executor)
{
	return executor->state == STK_EXECUTOR_OVER;
}
