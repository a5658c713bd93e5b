/* store: the embedded store of this process as a source. */
#include "core/source/store.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/profile.h"
#include "core/source/grid.h"
#include "core/source/points.h"
#include "core/store/store.h"

struct store_source {
	struct stk_source base;
	struct stk_store *store;
};

static struct store_source *of(struct stk_source *source)
{
	return (struct store_source *)source;
}

static int parse_selector(
	const struct stk_source_query *query, struct stk_selector **out, struct stk_err *err)
{
	return stk_selector_parse(stk_str_of(query->selector), out, err);
}

static int select_points(struct store_source *source, const struct stk_source_query *query,
	struct stk_store_points *out, struct stk_err *err)
{
	struct stk_selector *selector = NULL;
	int rc = parse_selector(query, &selector, err);

	if (rc == 0) {
		struct stk_store_query want = {
			&selector, 1, stk_str_of(query->type_id), query->from_ns, query->to_ns};
		rc = stk_store_select(source->store, &want, out, err);
	}
	stk_selector_free(selector);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void drop_doubles(struct stk_source_names *names)
{
	size_t kept = 0;

	if (names->len > 1)
		qsort(names->items, names->len, sizeof *names->items, by_text);
	for (size_t i = 0; i < names->len; i++) {
		if (kept > 0 && strcmp(names->items[kept - 1], names->items[i]) == 0)
			free(names->items[i]);
		else
			names->items[kept++] = names->items[i];
	}
	names->len = kept;
}

static int store_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err)
{
	struct stk_selector *selector = NULL;
	struct stk_store_series *series = NULL;
	size_t len = 0;
	int rc = parse_selector(query, &selector, err);

	if (rc == 0) {
		struct stk_store_query want = {
			&selector, 1, STK_STR(""), query->from_ns, query->to_ns};
		rc = stk_store_find(of(source)->store, &want, &series, &len, err);
	}
	for (size_t i = 0; rc == 0 && i < len; i++)
		stk_vec_push(out, stk_str_dup(stk_labels_find(series[i].labels,
					  series[i].labels_len, STK_STR("__profile_type__"))));
	drop_doubles(out);
	free(series);
	stk_selector_free(selector);
	return rc;
}

static struct stk_str instance_of(const struct stk_store_series *series)
{
	return stk_points_instance(series->labels, series->labels_len);
}

static int by_instance_and_time(const void *a, const void *b)
{
	const struct stk_store_point *x = a, *y = b;
	int order = stk_str_cmp(instance_of(x->series), instance_of(y->series));

	if (order)
		return order;
	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

/* One push may be several points: its samples are told apart by their labels. */
static size_t end_of_push(const struct stk_store_points *points, size_t first)
{
	size_t end = first + 1;

	while (end < points->points.len &&
		by_instance_and_time(&points->points.items[first], &points->points.items[end]) == 0)
		end++;
	return end;
}

/* The query's points, sorted, told apart by instance only. */
static int read_points(struct store_source *source, const struct stk_source_query *query,
	struct stk_points *out, struct stk_err *err)
{
	struct stk_store_points points = {0};
	int rc = select_points(source, query, &points, err);

	for (size_t i = 0; rc == 0 && i < points.points.len; i++) {
		const struct stk_store_point *point = &points.points.items[i];
		stk_points_add(out, point->series->labels, point->series->labels_len,
			point->time_ns, point->duration_ns);
	}
	stk_points_sort(out);
	stk_store_points_release(&points);
	return rc;
}

static int store_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err)
{
	struct stk_points points = STK_POINTS_INIT;
	int rc = read_points(of(source), query, &points, err);

	if (rc == 0)
		stk_points_describe(&points, query->type_id, out);
	stk_points_release(&points);
	return rc;
}

static int store_newest(struct stk_source *source, const struct stk_source_query *query,
	int64_t *stamp_out, struct stk_err *err)
{
	struct stk_points points = STK_POINTS_INIT;
	int rc = read_points(of(source), query, &points, err);

	if (rc == 0)
		*stamp_out = stk_points_newest(&points);
	stk_points_release(&points);
	return rc;
}

/* The points from first to before end are one push. */
struct push {
	const struct stk_store_points *all;
	size_t first, end;
};

static int fetch_push(struct store_source *source, const struct push *push,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	const struct stk_store_points *all = push->all;
	const struct stk_store_point *point = &all->points.items[push->first];
	struct stk_grid_point grid = {point->time_ns, point->duration_ns};
	struct stk_store_points one = {.series = all->series, .series_len = all->series_len};
	struct stk_profile *profile = NULL;
	int rc;

	for (size_t i = push->first; i < push->end; i++)
		stk_vec_push(&one.points, all->points.items[i]);
	rc = stk_store_merge(source->store, &one, &profile, err);
	stk_vec_release(&one.points);
	if (rc < 0 || !profile)
		return rc;
	struct stk_source_slice *slice = stk_vec_push_new(out);
	slice->instance = stk_str_dup(instance_of(point->series));
	slice->profile = profile;
	stk_grid_slice(info, &grid, &slice->start_ns, &slice->end_ns);
	return 0;
}

static int store_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out, struct stk_err *err)
{
	struct stk_store_points points = {0};
	int rc = select_points(of(source), query, &points, err);
	size_t end;

	if (rc == 0 && points.points.len > 0)
		qsort(points.points.items, points.points.len, sizeof *points.points.items,
			by_instance_and_time);
	for (size_t i = 0; rc == 0 && i < points.points.len; i = end) {
		end = end_of_push(&points, i);
		struct push push = {&points, i, end};
		rc = fetch_push(of(source), &push, info, out, err);
	}
	stk_store_points_release(&points);
	return rc;
}

static void store_close(struct stk_source *source)
{
	free(source);
}

static const struct stk_source_ops store_ops = {
	.types = store_types,
	.describe = store_describe,
	.fetch = store_fetch,
	.newest = store_newest,
	.close = store_close,
};

struct stk_source *stk_source_store_new(struct stk_store *store, const struct stk_clock *clock)
{
	struct store_source *source = stk_xcalloc(1, sizeof *source);

	source->base = (struct stk_source){&store_ops, clock};
	source->store = store;
	return &source->base;
}
