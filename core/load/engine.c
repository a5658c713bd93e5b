/* engine: workers made, started, told to stop; what the controlling thread sees. */
#include "core/load/engine.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/load/load_priv.h"

#define VUS_PER_WORKER 64

static size_t count_workers(const struct stk_plan *plan, const struct stk_engine_opts *opts)
{
	int64_t vus = 0, cpus, want;
	cpu_set_t set;

	if (opts->in_caller)
		return 1;
	if (opts->workers > 0)
		return (size_t)opts->workers;
	for (size_t i = 0; i < plan->scenarios.len; i++) {
		vus += stk_scenario_own_max_vus(&plan->scenarios.items[i]);
	}
	cpus = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	/* the service, its profiler and the kernel want processors, too */
	want = cpus / 2 < vus / VUS_PER_WORKER ? cpus / 2 : vus / VUS_PER_WORKER;
	return want < 1 ? 1 : (size_t)want;
}

static void set_hosts(struct stk_engine *engine)
{
	const struct stk_plan *plan = engine->plan;

	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_url url;

		if (!plan->base_url[side] ||
			stk_url_parse(stk_str_of(plan->base_url[side]), &url, NULL) < 0)
			continue;
		engine->target_host[side] = stk_str_dup(url.host);
		stk_vec_push(&engine->hosts, stk_str_dup(url.host));
	}
	engine->any_host = engine->hosts.len == 0;
	for (size_t i = 0; i < plan->allow_hosts.len; i++) {
		if (strcmp(plan->allow_hosts.items[i], "*") == 0)
			engine->any_host = true;
		stk_vec_push(&engine->hosts, stk_xstrdup(plan->allow_hosts.items[i]));
	}
}

bool stk_engine_allows(const struct stk_engine *engine, const struct stk_url *url)
{
	if (stk_net_blocks_host(&engine->plan->net, url->host))
		return false;
	for (size_t i = 0; i < engine->hosts.len; i++) {
		struct stk_str allowed = stk_str_of(engine->hosts.items[i]);
		ptrdiff_t colon = stk_str_rfind_byte(allowed, ':');
		uint64_t port;

		if (stk_str_eq_nocase(allowed, url->host))
			return true;
		if (colon > 0 &&
			stk_str_to_u64(stk_str_skip(allowed, (size_t)colon + 1), &port, NULL) ==
				0 &&
			port == url->port &&
			stk_str_eq_nocase(stk_str_sub(allowed, 0, (size_t)colon), url->host))
			return true;
	}
	return engine->any_host;
}

const struct stk_tag *stk_engine_side_tag(const struct stk_engine *engine, int side)
{
	static const struct stk_tag tags[STK_SIDES] = {
		[STK_SIDE_BASE] = {"side", "base"}, [STK_SIDE_HEAD] = {"side", "head"}};

	return engine->opts.tag_sides && side >= 0 ? &tags[side] : NULL;
}

static void init_worker(struct stk_engine *engine, size_t index)
{
	struct stk_worker *worker = &engine->workers[index];

	worker->engine = engine;
	worker->index = (int)index;
	worker->counts = stk_counts_new(engine->plan);
	if (engine->opts.tap)
		worker->lane = stk_tap_lane_new(engine->opts.tap, engine->plan, engine->clock);
	stk_counts_set_lane(worker->counts, worker->lane);
	stk_sections_init(&worker->sections);
	stk_series_init(&worker->series);
	stk_routes_init(&worker->routes);
	stk_live_init(&worker->live);
	stk_hist_init(&worker->lateness_ms);
	stk_hist_init(&worker->lag_ms);
	stk_metrics_init(&worker->published);
	(void)pthread_mutex_init(&worker->published_mutex, NULL);
}

static void set_schedule(struct stk_engine *engine)
{
	const struct stk_engine_opts *opts = &engine->opts;
	size_t len = opts->schedule_len;

	if (len > STK_ENGINE_SCHEDULE_MAX)
		STK_BUG("a side schedule of %zu entries", len);
	engine->schedule = stk_xcalloc(STK_ENGINE_SCHEDULE_MAX, sizeof *engine->schedule);
	engine->schedule[0] = (struct stk_side_entry){0, STK_SIDE_HEAD, true};
	if (len > 0)
		memcpy(engine->schedule, opts->schedule, len * sizeof *engine->schedule);
	atomic_init(&engine->schedule_len, len > 0 ? len : 1);
	engine->opts.schedule = NULL;
}

/* For tests and for those who look for the cause of a difference. NULL: no such one. */
static const struct stk_transport_ops *chosen_transport(void)
{
	const char *name = getenv(STK_TRANSPORT_ENV);

	return name && *name ? stk_transport_find(name) : stk_transport_auto();
}

struct stk_engine *stk_engine_new(const struct stk_plan *plan, const struct stk_vu_driver *driver,
	const struct stk_engine_opts *opts)
{
	struct stk_engine *engine = stk_xcalloc(1, sizeof *engine);
	pthread_condattr_t attr;

	engine->plan = plan;
	engine->driver = driver;
	engine->opts = *opts;
	engine->clock = opts->clock ? opts->clock : stk_clock_system();
	engine->transport = opts->transport ? opts->transport : chosen_transport();
	atomic_init(&engine->end_ns, STK_NEVER);
	atomic_init(&engine->next_vu_id, 1);
	atomic_init(&engine->skip_teardown, opts->skip_teardown);
	stk_names_init(&engine->names);
	engine->all_system_tags = stk_system_tags_default();
	engine->has_group_tag = stk_system_tags_has(plan->system_tags, "group");
	engine->has_ip_tag = stk_system_tags_has(plan->system_tags, "ip");
	engine->has_scenario_tag = stk_system_tags_has(plan->system_tags, "scenario");
	set_hosts(engine);
	set_schedule(engine);
	engine->shared = stk_xcalloc(plan->scenarios.len + 1, sizeof *engine->shared);
	engine->scenario_tags = stk_xcalloc(plan->scenarios.len + 1, sizeof *engine->scenario_tags);
	for (size_t i = 0; i < plan->scenarios.len; i++)
		engine->scenario_tags[i] =
			(struct stk_tag){"scenario", plan->scenarios.items[i].name};
	for (size_t i = 0; i < plan->thresholds.len; i++)
		stk_vec_push(&engine->aborted, false);
	(void)pthread_mutex_init(&engine->mutex, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&engine->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	engine->workers_len = count_workers(plan, opts);
	engine->workers = stk_xcalloc(engine->workers_len, sizeof *engine->workers);
	for (size_t i = 0; i < engine->workers_len; i++)
		init_worker(engine, i);
	return engine;
}

static void release_worker(struct stk_worker *worker)
{
	stk_worker_close(worker);
	if (worker->transport)
		worker->engine->transport->close(worker->transport);
	stk_counts_free(worker->counts);
	stk_tap_lane_free(worker->lane);
	stk_sections_release(&worker->sections);
	stk_series_release(&worker->series);
	stk_routes_release(&worker->routes);
	stk_live_release(&worker->live);
	stk_hist_release(&worker->lateness_ms);
	stk_hist_release(&worker->lag_ms);
	stk_timers_release(&worker->timers);
	for (size_t i = 0; i < worker->entries.len; i++)
		stk_hist_release(&worker->entries.items[i].duration_ms);
	stk_vec_release(&worker->entries);
	stk_metrics_release(&worker->published);
	(void)pthread_mutex_destroy(&worker->published_mutex);
}

static void join_all(struct stk_engine *engine)
{
	for (size_t i = 0; i < engine->workers_len; i++) {
		if (engine->workers[i].has_thread)
			(void)pthread_join(engine->workers[i].thread, NULL);
		engine->workers[i].has_thread = false;
	}
}

void stk_engine_free(struct stk_engine *engine)
{
	if (!engine)
		return;
	if (atomic_load(&engine->phase) != STK_PHASE_DONE)
		stk_engine_stop(engine, STK_STOP_NOW);
	if (engine->workers[0].has_thread) /* comes back even if a VU's code would not */
		(void)stk_engine_wait_until(engine, STK_NEVER);
	join_all(engine);
	atomic_store(&engine->wakeable, false);
	for (size_t i = 0; i < engine->workers_len; i++)
		release_worker(&engine->workers[i]);
	for (size_t i = 0; i < engine->hosts.len; i++)
		free(engine->hosts.items[i]);
	stk_vec_release(&engine->hosts);
	stk_vec_release(&engine->aborted);
	for (int side = 0; side < STK_SIDES; side++)
		free(engine->target_host[side]);
	stk_names_release(&engine->names);
	free(engine->workers);
	free(engine->schedule);
	free(engine->shared);
	free(engine->scenario_tags);
	free(engine->message);
	(void)pthread_cond_destroy(&engine->changed);
	(void)pthread_mutex_destroy(&engine->mutex);
	free(engine);
}

/* --- stopping --- */

void stk_engine_wake(struct stk_engine *engine)
{
	if (!atomic_load(&engine->wakeable))
		return;
	for (size_t i = 0; i < engine->workers_len; i++)
		engine->transport->wake(engine->workers[i].transport);
}

static void tighten(struct stk_engine *engine, enum stk_stop how)
{
	int old = atomic_load(&engine->stop);

	while (old < (int)how && !atomic_compare_exchange_weak(&engine->stop, &old, (int)how))
		;
	stk_engine_wake(engine);
}

void stk_engine_stop(struct stk_engine *engine, enum stk_stop how)
{
	atomic_store(&engine->user_stopped, true);
	tighten(engine, how);
}

void stk_engine_end(struct stk_engine *engine, enum stk_end_reason reason, enum stk_stop how,
	const char *message)
{
	(void)pthread_mutex_lock(&engine->mutex);
	if (!engine->reason_set) {
		engine->reason = reason;
		engine->reason_set = true;
	}
	if (message && !engine->message)
		engine->message = stk_xstrdup(message);
	(void)pthread_mutex_unlock(&engine->mutex);
	tighten(engine, how);
}

void stk_engine_pause(struct stk_engine *engine)
{
	if (atomic_load(&engine->paused_since_ns) != 0 ||
		atomic_load(&engine->stop) != STK_STOP_NONE)
		return;
	atomic_store(&engine->paused_since_ns, stk_clock_mono(engine->clock));
	stk_engine_wake(engine);
}

void stk_engine_resume(struct stk_engine *engine)
{
	int64_t since_ns = atomic_load(&engine->paused_since_ns);

	if (since_ns == 0)
		return;
	atomic_fetch_add(&engine->paused_ns, stk_clock_mono(engine->clock) - since_ns);
	atomic_store(&engine->paused_since_ns, 0);
	stk_engine_wake(engine);
}

int64_t stk_engine_paused_ns(const struct stk_engine *engine)
{
	int64_t since_ns = atomic_load(&engine->paused_since_ns);
	int64_t end_ns = engine->end_mono_ns ? engine->end_mono_ns : stk_clock_mono(engine->clock);

	return atomic_load(&engine->paused_ns) +
	       (since_ns != 0 && end_ns > since_ns ? end_ns - since_ns : 0);
}

void stk_engine_end_at(struct stk_engine *engine, int64_t mono_ns)
{
	atomic_store(&engine->end_ns, mono_ns);
	stk_engine_wake(engine);
}

void stk_engine_keep_teardown(struct stk_engine *engine)
{
	atomic_store(&engine->skip_teardown, false);
}

int stk_engine_schedule_add(
	struct stk_engine *engine, int64_t mono_ns, int side, bool counted, struct stk_err *err)
{
	size_t len = atomic_load(&engine->schedule_len);
	int64_t offset_ns = mono_ns - engine->start_mono_ns;

	if (side < 0 || side >= STK_SIDES)
		return stk_err_set(err, STK_E_INVAL, "no side %d", side);
	if (len == STK_ENGINE_SCHEDULE_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "the side schedule is full at %d entries",
			STK_ENGINE_SCHEDULE_MAX);
	if (offset_ns < engine->schedule[len - 1].offset_ns)
		return stk_err_set(
			err, STK_E_INVAL, "the side schedule is in order of time: too early");
	engine->schedule[len] = (struct stk_side_entry){offset_ns, side, counted};
	atomic_store_explicit(&engine->schedule_len, len + 1, memory_order_release);
	stk_engine_wake(engine);
	return (int)len;
}
