/* engine_run: open, setup, load, teardown, close; on threads or in the caller. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/load/load_priv.h"

/* With several workers the start lies this far ahead, so that none begins late. */
#define START_LEAD_NS ((int64_t)2 * STK_NS_PER_MS)

static void lock(struct stk_engine *engine)
{
	(void)pthread_mutex_lock(&engine->mutex);
}

static void unlock(struct stk_engine *engine)
{
	(void)pthread_mutex_unlock(&engine->mutex);
}

static void fail(struct stk_engine *engine, const struct stk_err *err)
{
	lock(engine);
	if (!engine->failed)
		engine->err = *err;
	engine->failed = true;
	(void)pthread_cond_broadcast(&engine->changed);
	unlock(engine);
	stk_engine_end(engine, err->code == STK_E_ABORTED ? STK_END_INTERRUPTED : STK_END_SETUP,
		STK_STOP_NOW, err->msg);
}

/* Sides that have a target: with a schedule both that have a base URL, else head. */
static bool is_used(const struct stk_engine *engine, int side)
{
	if (engine->opts.schedule_len == 0)
		return side == STK_SIDE_HEAD;
	return engine->plan->base_url[side] != NULL;
}

static bool run_setup(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	struct stk_err err = STK_ERR_INIT;

	for (int side = 0; side < STK_SIDES; side++) {
		if (!is_used(engine, side))
			continue;
		if (engine->plan->has_setup && !engine->opts.skip_setup &&
			stk_worker_special(worker, STK_ITERATION_SETUP, side, &err) < 0) {
			fail(engine, &err);
			return false;
		}
		engine->setup_done[side] = true;
	}
	return true;
}

static void run_teardown(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	struct stk_err err = STK_ERR_INIT;

	if (!engine->plan->has_teardown || atomic_load(&engine->skip_teardown))
		return;
	atomic_store(&engine->phase, STK_PHASE_TEARDOWN);
	for (int side = 0; side < STK_SIDES; side++) {
		if (!engine->setup_done[side] || atomic_load(&engine->stop) == STK_STOP_NOW)
			continue;
		if (stk_worker_special(worker, STK_ITERATION_TEARDOWN, side, &err) < 0 &&
			err.code != STK_E_ABORTED)
			stk_engine_end(engine, STK_END_SCRIPT, STK_STOP_NONE, err.msg);
	}
}

/* Zero of all times of the plan. */
static void set_start(struct stk_engine *engine)
{
	int64_t lead_ns = engine->workers_len > 1 ? START_LEAD_NS : 0;

	lock(engine);
	engine->start_mono_ns = stk_clock_mono(engine->clock) + lead_ns;
	engine->start_wall_ns = stk_clock_wall(engine->clock) + lead_ns;
	engine->started = true;
	atomic_store(&engine->phase, STK_PHASE_LOAD);
	(void)pthread_cond_broadcast(&engine->changed);
	unlock(engine);
}

static void measure_cpu(struct stk_worker *worker)
{
	struct timespec cpu;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	worker->cpu_ns = cpu.tv_sec * STK_NS_PER_S + cpu.tv_nsec - worker->cpu_start_ns;
}

static void set_end(struct stk_engine *engine)
{
	engine->end_mono_ns = stk_clock_mono(engine->clock);
	engine->end_wall_ns = stk_clock_wall(engine->clock);
}

static void set_done(struct stk_engine *engine)
{
	lock(engine);
	atomic_store(&engine->phase, STK_PHASE_DONE);
	(void)pthread_cond_broadcast(&engine->changed);
	unlock(engine);
}

/* --- on threads --- */

static void open_on_thread(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	struct stk_err err = STK_ERR_INIT;

	if (stk_worker_open(worker, &err) < 0)
		fail(engine, &err);
	lock(engine);
	engine->opened++;
	(void)pthread_cond_broadcast(&engine->changed);
	while (engine->opened < engine->workers_len)
		(void)pthread_cond_wait(&engine->changed, &engine->mutex);
	unlock(engine);
}

/* True: the load has begun; false: it never will. */
static bool wait_for_load(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	bool failed;

	lock(engine);
	failed = engine->failed;
	unlock(engine);
	if (worker->index == 0 && !failed && run_setup(worker))
		set_start(engine);
	lock(engine);
	while (!engine->started && !engine->failed)
		(void)pthread_cond_wait(&engine->changed, &engine->mutex);
	failed = engine->failed;
	unlock(engine);
	return !failed;
}

static void wait_for_loops(struct stk_engine *engine)
{
	lock(engine);
	while (engine->looped < engine->workers_len)
		(void)pthread_cond_wait(&engine->changed, &engine->mutex);
	set_end(engine);
	unlock(engine);
}

static void *worker_main(void *ctx)
{
	struct stk_worker *worker = ctx;
	struct stk_engine *engine = worker->engine;
	bool is_last;

	stk_watch_adopt(worker);
	open_on_thread(worker);
	if (wait_for_load(worker)) {
		stk_worker_begin(worker);
		(void)stk_worker_loop(worker, STK_NEVER);
		measure_cpu(worker);
		stk_worker_publish(worker);
	}
	lock(engine);
	engine->looped++;
	(void)pthread_cond_broadcast(&engine->changed);
	unlock(engine);
	if (worker->index == 0) {
		wait_for_loops(engine);
		run_teardown(worker);
	}
	stk_worker_close(worker);
	lock(engine);
	is_last = ++engine->closed == engine->workers_len;
	unlock(engine);
	if (is_last)
		set_done(engine);
	return NULL;
}

/* --- in the caller --- */

static void begin_in_caller(struct stk_engine *engine)
{
	struct stk_worker *worker = &engine->workers[0];
	struct stk_err err = STK_ERR_INIT;

	if (stk_worker_open(worker, &err) < 0) {
		fail(engine, &err);
		return;
	}
	if (!run_setup(worker))
		return;
	set_start(engine);
	stk_worker_begin(worker);
}

static bool wait_in_caller(struct stk_engine *engine, int64_t mono_ns)
{
	struct stk_worker *worker = &engine->workers[0];

	if (atomic_load(&engine->phase) == STK_PHASE_DONE)
		return true;
	if (!engine->failed) {
		if (!stk_worker_loop(worker, mono_ns))
			return false;
		measure_cpu(worker);
		stk_worker_publish(worker);
		set_end(engine);
		run_teardown(worker);
	}
	stk_worker_close(worker);
	set_done(engine);
	return true;
}

/* --- for the controlling thread --- */

int stk_engine_start(struct stk_engine *engine, struct stk_err *err)
{
	const char *agent = engine->plan->user_agent;
	const struct stk_transport_opts opts = {
		engine->clock, agent && agent[0] ? agent : NULL, &engine->plan->net};

	if (!engine->transport)
		return stk_err_set(err, STK_E_INVAL, "%s: '%s' is none of auto, curl, plain",
			STK_TRANSPORT_ENV, getenv(STK_TRANSPORT_ENV));
	for (size_t i = 0; i < engine->workers_len; i++) {
		int rc = engine->transport->open(&opts, &engine->workers[i].transport, err);

		if (rc < 0)
			return rc;
	}
	atomic_store(&engine->wakeable, true);
	atomic_store(&engine->phase, STK_PHASE_SETUP);
	if (engine->opts.in_caller)
		return 0;
	stk_watch_init();
	for (size_t i = 0; i < engine->workers_len; i++) {
		struct stk_worker *worker = &engine->workers[i];

		if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
			/* those that run wait for all to be there */
			lock(engine);
			engine->workers_len = i;
			(void)pthread_cond_broadcast(&engine->changed);
			unlock(engine);
			return stk_err_set(err, STK_E_IO, "no thread for worker %zu", i);
		}
		worker->has_thread = true;
	}
	return 0;
}

/* Wait for a change, but not without a look at the workers. Under the mutex. */
static void wait_and_watch(struct stk_engine *engine, int64_t mono_ns)
{
	int64_t next_ns = stk_clock_mono(engine->clock) + STK_WATCH_EVERY_NS;
	struct timespec until;

	next_ns = mono_ns < next_ns ? mono_ns : next_ns;
	until = (struct timespec){next_ns / STK_NS_PER_S, next_ns % STK_NS_PER_S};
	(void)pthread_cond_timedwait(&engine->changed, &engine->mutex, &until);
	stk_watch_look(engine);
}

int stk_engine_wait_started(
	struct stk_engine *engine, int64_t *mono_ns_out, int64_t *wall_ns_out, struct stk_err *err)
{
	int rc = 0;

	if (engine->opts.in_caller && !engine->started)
		begin_in_caller(engine);
	lock(engine);
	while (!engine->started && !engine->failed)
		wait_and_watch(engine, STK_NEVER);
	if (engine->failed) {
		rc = engine->err.code;
		if (err)
			*err = engine->err;
	} else {
		*mono_ns_out = engine->start_mono_ns;
		*wall_ns_out = engine->start_wall_ns;
	}
	unlock(engine);
	return rc;
}

bool stk_engine_wait_until(struct stk_engine *engine, int64_t mono_ns)
{
	bool over;

	if (engine->opts.in_caller)
		return wait_in_caller(engine, mono_ns);
	lock(engine);
	while (atomic_load(&engine->phase) != STK_PHASE_DONE &&
		stk_clock_mono(engine->clock) < mono_ns)
		wait_and_watch(engine, mono_ns);
	over = atomic_load(&engine->phase) == STK_PHASE_DONE;
	unlock(engine);
	return over;
}
