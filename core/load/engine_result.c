/* engine_result: progress while it runs, and what all workers counted when it is over. */
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/load/load_priv.h"
#include "core/load/threshold.h"

static int side_at(const struct stk_engine *engine, int64_t offset_ns)
{
	size_t len = atomic_load_explicit(
		&((struct stk_engine *)(uintptr_t)engine)->schedule_len, memory_order_acquire);
	size_t at = 0;

	while (at + 1 < len && engine->schedule[at + 1].offset_ns <= offset_ns)
		at++;
	return engine->schedule[at].side;
}

static void add_tally(const struct stk_tally *tally, struct stk_load_progress *out)
{
	out->vus += atomic_load_explicit(&tally->running, memory_order_relaxed);
	out->vus_max += atomic_load_explicit(&tally->opened, memory_order_relaxed);
	out->iterations += atomic_load_explicit(&tally->iterations, memory_order_relaxed);
	out->interrupted += atomic_load_explicit(&tally->interrupted, memory_order_relaxed);
	out->dropped += atomic_load_explicit(&tally->dropped, memory_order_relaxed);
	out->requests += atomic_load_explicit(&tally->requests, memory_order_relaxed);
	out->failed += atomic_load_explicit(&tally->failed, memory_order_relaxed);
	out->checks_passed += atomic_load_explicit(&tally->checks_passed, memory_order_relaxed);
	out->checks_failed += atomic_load_explicit(&tally->checks_failed, memory_order_relaxed);
}

static double p95_of(const struct stk_engine *engine)
{
	const char *name = stk_metric_builtin(STK_METRIC_HTTP_REQ_DURATION)->name;
	struct stk_hist all;
	double p95;

	stk_hist_init(&all);
	for (size_t i = 0; i < engine->workers_len; i++) {
		struct stk_worker *worker = &engine->workers[i];
		const struct stk_metric *metric;

		(void)pthread_mutex_lock(&worker->published_mutex);
		metric = stk_metrics_find(&worker->published, name, "");
		if (metric)
			stk_hist_merge(&all, &metric->hist);
		(void)pthread_mutex_unlock(&worker->published_mutex);
	}
	p95 = stk_hist_quantile(&all, 0.95);
	stk_hist_release(&all);
	return p95;
}

void stk_engine_progress(const struct stk_engine *engine, struct stk_load_progress *out)
{
	struct stk_engine *lockable = (struct stk_engine *)(uintptr_t)engine;
	bool started;

	memset(out, 0, sizeof *out);
	out->phase = (enum stk_engine_phase)atomic_load(&engine->phase);
	(void)pthread_mutex_lock(&lockable->mutex);
	started = engine->started;
	out->rate_per_s = engine->rate_seconds > 0 ? engine->rate_per_s : NAN;
	if (started)
		out->elapsed_ns = stk_clock_mono(engine->clock) - engine->start_mono_ns;
	(void)pthread_mutex_unlock(&lockable->mutex);
	out->paused = atomic_load(&engine->paused_since_ns) != 0;
	if (started)
		out->elapsed_ns -= stk_engine_paused_ns(engine);
	if (out->elapsed_ns < 0)
		out->elapsed_ns = 0;
	out->planned_ns = stk_plan_duration_ns(engine->plan);
	if (started && atomic_load(&engine->end_ns) - engine->start_mono_ns < out->planned_ns)
		out->planned_ns = atomic_load(&engine->end_ns) - engine->start_mono_ns;
	out->side = side_at(engine, out->elapsed_ns);
	for (size_t i = 0; i < engine->workers_len; i++)
		add_tally(&engine->workers[i].tally, out);
	out->p95_ms = p95_of(engine);
}

void stk_load_result_init(struct stk_load_result *result)
{
	memset(result, 0, sizeof *result);
	stk_metrics_init(&result->metrics);
	stk_sections_init(&result->sections);
	stk_series_init(&result->series);
}

void stk_load_result_release(struct stk_load_result *result)
{
	stk_metrics_release(&result->metrics);
	stk_sections_release(&result->sections);
	stk_series_release(&result->series);
	for (size_t i = 0; i < result->entries.len; i++)
		stk_hist_release(&result->entries.items[i].duration_ms);
	stk_vec_release(&result->entries);
	stk_vec_release(&result->thresholds);
	free(result->message);
	memset(result, 0, sizeof *result);
}

static void merge_entries(const struct stk_engine *engine, struct stk_load_result *out)
{
	size_t len = atomic_load(&engine->schedule_len);

	for (size_t i = 0; i < len; i++) {
		struct stk_entry_stats *stats = stk_vec_push_new(&out->entries);
		int64_t next_ns =
			i + 1 < len ? engine->start_mono_ns + engine->schedule[i + 1].offset_ns
				    : engine->end_mono_ns;

		stats->side = engine->schedule[i].side;
		stats->counted = engine->schedule[i].counted;
		stats->start_mono_ns = engine->start_mono_ns + engine->schedule[i].offset_ns;
		stats->end_mono_ns = next_ns;
		for (size_t j = 0; j < engine->workers_len; j++) {
			const struct stk_worker *worker = &engine->workers[j];

			if (i >= worker->entries.len)
				continue;
			stats->requests += worker->entries.items[i].requests;
			stats->failed += worker->entries.items[i].failed;
			stats->iterations += worker->entries.items[i].iterations;
			stk_hist_merge(&stats->duration_ms, &worker->entries.items[i].duration_ms);
		}
	}
}

/* What rates are taken over: an iteration of a warm-up is not counted, nor is its time, nor that of
 * pauses. */
static double counted_s(const struct stk_engine *engine, const struct stk_load_result *result)
{
	int64_t ns = 0;

	for (size_t i = 0; i < result->entries.len; i++) {
		const struct stk_entry_stats *stats = &result->entries.items[i];
		int64_t end_ns = stats->end_mono_ns < engine->end_mono_ns ? stats->end_mono_ns
									  : engine->end_mono_ns;

		if (stats->counted && end_ns > stats->start_mono_ns)
			ns += end_ns - stats->start_mono_ns;
	}
	return (double)(ns > result->paused_ns ? ns - result->paused_ns : 0) / 1e9;
}

static void judge_all(const struct stk_engine *engine, struct stk_load_result *out)
{
	const struct stk_plan *plan = engine->plan;

	out->thresholds_ok = true;
	for (size_t i = 0; i < plan->thresholds.len; i++) {
		struct stk_threshold_result result = stk_threshold_judge(plan,
			&plan->thresholds.items[i], &out->metrics, out->metrics.duration_s, true);

		result.aborted = engine->aborted.items[i];
		out->thresholds_ok &= result.ok;
		stk_vec_push(&out->thresholds, result);
	}
}

static double p99_of(const struct stk_hist *hist)
{
	double p99 = stk_hist_quantile(hist, 0.99);

	return isnan(p99) ? 0 : p99;
}

static void fill_generator(const struct stk_engine *engine, struct stk_load_result *out)
{
	double elapsed_ns = (double)(engine->end_mono_ns - engine->start_mono_ns);
	struct stk_generator_info *info = &out->generator;
	struct stk_hist late, lag;

	stk_hist_init(&late);
	stk_hist_init(&lag);
	for (size_t i = 0; i < engine->workers_len; i++) {
		const struct stk_worker *worker = &engine->workers[i];
		double busy = elapsed_ns > 0 ? (double)worker->cpu_ns / elapsed_ns : 0;

		info->busy = busy > info->busy ? busy : info->busy;
		info->dropped += atomic_load(&worker->tally.dropped);
		info->planned += worker->planned;
		stk_hist_merge(&late, &worker->lateness_ms);
		stk_hist_merge(&lag, &worker->lag_ms);
	}
	for (size_t i = 0; i < engine->plan->scenarios.len; i++) {
		const struct stk_scenario *scenario = &engine->plan->scenarios.items[i];

		info->started += atomic_load(&engine->shared[i].started);
		info->rate_planned += stk_scenario_own_rate(scenario);
	}
	info->late_p99_ms = p99_of(&late);
	info->lag_p99_ms = p99_of(&lag);
	info->paused_ns = out->paused_ns;
	stk_hist_release(&late);
	stk_hist_release(&lag);
}

void stk_engine_result(struct stk_engine *engine, struct stk_load_result *out)
{
	for (size_t i = 0; i < engine->workers_len; i++) {
		struct stk_worker *worker = &engine->workers[i];

		if (worker->has_thread)
			(void)pthread_join(worker->thread, NULL);
		worker->has_thread = false;
		stk_counts_set_lane(worker->counts, NULL);
		stk_tap_lane_free(worker->lane); /* hands over what is left */
		worker->lane = NULL;
		stk_metrics_merge(&out->metrics, stk_counts_metrics(worker->counts));
		stk_sections_merge(&out->sections, &worker->sections);
		stk_series_merge(&out->series, &worker->series);
		stk_failures_merge(&out->failures, &worker->failures);
		out->iterations += atomic_load(&worker->tally.iterations);
		out->interrupted += atomic_load(&worker->tally.interrupted);
		out->errors += atomic_load(&worker->tally.errors);
	}
	out->start_mono_ns = engine->start_mono_ns;
	out->start_wall_ns = engine->start_wall_ns;
	out->end_mono_ns = engine->end_mono_ns;
	out->end_wall_ns = engine->end_wall_ns;
	out->reason = engine->reason;
	if (!engine->reason_set)
		out->reason =
			atomic_load(&engine->user_stopped) ? STK_END_INTERRUPTED : STK_END_PLANNED;
	out->message = engine->message ? stk_xstrdup(engine->message) : NULL;
	out->paused_ns = stk_engine_paused_ns(engine);
	merge_entries(engine, out);
	out->metrics.duration_s = counted_s(engine, out);
	judge_all(engine, out);
	fill_generator(engine, out);
}
