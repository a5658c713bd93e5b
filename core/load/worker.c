/* worker: one thread's loop: executors, sleepers, runnable VUs, traffic, once a second the rest. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/load/load_priv.h"

int64_t stk_worker_now(const struct stk_worker *worker)
{
	return stk_clock_mono(worker->engine->clock);
}

void stk_worker_warn(struct stk_worker *worker, const char *fmt, ...)
{
	const struct stk_engine_observer *observer = &worker->engine->opts.observer;
	char line[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	if (observer->warn)
		observer->warn(observer->ctx, line);
}

/* --- run queue --- */

void stk_worker_enqueue(struct stk_worker *worker, struct stk_vu *vu, enum stk_vu_next next)
{
	vu->next = next;
	vu->queue_next = NULL;
	vu->queue_prev = worker->queue_last;
	if (worker->queue_last)
		worker->queue_last->queue_next = vu;
	else
		worker->queue_first = vu;
	worker->queue_last = vu;
	worker->queue_len++;
}

void stk_worker_dequeue(struct stk_worker *worker, struct stk_vu *vu)
{
	if (vu->queue_prev)
		vu->queue_prev->queue_next = vu->queue_next;
	else
		worker->queue_first = vu->queue_next;
	if (vu->queue_next)
		vu->queue_next->queue_prev = vu->queue_prev;
	else
		worker->queue_last = vu->queue_prev;
	vu->queue_prev = vu->queue_next = NULL;
	vu->next = STK_NEXT_NOTHING;
	worker->queue_len--;
}

/* --- what executors ask for --- */

/* Numbers are unique over all processes of a plan in segments. */
static struct stk_vu *open_vu(struct stk_worker *worker, struct stk_err *err)
{
	struct stk_engine *engine = worker->engine;
	int64_t number = stk_stripe_global(&engine->plan->scenarios.items[0].vus_part,
		atomic_fetch_add(&engine->next_vu_id, 1) - 1);
	struct stk_vu *vu = stk_vu_new(worker, number + 1, err);

	stk_vec_push(&worker->vus, vu);
	stk_tally_add(&worker->tally.opened, 1);
	return vu;
}

static struct stk_vu *host_take(void *ctx, struct stk_executor *executor, size_t slot)
{
	struct stk_worker *worker = ctx;
	struct stk_engine *engine = worker->engine;
	struct stk_err err = STK_ERR_INIT;
	struct stk_vu *vu;

	if (worker->free.len > 0)
		vu = worker->free.items[--worker->free.len];
	else
		vu = open_vu(worker, &err);
	if (err.code != 0 && err.code != STK_E_ABORTED)
		stk_engine_end(engine, STK_END_SCRIPT, STK_STOP_CANCEL, err.msg);
	vu->executor = executor;
	vu->slot = slot;
	vu->iteration = (struct stk_iteration){.kind = STK_ITERATION_LOAD};
	vu->iteration.scenario = executor->opts.scenario;
	vu->iteration.scenario_index =
		(int)(executor->opts.scenario - engine->plan->scenarios.items);
	vu->iteration.exec = executor->opts.scenario->exec;
	return vu;
}

static void host_give(void *ctx, struct stk_vu *vu)
{
	struct stk_worker *worker = ctx;

	vu->executor = NULL;
	stk_vec_push(&worker->free, vu);
}

static void host_begin(void *ctx, struct stk_vu *vu, int64_t intended_ns)
{
	struct stk_worker *worker = ctx;

	vu->intended_ns = intended_ns;
	vu->iteration.iter_in_test = vu->executor->last_number;
	stk_worker_enqueue(worker, vu, STK_NEXT_START);
}

static void host_cancel(void *ctx, struct stk_vu *vu)
{
	(void)ctx;
	stk_vu_cancel(vu);
}

static void host_drop(void *ctx, struct stk_executor *executor, int64_t count)
{
	struct stk_worker *worker = ctx;
	struct stk_engine *engine = worker->engine;
	int index = (int)(executor->opts.scenario - engine->plan->scenarios.items);
	const struct stk_tag *side =
		stk_engine_side_tag(engine, engine->schedule[worker->entry].side);
	struct stk_tag_lists lists = {.len = 0};

	stk_tally_add(&worker->tally.dropped, count);
	if (!engine->schedule[worker->entry].counted)
		return;
	stk_tag_lists_add(&lists, side, side ? 1 : 0);
	stk_tag_lists_add(&lists, &engine->scenario_tags[index], engine->has_scenario_tag);
	stk_tag_lists_add(
		&lists, executor->opts.scenario->tags.items, executor->opts.scenario->tags.len);
	stk_tag_lists_add(&lists, engine->plan->tags.items, engine->plan->tags.len);
	stk_counts_add(worker->counts, STK_METRIC_DROPPED_ITERATIONS, (double)count, &lists);
	if (engine->plan->has_sections)
		stk_worker_section_add(worker, executor->opts.scenario, "",
			STK_METRIC_DROPPED_ITERATIONS, (double)count);
}

/* --- open, close --- */

/* A small scenario lives on one worker, where it runs exactly as k6 does it; a large one is split.
 */
enum { SPLIT_FROM_VUS = 32 };

static bool stripe_of(
	const struct stk_worker *worker, size_t scenario, int64_t *stripe_out, int64_t *stripes_out)
{
	const struct stk_engine *engine = worker->engine;
	const struct stk_scenario *at = &engine->plan->scenarios.items[scenario];
	int64_t most = stk_scenario_own_max_vus(at);

	if (most >= SPLIT_FROM_VUS) {
		*stripe_out = worker->index;
		*stripes_out = (int64_t)engine->workers_len;
		return true;
	}
	*stripe_out = 0;
	*stripes_out = 1;
	return scenario % engine->workers_len == (size_t)worker->index;
}

static int64_t share_of(int64_t total, int64_t stripe, int64_t stripes)
{
	return total <= stripe ? 0 : (total - stripe - 1) / stripes + 1;
}

/* VUs that this worker's scenarios plan to use while scenario number at begins. */
static int64_t planned_at(const struct stk_worker *worker, size_t at)
{
	const struct stk_plan *plan = worker->engine->plan;
	int64_t start_ns = plan->scenarios.items[at].start_time_ns, sum = 0;

	for (size_t i = 0; i < plan->scenarios.len; i++) {
		const struct stk_scenario *scenario = &plan->scenarios.items[i];
		const struct stk_executor_ops *ops = stk_executor_find(scenario->executor);
		int64_t end_ns = scenario->start_time_ns + ops->length_ns(scenario) +
				 scenario->graceful_stop_ns;
		int64_t stripe, stripes;

		if (scenario->start_time_ns <= start_ns && start_ns < end_ns &&
			stripe_of(worker, i, &stripe, &stripes))
			sum += share_of(stk_scenario_own_planned_vus(scenario), stripe, stripes);
	}
	return sum;
}

static int open_vus(struct stk_worker *worker, struct stk_err *err)
{
	int64_t most = 0;

	for (size_t i = 0; i < worker->engine->plan->scenarios.len; i++) {
		int64_t sum = planned_at(worker, i);

		if (sum > most)
			most = sum;
	}
	if (worker->index == 0) {
		worker->special = stk_vu_new(worker, 0, err);
		if (!worker->special->state)
			return stk_err_wrap(err, "opening the VU of setup");
	}
	for (int64_t i = 0; i < most; i++) {
		struct stk_vu *vu;

		if (atomic_load(&worker->engine->stop) >= STK_STOP_CANCEL)
			break;
		vu = open_vu(worker, err);
		if (!vu->state)
			return stk_err_wrap(err, "opening VU %lld", (long long)vu->id);
		stk_vec_push(&worker->free, vu);
	}
	/* taken from the end: lowest number first */
	for (size_t i = 0, j = worker->free.len; i + 1 < j; i++) {
		struct stk_vu *swap = worker->free.items[i];

		worker->free.items[i] = worker->free.items[--j];
		worker->free.items[j] = swap;
	}
	return 0;
}

int stk_worker_open(struct stk_worker *worker, struct stk_err *err)
{
	const struct stk_engine *engine = worker->engine;
	int rc = engine->driver->worker_open(
		engine->driver->ctx, worker->index, &worker->driver, err);

	if (rc < 0)
		return rc;
	worker->driver_open = true;
	return open_vus(worker, err);
}

void stk_worker_close(struct stk_worker *worker)
{
	for (size_t i = 0; i < worker->executors_len; i++) {
		worker->planned += stk_executor_planned(&worker->executors[i]);
		stk_executor_release(&worker->executors[i]);
	}
	worker->executors_len = 0;
	free(worker->executors);
	worker->executors = NULL;
	for (size_t i = 0; i < worker->vus.len; i++)
		stk_vu_free(worker->vus.items[i]);
	stk_vec_release(&worker->vus);
	stk_vec_release(&worker->free);
	stk_vu_free(worker->special);
	worker->special = NULL;
	if (worker->driver_open)
		worker->engine->driver->worker_close(worker->driver);
	worker->driver_open = false;
}

void stk_worker_begin(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	struct timespec cpu;

	worker->executors = stk_xcalloc(engine->plan->scenarios.len + 1, sizeof *worker->executors);
	for (size_t i = 0; i < engine->plan->scenarios.len; i++) {
		const struct stk_scenario *scenario = &engine->plan->scenarios.items[i];
		struct stk_executor_opts opts = {.scenario = scenario,
			.shared = &engine->shared[i],
			.host = {worker, host_take, host_give, host_begin, host_cancel, host_drop},
			.start_ns = engine->start_mono_ns + scenario->start_time_ns,
			.end_limit_ns = atomic_load(&engine->end_ns)};

		if (stripe_of(worker, i, &opts.stripe, &opts.stripes))
			stk_executor_init(&worker->executors[worker->executors_len++], &opts);
	}
	worker->end_seen_ns = atomic_load(&engine->end_ns);
	worker->next_second_ns = engine->start_mono_ns + STK_NS_PER_S;
	worker->wall_ahead_ns = stk_clock_wall(engine->clock) - stk_worker_now(worker);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	worker->cpu_start_ns = cpu.tv_sec * STK_NS_PER_S + cpu.tv_nsec;
}

/* --- the loop --- */

/* Of so many rounds one is timed. */
enum { LAG_EVERY = 8 };

static void wake_sleepers(struct stk_worker *worker, int64_t now_ns)
{
	struct stk_timer *timer;

	while ((timer = stk_timers_first(&worker->timers)) && timer->at_ns <= now_ns) {
		struct stk_vu *vu = (struct stk_vu *)(void *)timer;

		stk_timers_remove(&worker->timers, timer);
		if (vu->wait == STK_WAIT_REQUESTS)
			stk_vu_turn(vu);
		else
			stk_worker_enqueue(worker, vu, STK_NEXT_RESUME);
	}
}

/* Those that are runnable now; what they make runnable is for the next round. */
static void run_queue(struct stk_worker *worker)
{
	for (size_t left = worker->queue_len; left > 0 && worker->queue_first; left--)
		stk_vu_run(worker->queue_first);
}

/* Hold the executors still, or let them go on as much later as the pause was long. A stop ends a
 * pause where it is: nothing goes on. */
static void take_pause(struct stk_worker *worker, enum stk_stop stop, int64_t now_ns)
{
	struct stk_engine *engine = worker->engine;
	bool paused = atomic_load(&engine->paused_since_ns) != 0 && stop == STK_STOP_NONE;
	int64_t by_ns = atomic_load(&engine->paused_ns) - worker->paused_seen_ns;

	if (stop != STK_STOP_NONE)
		return;
	if (by_ns > 0) {
		worker->paused_seen_ns += by_ns;
		for (size_t i = 0; i < worker->executors_len; i++) {
			stk_executor_pause(
				&worker->executors[i], now_ns); /* a short one went unseen */
			stk_executor_resume(&worker->executors[i], by_ns, now_ns);
		}
	}
	if (paused && (!worker->paused || by_ns > 0))
		for (size_t i = 0; i < worker->executors_len; i++)
			stk_executor_pause(&worker->executors[i], now_ns);
	worker->paused = paused;
}

void stk_worker_take_stop(struct stk_worker *worker, int64_t now_ns)
{
	enum stk_stop stop = (enum stk_stop)atomic_load(&worker->engine->stop);
	int64_t end_ns = atomic_load(&worker->engine->end_ns);

	if (end_ns != worker->end_seen_ns) {
		worker->end_seen_ns = end_ns;
		for (size_t i = 0; i < worker->executors_len; i++)
			stk_executor_end_at(&worker->executors[i], end_ns, now_ns);
	}
	take_pause(worker, stop, now_ns);
	if (stop == worker->stop_seen)
		return;
	worker->stop_seen = stop;
	for (size_t i = 0; i < worker->executors_len; i++) {
		stk_executor_end_at(&worker->executors[i], now_ns, now_ns);
		if (stop >= STK_STOP_CANCEL)
			stk_executor_cancel(&worker->executors[i]);
	}
}

/* Move on in the side schedule, and have room to count what it holds. */
static void take_schedule(struct stk_worker *worker, int64_t now_ns)
{
	const struct stk_engine *engine = worker->engine;
	size_t len = atomic_load_explicit(&engine->schedule_len, memory_order_acquire);

	while (worker->entries.len < len)
		(void)stk_vec_push_new(&worker->entries);
	while (worker->entry + 1 < len &&
		engine->start_mono_ns + engine->schedule[worker->entry + 1].offset_ns <= now_ns)
		worker->entry++;
}

static int64_t next_wake(const struct stk_worker *worker, bool *over_out)
{
	int64_t next_ns = worker->next_second_ns;
	const struct stk_timer *timer = stk_timers_first(&worker->timers);

	*over_out = true;
	for (size_t i = 0; i < worker->executors_len; i++) {
		const struct stk_executor *executor = &worker->executors[i];

		*over_out &= stk_executor_is_over(executor);
		if (!executor->paused && executor->wake_ns < next_ns)
			next_ns = executor->wake_ns;
	}
	if (timer && timer->at_ns < next_ns)
		next_ns = timer->at_ns;
	/* a stop that came within this round waits for nothing */
	if (worker->queue_first || (int)worker->stop_seen != atomic_load(&worker->engine->stop))
		return 0;
	return next_ns;
}

bool stk_worker_loop(struct stk_worker *worker, int64_t until_ns)
{
	struct stk_engine *engine = worker->engine;
	bool over = false;

	for (;;) {
		int64_t now_ns = stk_worker_now(worker), next_ns;

		stk_worker_take_stop(worker, now_ns);
		take_schedule(worker, now_ns);
		for (size_t i = 0; i < worker->executors_len; i++)
			if (worker->executors[i].wake_ns <= now_ns)
				stk_executor_tick(&worker->executors[i], now_ns);
		if (now_ns >= worker->next_second_ns)
			stk_worker_second(worker);
		wake_sleepers(worker, now_ns);
		run_queue(worker);
		next_ns = next_wake(worker, &over);
		if (worker->rounds++ % LAG_EVERY == 0)
			stk_hist_add(
				&worker->lag_ms, (double)(stk_worker_now(worker) - now_ns) / 1e6);
		if (over || now_ns >= until_ns)
			return over;
		engine->transport->poll(worker->transport, next_ns < until_ns ? next_ns : until_ns);
	}
}

/* --- setup and teardown --- */

static int special_outcome(struct stk_worker *worker, const char *what, int64_t limit_ns,
	bool stopped, struct stk_err *err)
{
	struct stk_vu *vu = worker->special;

	if (!vu->special_over) {
		stk_vu_cancel(vu);
		if (stopped)
			return stk_err_set(err, STK_E_ABORTED, "%s was interrupted", what);
		return stk_err_set(err, STK_E_TIMEOUT, "%s took longer than %.3g s", what,
			(double)limit_ns / 1e9);
	}
	if (worker->special_err.code == 0)
		return 0;
	*err = worker->special_err;
	return err->code;
}

int stk_worker_special(
	struct stk_worker *worker, enum stk_iteration_kind kind, int side, struct stk_err *err)
{
	struct stk_engine *engine = worker->engine;
	bool is_setup = kind == STK_ITERATION_SETUP, stopped = false;
	int64_t limit_ns =
		is_setup ? engine->plan->setup_timeout_ns : engine->plan->teardown_timeout_ns;
	int64_t end_ns = stk_worker_now(worker) + limit_ns;
	struct stk_vu *vu = worker->special;

	worker->special_end_ns = end_ns;
	vu->special_over = false;
	stk_err_clear(&worker->special_err);
	vu->counted = true;
	vu->iteration = (struct stk_iteration){.kind = kind, .scenario_index = -1, .side = side};
	vu->iteration.base_url = engine->plan->base_url[side];
	stk_worker_enqueue(worker, vu, STK_NEXT_START);
	while (!vu->special_over && stk_worker_now(worker) < end_ns) {
		const struct stk_timer *timer;
		int64_t next_ns = end_ns;

		stopped =
			atomic_load(&engine->stop) >= (is_setup ? STK_STOP_GRACEFUL : STK_STOP_NOW);
		if (stopped)
			break;
		wake_sleepers(worker, stk_worker_now(worker));
		run_queue(worker);
		timer = stk_timers_first(&worker->timers);
		if (timer && timer->at_ns < next_ns)
			next_ns = timer->at_ns;
		if (!vu->special_over)
			engine->transport->poll(
				worker->transport, worker->queue_first ? 0 : next_ns);
	}
	return special_outcome(worker, is_setup ? "setup" : "teardown", limit_ns, stopped, err);
}
