/* seconds: what a worker does once a second: publish counts, gauges, thresholds that may abort. */
#include <stdio.h>

#include "core/load/load_priv.h"
#include "core/load/threshold.h"

/* k6 looks at thresholds every two seconds. */
enum { THRESHOLD_SECONDS = 2 };

/* Empty every metric, keep names and memory. */
static void clear_metrics(struct stk_metrics *metrics)
{
	for (size_t i = 0; i < metrics->items.len; i++) {
		struct stk_metric *metric = &metrics->items.items[i];

		metric->count = metric->passes = 0;
		metric->sum = metric->last = metric->min = metric->max = 0;
		stk_hist_clear(&metric->hist);
	}
}

void stk_worker_publish(struct stk_worker *worker)
{
	const struct stk_metrics *now = stk_counts_metrics(worker->counts);

	if (worker->lane)
		stk_tap_lane_flush(worker->lane);
	(void)pthread_mutex_lock(&worker->published_mutex);
	clear_metrics(&worker->published);
	for (size_t i = 0; i < now->items.len; i++) { /* checks stay out: nobody judges them */
		const struct stk_metric *from = &now->items.items[i];
		struct stk_metric *into = i < worker->published.items.len
						  ? &worker->published.items.items[i]
						  : stk_metrics_put(&worker->published, from->name,
							    from->selector, from->type, from->unit);

		stk_metric_merge(into, from);
	}
	(void)pthread_mutex_unlock(&worker->published_mutex);
}

void stk_engine_merge_published(const struct stk_engine *engine, struct stk_metrics *out)
{
	for (size_t i = 0; i < engine->workers_len; i++) {
		struct stk_worker *worker = &engine->workers[i];

		(void)pthread_mutex_lock(&worker->published_mutex);
		stk_metrics_merge(out, &worker->published);
		(void)pthread_mutex_unlock(&worker->published_mutex);
	}
}

static int64_t sum_over(const struct stk_engine *engine, size_t offset)
{
	int64_t sum = 0;

	for (size_t i = 0; i < engine->workers_len; i++) {
		const char *tally = (const char *)&engine->workers[i].tally;

		sum += atomic_load_explicit(
			(const atomic_llong *)(const void *)(tally + offset), memory_order_relaxed);
	}
	return sum;
}

static void sample_gauges(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	struct stk_tag_lists lists = {.len = 0};

	if (!engine->schedule[worker->entry].counted)
		return;
	stk_tag_lists_add(&lists, engine->plan->tags.items, engine->plan->tags.len);
	stk_counts_add(worker->counts, STK_METRIC_VUS,
		(double)sum_over(engine, offsetof(struct stk_tally, running)), &lists);
	stk_counts_add(worker->counts, STK_METRIC_VUS_MAX,
		(double)sum_over(engine, offsetof(struct stk_tally, opened)), &lists);
}

static void take_rate(struct stk_engine *engine)
{
	int64_t requests = sum_over(engine, offsetof(struct stk_tally, requests));
	size_t seconds, back;

	(void)pthread_mutex_lock(&engine->mutex);
	seconds = engine->rate_seconds;
	back = seconds < STK_RATE_WINDOW ? seconds : STK_RATE_WINDOW;
	if (back == 0)
		engine->rate_per_s = (double)requests;
	else
		engine->rate_per_s =
			(double)(requests -
				 engine->rate_window[(seconds - back) % STK_RATE_WINDOW]) /
			(double)back;
	engine->rate_window[seconds % STK_RATE_WINDOW] = requests;
	engine->rate_seconds++;
	(void)pthread_mutex_unlock(&engine->mutex);
}

static void abort_by(
	struct stk_engine *engine, size_t number, const struct stk_threshold_result *result)
{
	char line[256];

	(void)snprintf(line, sizeof line, "threshold '%s' of %s crossed: %.6g", result->expr,
		result->metric, result->value);
	(void)pthread_mutex_lock(&engine->mutex);
	engine->aborted.items[number] = true;
	(void)pthread_mutex_unlock(&engine->mutex);
	stk_engine_end(engine, STK_END_THRESHOLD, STK_STOP_CANCEL, line);
}

/* Over everything since the start, as in k6; what other workers count is up to a second old. */
static void judge_aborts(struct stk_engine *engine, int64_t elapsed_ns)
{
	const struct stk_plan *plan = engine->plan;
	struct stk_metrics all;
	bool any = false;

	for (size_t i = 0; i < plan->thresholds.len; i++)
		any |= plan->thresholds.items[i].abort;
	if (!any)
		return;
	stk_metrics_init(&all);
	stk_engine_merge_published(engine, &all);
	for (size_t i = 0; i < plan->thresholds.len; i++) {
		const struct stk_threshold_spec *spec = &plan->thresholds.items[i];
		struct stk_threshold_result result;

		if (!spec->abort || spec->delay_ns >= elapsed_ns)
			continue;
		result = stk_threshold_judge(plan, spec, &all, (double)elapsed_ns / 1e9, false);
		if (!result.ok)
			abort_by(engine, i, &result);
	}
	stk_metrics_release(&all);
}

void stk_worker_second(struct stk_worker *worker)
{
	struct stk_engine *engine = worker->engine;
	int64_t now_ns = stk_worker_now(worker), elapsed_ns = now_ns - engine->start_mono_ns;

	worker->wall_ahead_ns = stk_clock_wall(engine->clock) - now_ns;
	while (worker->next_second_ns <= now_ns)
		worker->next_second_ns += STK_NS_PER_S;
	if (worker->index == 0)
		sample_gauges(worker);
	stk_worker_publish(worker);
	stk_live_second(&worker->live);
	if (worker->index != 0)
		return;
	take_rate(engine);
	if (elapsed_ns / STK_NS_PER_S % THRESHOLD_SECONDS == 0)
		judge_aborts(engine, elapsed_ns - stk_engine_paused_ns(engine));
}
