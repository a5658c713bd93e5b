/* feed: chunks to samples, samples to outputs and totals. */
#include "core/export/feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define TICK_NS (100 * STK_NS_PER_MS)

struct stk_feed {
	struct stk_tap *tap;
	STK_VEC(struct stk_output) outputs;
	struct stk_tagsets sets;
	struct stk_totals *totals;
	bool wants_totals;
	STK_VEC(struct stk_export_metric *) metrics; /* by name, of all plans */
	const struct stk_plan *plan;                 /* whose numbers by_id knows */
	STK_VEC(struct stk_export_metric *) by_id;
	pthread_t thread;
	atomic_bool stopping;
	struct stk_buf said;
};

static struct stk_export_metric *metric_of(
	struct stk_feed *feed, const struct stk_plan *plan, const struct stk_metric_def *def)
{
	struct stk_export_metric *metric;

	for (size_t i = 0; i < feed->metrics.len; i++) {
		metric = feed->metrics.items[i];
		if (metric->type == def->type && strcmp(metric->name, def->name) == 0)
			return metric;
	}
	metric = stk_xcalloc(1, sizeof *metric);
	*metric = (struct stk_export_metric){
		feed->metrics.len, stk_xstrdup(def->name), def->type, def->unit, plan};
	stk_vec_push(&feed->metrics, metric);
	return metric;
}

static void take_plan(struct stk_feed *feed, const struct stk_plan *plan)
{
	size_t len = STK_METRIC_BUILTIN_COUNT + plan->metrics.len;

	if (plan == feed->plan)
		return;
	feed->plan = plan;
	stk_vec_clear(&feed->by_id);
	for (size_t i = 0; i < len; i++)
		stk_vec_push(&feed->by_id, metric_of(feed, plan, stk_metric_def(plan, (int)i)));
}

static void pass_on(struct stk_feed *feed, const struct stk_output_sample *sample)
{
	if (feed->wants_totals)
		stk_totals_add(
			feed->totals, sample->metric, sample->tags, sample->wall_ns, sample->value);
	for (size_t i = 0; i < feed->outputs.len; i++) {
		const struct stk_output *output = &feed->outputs.items[i];

		if (output->ops->sample)
			output->ops->sample(output->ctx, sample);
	}
}

static void read_chunk(struct stk_feed *feed, const struct stk_tap_chunk *chunk)
{
	struct stk_tap_record record;
	size_t at = 0;

	take_plan(feed, chunk->plan);
	while (stk_tap_chunk_next(chunk, &at, &record)) {
		struct stk_output_sample sample = {
			.tags = stk_tagsets_get(&feed->sets, record.tags),
			.wall_ns = record.wall_ns};

		for (size_t i = 0; i < record.values_len; i++) {
			sample.metric = feed->by_id.items[record.values[i].metric];
			sample.value = record.values[i].value;
			pass_on(feed, &sample);
		}
	}
}

static void *feed_main(void *ctx)
{
	struct stk_feed *feed = ctx;
	bool over = false;

	while (!over) {
		bool stopping = atomic_load(&feed->stopping);
		struct stk_tap_chunk *chunk = stk_tap_take(feed->tap, stopping ? 0 : TICK_NS);

		if (chunk) {
			read_chunk(feed, chunk);
			stk_tap_give(feed->tap, chunk);
		}
		for (size_t i = 0; i < feed->outputs.len; i++)
			feed->outputs.items[i].ops->tick(feed->outputs.items[i].ctx, feed->totals,
				stk_clock_mono(stk_clock_system()));
		over = stopping && !chunk;
	}
	for (size_t i = 0; i < feed->outputs.len; i++)
		feed->outputs.items[i].ops->stop(
			feed->outputs.items[i].ctx, feed->totals, &feed->said);
	return NULL;
}

struct stk_feed *stk_feed_start(struct stk_tap *tap, const struct stk_output *outputs, size_t len,
	const struct stk_clock *clock)
{
	struct stk_feed *feed = stk_xcalloc(1, sizeof *feed);

	feed->tap = tap;
	feed->totals = stk_totals_new(stk_clock_wall(clock));
	stk_buf_init(&feed->said, 0);
	for (size_t i = 0; i < len; i++) {
		stk_vec_push(&feed->outputs, outputs[i]);
		feed->wants_totals |= outputs[i].ops->wants_totals;
	}
	if (pthread_create(&feed->thread, NULL, feed_main, feed) != 0)
		STK_BUG("no thread for the outputs");
	return feed;
}

static void say_lost(struct stk_feed *feed)
{
	int64_t lost = stk_tap_lost(feed->tap);

	if (lost > 0)
		stk_buf_addf(&feed->said,
			"outputs could not keep up: %lld samples are missing from them, not from "
			"the summary\n",
			(long long)lost);
	if (feed->totals->overflowed > 0)
		stk_buf_addf(&feed->said,
			"more than %d different sets of tags: %lld samples were sent under "
			"overflow=\"true\"\n",
			STK_TOTALS_SETS_MAX, (long long)feed->totals->overflowed);
}

void stk_feed_stop(struct stk_feed *feed, struct stk_buf *said)
{
	if (!feed)
		return;
	atomic_store(&feed->stopping, true);
	(void)pthread_join(feed->thread, NULL);
	say_lost(feed);
	stk_buf_add_str(said, stk_buf_str(&feed->said));
	for (size_t i = 0; i < feed->outputs.len; i++)
		feed->outputs.items[i].ops->free(feed->outputs.items[i].ctx);
	for (size_t i = 0; i < feed->metrics.len; i++) {
		free(feed->metrics.items[i]->name);
		free(feed->metrics.items[i]);
	}
	stk_vec_release(&feed->outputs);
	stk_vec_release(&feed->metrics);
	stk_vec_release(&feed->by_id);
	stk_tagsets_release(&feed->sets);
	stk_totals_free(feed->totals);
	stk_buf_release(&feed->said);
	free(feed);
}
