/* live: two windows of histograms per name, and the slowest of them over all workers. */
#include "core/load/live.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/load/load_priv.h"

void stk_live_init(struct stk_live *live)
{
	memset(live, 0, sizeof *live);
	(void)pthread_mutex_init(&live->mutex, NULL);
}

void stk_live_release(struct stk_live *live)
{
	for (size_t i = 0; i < live->names.len; i++) {
		stk_hist_release(&live->names.items[i].now);
		stk_hist_release(&live->names.items[i].before);
	}
	stk_vec_release(&live->names);
	(void)pthread_mutex_destroy(&live->mutex);
}

/* Names are few (STK_LABELS_NAMES_MAX), and often the same one again. */
static struct stk_live_name *find(struct stk_live *live, const struct stk_name *name)
{
	if (live->last < live->names.len && live->names.items[live->last].name == name)
		return &live->names.items[live->last];
	for (live->last = 0; live->last < live->names.len; live->last++)
		if (live->names.items[live->last].name == name)
			return &live->names.items[live->last];
	struct stk_live_name *at = stk_vec_push_new(&live->names);
	at->name = name;
	stk_hist_init(&at->now);
	stk_hist_init(&at->before);
	return at;
}

void stk_live_add(struct stk_live *live, const struct stk_name *name, double ms)
{
	(void)pthread_mutex_lock(&live->mutex);
	stk_hist_add(&find(live, name)->now, ms);
	(void)pthread_mutex_unlock(&live->mutex);
}

void stk_live_second(struct stk_live *live)
{
	if (++live->seconds % STK_LIVE_WINDOW_SECONDS != 0)
		return;
	(void)pthread_mutex_lock(&live->mutex);
	for (size_t i = 0; i < live->names.len; i++) {
		struct stk_hist swap = live->names.items[i].before;

		live->names.items[i].before = live->names.items[i].now;
		live->names.items[i].now = swap;
		stk_hist_clear(&live->names.items[i].now);
	}
	(void)pthread_mutex_unlock(&live->mutex);
}

/* --- over all workers ------------------------------------------------------------- */

struct merged {
	const struct stk_name *name;
	struct stk_hist hist;
};
STK_VEC_TYPE(all_merged, struct merged);

static void merge_one(struct all_merged *all, const struct stk_live_name *from)
{
	size_t at = 0;

	while (at < all->len && all->items[at].name != from->name)
		at++;
	if (at == all->len) {
		stk_vec_push(all, (struct merged){.name = from->name});
		stk_hist_init(&all->items[at].hist);
	}
	stk_hist_merge(&all->items[at].hist, &from->now);
	stk_hist_merge(&all->items[at].hist, &from->before);
}

/* Insert where it belongs among the slowest so far; how many there are now. */
static size_t keep_slowest(
	struct stk_live_endpoint *out, size_t len, size_t max, const struct merged *merged)
{
	double p95 = stk_hist_quantile(&merged->hist, 0.95);
	size_t at = len;

	if (isnan(p95))
		return len;
	while (at > 0 && out[at - 1].p95_ms < p95)
		at--;
	if (at == max)
		return len;
	len = len < max ? len + 1 : max;
	memmove(&out[at + 1], &out[at], (len - at - 1) * sizeof *out);
	(void)snprintf(out[at].name, sizeof out[at].name, "%s", merged->name->text);
	out[at].requests = merged->hist.count;
	out[at].p95_ms = p95;
	return len;
}

size_t stk_engine_slowest(
	const struct stk_engine *engine, struct stk_live_endpoint *out, size_t max)
{
	struct all_merged all = STK_VEC_INIT;
	size_t len = 0;

	for (size_t i = 0; engine->opts.live && i < engine->workers_len; i++) {
		struct stk_live *live = &engine->workers[i].live;

		(void)pthread_mutex_lock(&live->mutex);
		for (size_t j = 0; j < live->names.len; j++)
			merge_one(&all, &live->names.items[j]);
		(void)pthread_mutex_unlock(&live->mutex);
	}
	for (size_t i = 0; i < all.len; i++) {
		len = keep_slowest(out, len, max, &all.items[i]);
		stk_hist_release(&all.items[i].hist);
	}
	stk_vec_release(&all);
	return len;
}
