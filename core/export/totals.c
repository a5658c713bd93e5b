/* totals: a row for each metric and set of tags, within limits. */
#include "core/export/totals.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* ms: dense where services answer; a quantile is known within its bucket. */
static const double time_bounds[STK_TOTALS_BOUNDS] = {0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 25,
	50, 75, 100, 150, 250, 500, 750, 1000, 2500, 5000, 10000, 60000};
static const double other_bounds[STK_TOTALS_BOUNDS] = {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3,
	2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e12};

double stk_totals_bound(enum stk_metric_unit unit, size_t i)
{
	return unit == STK_METRIC_TIME ? time_bounds[i] : other_bounds[i];
}

struct stk_totals *stk_totals_new(int64_t start_wall_ns)
{
	struct stk_totals *totals = stk_xcalloc(1, sizeof *totals);

	totals->start_wall_ns = start_wall_ns;
	stk_buf_init(&totals->key, 0);
	return totals;
}

void stk_totals_free(struct stk_totals *totals)
{
	if (!totals)
		return;
	for (size_t i = 0; i < totals->items.len; i++) {
		stk_hist_release(&totals->items.items[i]->value.hist);
		free(totals->items.items[i]->buckets);
		free(totals->items.items[i]);
	}
	stk_vec_release(&totals->items);
	stk_vec_release(&totals->folded);
	stk_tagsets_release(&totals->sets);
	stk_map_release(&totals->urls);
	stk_map_release(&totals->rows);
	stk_buf_release(&totals->key);
	free(totals);
}

/* --- sets of tags --------------------------------------------------------------------- */

static bool keeps_url(struct stk_totals *totals, const char *url)
{
	if (stk_map_find(&totals->urls, stk_str_of(url)))
		return true;
	if (totals->urls.len >= STK_TOTALS_URLS_MAX)
		return false;
	(void)stk_map_put(&totals->urls, stk_str_of(url), NULL);
	return true;
}

static void add_tag(struct stk_buf *key, const char *name, const char *value)
{
	stk_buf_add(key, name, strlen(name) + 1);
	stk_buf_add(key, value, strlen(value) + 1);
}

static const struct stk_tagset *fold(struct stk_totals *totals, const struct stk_tagset *tags)
{
	const char *name = stk_tagset_value(tags, "name");

	stk_buf_clear(&totals->key);
	for (size_t i = 0; i < tags->len; i++) {
		const struct stk_tag *tag = &tags->items[i];
		bool is_url = name && strcmp(tag->key, "url") == 0;

		if (tag->value[0])
			add_tag(&totals->key, tag->key,
				is_url && !keeps_url(totals, tag->value) ? name : tag->value);
	}
	if (!stk_map_find(&totals->sets.map, stk_buf_str(&totals->key)) &&
		totals->sets.map.len >= STK_TOTALS_SETS_MAX) {
		if (!totals->overflow)
			totals->overflow =
				stk_tagsets_get(&totals->sets, STK_STR("overflow\0true\0"));
		return totals->overflow;
	}
	return stk_tagsets_get(&totals->sets, stk_buf_str(&totals->key));
}

static const struct stk_tagset *folded(struct stk_totals *totals, const struct stk_tagset *tags)
{
	if (tags->number >= STK_TAGSETS_MAX)
		return fold(totals, tags);
	while (totals->folded.len <= tags->number)
		stk_vec_push(&totals->folded, NULL);
	if (!totals->folded.items[tags->number])
		totals->folded.items[tags->number] = fold(totals, tags);
	return totals->folded.items[tags->number];
}

/* --- rows ----------------------------------------------------------------------------- */

static struct stk_totals_row *row_of(struct stk_totals *totals,
	const struct stk_export_metric *metric, const struct stk_tagset *tags)
{
	const size_t key[2] = {metric->number, tags->number};
	union stk_map_value *value = stk_map_put(
		&totals->rows, stk_str_n((const char *)(const void *)key, sizeof key), NULL);
	struct stk_totals_row *row = value->ptr;

	if (row)
		return row;
	row = stk_xcalloc(1, sizeof *row);
	row->metric = metric;
	row->tags = tags;
	row->value.type = metric->type;
	row->value.unit = metric->unit;
	stk_hist_init(&row->value.hist);
	if (metric->type == STK_METRIC_TREND)
		row->buckets = stk_xcalloc(STK_TOTALS_BOUNDS + 1, sizeof *row->buckets);
	value->ptr = row;
	stk_vec_push(&totals->items, row);
	return row;
}

static void add_to_bucket(struct stk_totals_row *row, double value)
{
	size_t i = 0;

	while (i < STK_TOTALS_BOUNDS && value > stk_totals_bound(row->metric->unit, i))
		i++;
	row->buckets[i]++;
}

void stk_totals_add(struct stk_totals *totals, const struct stk_export_metric *metric,
	const struct stk_tagset *tags, int64_t wall_ns, double value)
{
	const struct stk_tagset *set = folded(totals, tags);
	struct stk_totals_row *row = row_of(totals, metric, set);

	stk_metric_add(&row->value, value);
	if (row->buckets)
		add_to_bucket(row, value);
	if (row->first_wall_ns == 0 || wall_ns < row->first_wall_ns)
		row->first_wall_ns = wall_ns;
	if (wall_ns > row->last_wall_ns)
		row->last_wall_ns = wall_ns;
	row->changed = totals->round;
	totals->overflowed += set == totals->overflow;
}
