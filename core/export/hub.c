/* hub: chunks to samples, samples to outputs and totals. */
#include "core/export/hub.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define TICK_NS (100 * STK_NS_PER_MS)

struct stk_hub {
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
	struct stk_hub *hub, const struct stk_plan *plan, const struct stk_metric_def *def)
{
	struct stk_export_metric *metric;

	for (size_t i = 0; i < hub->metrics.len; i++) {
		metric = hub->metrics.items[i];
		if (metric->type == def->type && strcmp(metric->name, def->name) == 0)
			return metric;
	}
	metric = stk_xcalloc(1, sizeof *metric);
	*metric = (struct stk_export_metric){
		hub->metrics.len, stk_xstrdup(def->name), def->type, def->unit, plan};
	stk_vec_push(&hub->metrics, metric);
	return metric;
}

static void take_plan(struct stk_hub *hub, const struct stk_plan *plan)
{
	size_t len = STK_METRIC_BUILTIN_COUNT + plan->metrics.len;

	if (plan == hub->plan)
		return;
	hub->plan = plan;
	stk_vec_clear(&hub->by_id);
	for (size_t i = 0; i < len; i++)
		stk_vec_push(&hub->by_id, metric_of(hub, plan, stk_metric_def(plan, (int)i)));
}

static void feed(struct stk_hub *hub, const struct stk_output_sample *sample)
{
	if (hub->wants_totals)
		stk_totals_add(hub->totals, sample->metric, sample->tags, sample->wall_ns,
			sample->value);
	for (size_t i = 0; i < hub->outputs.len; i++) {
		const struct stk_output *output = &hub->outputs.items[i];

		if (output->ops->sample)
			output->ops->sample(output->ctx, sample);
	}
}

static void read_chunk(struct stk_hub *hub, const struct stk_tap_chunk *chunk)
{
	struct stk_tap_record record;
	size_t at = 0;

	take_plan(hub, chunk->plan);
	while (stk_tap_chunk_next(chunk, &at, &record)) {
		struct stk_output_sample sample = {
			.tags = stk_tagsets_get(&hub->sets, record.tags), .wall_ns = record.wall_ns};

		for (size_t i = 0; i < record.values_len; i++) {
			sample.metric = hub->by_id.items[record.values[i].metric];
			sample.value = record.values[i].value;
			feed(hub, &sample);
		}
	}
}

static void *hub_main(void *ctx)
{
	struct stk_hub *hub = ctx;
	bool over = false;

	while (!over) {
		bool stopping = atomic_load(&hub->stopping);
		struct stk_tap_chunk *chunk = stk_tap_take(hub->tap, stopping ? 0 : TICK_NS);

		if (chunk) {
			read_chunk(hub, chunk);
			stk_tap_give(hub->tap, chunk);
		}
		for (size_t i = 0; i < hub->outputs.len; i++)
			hub->outputs.items[i].ops->tick(hub->outputs.items[i].ctx, hub->totals,
				stk_clock_mono(stk_clock_system()));
		over = stopping && !chunk;
	}
	for (size_t i = 0; i < hub->outputs.len; i++)
		hub->outputs.items[i].ops->stop(
			hub->outputs.items[i].ctx, hub->totals, &hub->said);
	return NULL;
}

struct stk_hub *stk_hub_start(struct stk_tap *tap, const struct stk_output *outputs, size_t len,
	const struct stk_clock *clock)
{
	struct stk_hub *hub = stk_xcalloc(1, sizeof *hub);

	hub->tap = tap;
	hub->totals = stk_totals_new(stk_clock_wall(clock));
	stk_buf_init(&hub->said, 0);
	for (size_t i = 0; i < len; i++) {
		stk_vec_push(&hub->outputs, outputs[i]);
		hub->wants_totals |= outputs[i].ops->wants_totals;
	}
	if (pthread_create(&hub->thread, NULL, hub_main, hub) != 0)
		STK_BUG("no thread for the outputs");
	return hub;
}

static void say_lost(struct stk_hub *hub)
{
	int64_t lost = stk_tap_lost(hub->tap);

	if (lost > 0)
		stk_buf_addf(&hub->said,
			"outputs could not keep up: %lld samples are missing from them, not from "
			"the summary\n",
			(long long)lost);
	if (hub->totals->overflowed > 0)
		stk_buf_addf(&hub->said,
			"more than %d different sets of tags: %lld samples were sent under "
			"overflow=\"true\"\n",
			STK_TOTALS_SETS_MAX, (long long)hub->totals->overflowed);
}

void stk_hub_stop(struct stk_hub *hub, struct stk_buf *said)
{
	if (!hub)
		return;
	atomic_store(&hub->stopping, true);
	(void)pthread_join(hub->thread, NULL);
	say_lost(hub);
	stk_buf_add_str(said, stk_buf_str(&hub->said));
	for (size_t i = 0; i < hub->outputs.len; i++)
		hub->outputs.items[i].ops->free(hub->outputs.items[i].ctx);
	for (size_t i = 0; i < hub->metrics.len; i++) {
		free(hub->metrics.items[i]->name);
		free(hub->metrics.items[i]);
	}
	stk_vec_release(&hub->outputs);
	stk_vec_release(&hub->metrics);
	stk_vec_release(&hub->by_id);
	stk_tagsets_release(&hub->sets);
	stk_totals_free(hub->totals);
	stk_buf_release(&hub->said);
	free(hub);
}
