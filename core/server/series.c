/* series: SelectSeries and SelectHeatmap: totals over time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/server/buckets.h"
#include "core/server/handlers.h"

#define BANDS          20
#define EXEMPLARS_LAST 3 /* EXEMPLAR_TYPE_SPAN */

/* A step in seconds as whole ms; STK_E_INVAL below one. */
static int step_ms(double seconds, int64_t *out, struct stk_err *err)
{
	if (!(seconds >= 0.001) || seconds > 1e12)
		return stk_err_set(err, STK_E_INVAL, "step must be at least 1 ms");
	*out = (int64_t)(seconds * 1000 + 1e-6);
	return 0;
}

/* Points are given without exemplars, as older servers do; a kind that no server knows is a mistake
 * of the client. */
static int check_exemplars(int32_t type, struct stk_err *err)
{
	if (type < 0 || type > EXEMPLARS_LAST)
		return stk_err_set(err, STK_E_INVAL, "unknown exemplar type %d", (int)type);
	return 0;
}

static struct stk_wire_list group_labels(struct stk_call *call, const struct stk_buckets_opts *opts,
	const struct stk_store_series *series)
{
	struct stk_query_label *labels = stk_arena_zalloc(
		&call->arena, opts->group_by_len ? opts->group_by_len : 1, sizeof *labels);
	size_t len = 0;

	/* in the order of groupBy, absent ones left out */
	for (size_t i = 0; i < opts->group_by_len; i++) {
		struct stk_str value =
			stk_labels_find(series->labels, series->labels_len, opts->group_by[i]);

		if (value.len)
			labels[len++] = (struct stk_query_label){opts->group_by[i], value};
	}
	return (struct stk_wire_list){labels, len};
}

static struct stk_query_points make_points(struct stk_call *call,
	const struct stk_buckets_opts *opts, const struct stk_bucket_group *group)
{
	struct stk_query_point *points =
		stk_arena_zalloc(&call->arena, group->buckets.len, sizeof *points);

	for (size_t i = 0; i < group->buckets.len; i++)
		points[i] = (struct stk_query_point){
			(double)group->buckets.items[i].sum, group->buckets.items[i].time_ms};
	return (struct stk_query_points){
		group_labels(call, opts, group->series), {points, group->buckets.len}};
}

static void answer_points(struct stk_call *call, const struct stk_buckets_opts *opts,
	const struct stk_buckets *buckets, int64_t limit)
{
	struct stk_query_points_response response = {{NULL, 0}};
	size_t len = buckets->groups.len;
	struct stk_query_points *series;

	if (limit > 0 && (uint64_t)limit < len)
		len = (size_t)limit;
	series = stk_arena_zalloc(&call->arena, len ? len : 1, sizeof *series);
	for (size_t i = 0; i < len; i++)
		series[i] = make_points(call, opts, &buckets->groups.items[i]);
	response.series = (struct stk_wire_list){series, len};
	stk_call_answer(call, &stk_query_points_response_wire, &response);
}

int stk_handlers_points(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_points_request *request = message;
	struct stk_buckets_opts opts = {.start_ms = request->start,
		.end_ms = request->end,
		.group_by = request->group_by.items,
		.group_by_len = request->group_by.len};
	struct stk_store_query query = {0};
	struct stk_store_points points = {0};
	struct stk_buckets buckets = {0};
	int rc;

	rc = stk_call_window(request->start, request->end, &query, err);
	if (rc == 0)
		rc = check_exemplars(request->exemplar_type, err);
	if (rc == 0)
		rc = step_ms(request->step, &opts.step_ms, err);
	if (rc == 0)
		rc = stk_call_query(call, request->type_id, request->selector, &query, err);
	query.from_ns = stk_buckets_from_ns(&opts);
	if (rc == 0)
		rc = stk_store_select(call->store, &query, &points, err);
	if (rc == 0)
		rc = stk_buckets_fill(&buckets, &opts, &points, err);
	if (rc == 0)
		answer_points(call, &opts, &buckets, request->limit);
	stk_buckets_release(&buckets);
	stk_store_points_release(&points);
	stk_call_selectors_free(&query);
	return rc;
}

/* Value bands of a heatmap: 20 lower edges between the least and the largest total. */
struct bands {
	double edges[BANDS];
};

static struct bands make_bands(const struct stk_store_points *points)
{
	int64_t least = INT64_MAX, most = INT64_MIN;
	struct bands bands;

	for (size_t i = 0; i < points->points.len; i++) {
		if (points->points.items[i].total < least)
			least = points->points.items[i].total;
		if (points->points.items[i].total > most)
			most = points->points.items[i].total;
	}
	for (int i = 0; i < BANDS; i++)
		bands.edges[i] =
			floor((double)least + (double)i * ((double)most - (double)least) / BANDS);
	return bands;
}

static size_t band_of(const struct bands *bands, int64_t total)
{
	size_t band = 0;

	for (size_t i = 1; i < BANDS; i++)
		if ((double)total >= bands->edges[i])
			band = i;
	return band;
}

/* A copy of the points in which each profile of a band counts one. */
static int count_band(const struct stk_store_points *points, const struct bands *bands, size_t band,
	const struct stk_buckets_opts *opts, struct stk_buckets *out, struct stk_err *err)
{
	struct stk_store_points part = {.series = points->series};
	int rc;

	for (size_t i = 0; i < points->points.len; i++) {
		struct stk_store_point point = points->points.items[i];

		if (band_of(bands, point.total) != band)
			continue;
		point.total = 1;
		stk_vec_push(&part.points, point);
	}
	rc = stk_buckets_fill(out, opts, &part, err);
	stk_vec_release(&part.points);
	return rc;
}

/* Put the counts of one band into the slots of one answered series. */
static void fill_slots(struct stk_query_heatmap *series, const struct bands *bands, size_t band,
	const struct stk_buckets *counted)
{
	struct stk_query_slot *slots = series->slots.items;
	const struct stk_bucket_group *group =
		counted->groups.len ? &counted->groups.items[0] : NULL;

	for (size_t i = 0; group && i < group->buckets.len; i++)
		for (size_t s = 0; s < series->slots.len; s++) {
			if (slots[s].timestamp != group->buckets.items[i].time_ms)
				continue;
			((int32_t *)slots[s].counts.items)[band] =
				(int32_t)group->buckets.items[i].sum;
			memcpy(slots[s].y_min.items, bands->edges, sizeof bands->edges);
		}
}

static int answer_heatmap(struct stk_call *call, const struct stk_buckets_opts *opts,
	const struct stk_store_points *points, struct stk_err *err)
{
	struct bands bands = make_bands(points);
	struct stk_query_heatmap_response response = {{NULL, 0}};
	struct stk_query_heatmap *series = stk_arena_zalloc(&call->arena, 1, sizeof *series);
	struct stk_query_slot *slots;
	struct stk_buckets all = {0};
	int rc = stk_buckets_fill(&all, opts, points, err);

	if (rc == 0 && all.groups.len) {
		size_t len = all.groups.items[0].buckets.len;

		slots = stk_arena_zalloc(&call->arena, len, sizeof *slots);
		for (size_t i = 0; i < len; i++) {
			slots[i].timestamp = all.groups.items[0].buckets.items[i].time_ms;
			slots[i].y_min.items =
				stk_arena_zalloc(&call->arena, BANDS, sizeof(double));
			slots[i].counts.items =
				stk_arena_zalloc(&call->arena, BANDS, sizeof(int32_t));
			slots[i].y_min.len = slots[i].counts.len = BANDS;
		}
		series->slots = (struct stk_wire_list){slots, len};
		response.series = (struct stk_wire_list){series, 1};
	}
	for (size_t band = 0; rc == 0 && all.groups.len && band < BANDS; band++) {
		struct stk_buckets counted = {0};

		rc = count_band(points, &bands, band, opts, &counted, err);
		if (rc == 0)
			fill_slots(series, &bands, band, &counted);
		stk_buckets_release(&counted);
	}
	if (rc == 0)
		stk_call_answer(call, &stk_query_heatmap_response_wire, &response);
	stk_buckets_release(&all);
	return rc;
}

int stk_handlers_heatmap(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_heatmap_request *request = message;
	struct stk_buckets_opts opts = {.start_ms = request->start, .end_ms = request->end};
	struct stk_store_query query = {0};
	struct stk_store_points points = {0};
	int rc;

	if (request->start && request->start == request->end)
		return stk_err_set(err, STK_E_INVAL, "start must be before end");
	rc = stk_call_window(request->start, request->end, &query, err);
	if (rc == 0)
		rc = step_ms(request->step, &opts.step_ms, err);
	if (rc < 0)
		return rc;
	/* upstream's back end says so, hence 500 */
	call->code = STK_CONNECT_UNKNOWN;
	rc = stk_call_query(call, request->type_id, request->selector, &query, err);
	if (rc == 0 && request->query_type == STK_QUERY_HEATMAP_UNSPECIFIED)
		rc = stk_err_set(err, STK_E_INVAL, "valid heatmap query type must be specified");
	if (rc == 0 &&
		(request->query_type != STK_QUERY_HEATMAP_INDIVIDUAL || request->group_by.len)) {
		call->code = STK_CONNECT_UNIMPLEMENTED;
		rc = stk_err_set(err, STK_E_UNIMPLEMENTED,
			"SelectHeatmap: only INDIVIDUAL without groupBy is there");
	}
	query.from_ns = stk_buckets_from_ns(&opts);
	if (rc == 0)
		call->code = STK_CONNECT_OK;
	if (rc == 0)
		rc = stk_store_select(call->store, &query, &points, err);
	if (rc == 0)
		rc = answer_heatmap(call, &opts, &points, err);
	stk_store_points_release(&points);
	stk_call_selectors_free(&query);
	return rc;
}
