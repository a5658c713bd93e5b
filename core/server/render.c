/* render: GET /pyroscope/render, /pyroscope/render-diff and /pyroscope/label-values. */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/pyroscope/types.h"
#include "core/server/buckets.h"
#include "core/server/flame.h"
#include "core/server/handlers.h"
#include "core/server/when.h"

#define STEPS_MAX 1500

/* One side: a query parameter and its times. */
struct side {
	struct stk_store_query query;
	struct stk_types_id type;
	int64_t start_ms;
	int64_t end_ms;
};

static struct stk_str param(const struct stk_call *call, const char *key)
{
	return stk_url_query_get(&call->request->query, key);
}

/* "now" when it is missing, as upstream. */
static int64_t time_param(const struct stk_call *call, const char *key)
{
	return stk_when_parse(param(call, key), stk_clock_wall(call->clock)) / STK_NS_PER_MS;
}

/* max-nodes or maxNodes, which wins; what is no number counts as absent. */
static int nodes_param(const struct stk_call *call, size_t *out, struct stk_err *err)
{
	int64_t asked = 0;

	if (stk_str_to_i64(param(call, "maxNodes"), &asked, NULL) < 0 &&
		stk_str_to_i64(param(call, "max-nodes"), &asked, NULL) < 0)
		asked = 0;
	return stk_flame_nodes(asked, out, err);
}

/* "<profile type>{matchers}" and two times. */
static int read_side(
	struct stk_call *call, const char *const keys[3], struct side *side, struct stk_err *err)
{
	struct stk_str text = stk_str_trim(param(call, keys[0]));
	ptrdiff_t brace = stk_str_find_byte(text, '{');
	struct stk_str type = brace < 0 ? text : stk_str_sub(text, 0, (size_t)brace);
	struct stk_str selector = brace < 0 ? STK_STR("{}") : stk_str_skip(text, (size_t)brace);
	int rc;

	if (!text.len)
		return stk_err_set(err, STK_E_INVAL, "\"%s\" is required", keys[0]);
	if (stk_types_parse(type, &side->type, NULL) < 0)
		return stk_err_set(
			err, STK_E_INVAL, "\"%s\" must contain a profile-type selection", keys[0]);
	side->start_ms = time_param(call, keys[1]);
	side->end_ms = time_param(call, keys[2]);
	rc = stk_call_window(side->start_ms, side->end_ms, &side->query, err);
	if (rc == 0)
		rc = stk_call_query(call, type, selector, &side->query, err);
	return rc;
}

/* The step of a timeline for a range: about 1,500 points, on a round number of seconds. */
static int64_t timeline_step(int64_t range_ms)
{
	static const struct {
		double up_to;
		int64_t step;
	} rows[] = {{17.5, 15}, {25, 20}, {45, 30}, {90, 60}, {210, 120}, {450, 300}, {750, 600},
		{1050, 900}, {1500, 1200}, {2700, 1800}, {5400, 3600}, {9000, 7200}, {16200, 10800},
		{32400, 21600}, {64800, 43200}};
	double x = (double)range_ms / 1000 / STEPS_MAX;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (x <= rows[i].up_to)
			return rows[i].step;
	return 86400;
}

/* Timelines of a query, by group when there is a label. */
struct timelines {
	int64_t start_s;
	int64_t step_s;
	size_t len;
	struct stk_buckets buckets;
	struct stk_store_points points;
};

static int read_timelines(struct stk_call *call, const struct side *side,
	const struct stk_str *group_by, struct timelines *out, struct stk_err *err)
{
	struct stk_buckets_opts opts = {.group_by = group_by, .group_by_len = group_by ? 1 : 0};
	struct stk_store_query query = side->query;
	int rc;

	out->step_s = timeline_step(side->end_ms - side->start_ms);
	out->start_s = side->start_ms / 1000 / out->step_s * out->step_s;
	out->len = (size_t)((side->end_ms / 1000 - out->start_s) / out->step_s);
	opts.start_ms = out->start_s * 1000;
	opts.end_ms = side->end_ms;
	opts.step_ms = out->step_s * 1000;
	query.from_ns = stk_buckets_from_ns(&opts);
	rc = stk_store_select(call->store, &query, &out->points, err);
	if (rc == 0)
		rc = stk_buckets_fill(&out->buckets, &opts, &out->points, err);
	return rc;
}

static int64_t *fill_samples(
	struct stk_call *call, const struct timelines *lines, const struct stk_bucket_group *group)
{
	int64_t *samples = stk_arena_zalloc(&call->arena, lines->len + 1, sizeof *samples);

	for (size_t i = 0; group && i < group->buckets.len; i++) {
		int64_t at =
			(group->buckets.items[i].time_ms / 1000 - lines->start_s) / lines->step_s;

		if (at >= 0 && (uint64_t)at < lines->len)
			samples[at] = group->buckets.items[i].sum;
	}
	return samples;
}

/* {"value":{"startTime":…},…} of the groups. */
static void write_groups(struct stk_call *call, const struct timelines *lines,
	struct stk_str group_by, struct stk_buf *out)
{
	stk_buf_add_byte(out, '{');
	for (size_t i = 0; i < lines->buckets.groups.len; i++) {
		const struct stk_bucket_group *group = &lines->buckets.groups.items[i];
		struct stk_str value =
			stk_labels_find(group->series->labels, group->series->labels_len, group_by);
		const int64_t *samples = fill_samples(call, lines, group);

		if (i)
			stk_buf_add_byte(out, ',');
		stk_wire_write_json_str(out, value.len ? value : STK_STR("*"));
		stk_buf_addf(out, ":{\"startTime\":%lld,\"samples\":[", (long long)lines->start_s);
		for (size_t s = 0; s < lines->len; s++)
			stk_buf_addf(out, "%s%lld", s ? "," : "", (long long)samples[s]);
		stk_buf_addf(out, "],\"durationDelta\":%lld,\"watermarks\":null}",
			(long long)lines->step_s);
	}
	stk_buf_add_byte(out, '}');
}

/* Whether some series of the query has the label: only then there are groups. */
static bool has_group(const struct timelines *lines, struct stk_str group_by)
{
	for (size_t i = 0; i < lines->buckets.groups.len; i++) {
		const struct stk_store_series *series = lines->buckets.groups.items[i].series;

		if (stk_labels_find(series->labels, series->labels_len, group_by).len)
			return true;
	}
	return false;
}

/* The document, with its groups put where the writer has none. */
static void write_document(struct stk_call *call, const struct stk_flamebearer *flame,
	struct stk_flamebearer_meta *meta, const struct timelines *lines)
{
	static const char no_groups[] = "\"groups\":null";
	struct stk_str group_by = param(call, "groupBy");
	bool grouped = group_by.len && has_group(lines, group_by);
	struct stk_buf whole = STK_BUF_EMPTY;
	const char *tail = NULL, *at;

	meta->has_timeline = true;
	meta->start_s = lines->start_s;
	meta->step_s = lines->step_s;
	meta->samples_len = lines->len;
	/* with groups the main line is all zeros */
	meta->samples = fill_samples(call, lines,
		!grouped && lines->buckets.groups.len ? &lines->buckets.groups.items[0] : NULL);
	stk_flamebearer_write_legacy(flame, meta, &whole);
	for (at = strstr(whole.ptr, no_groups); at; at = strstr(at + 1, no_groups))
		tail = at;
	if (grouped && tail) {
		stk_buf_add(&call->reply->body, whole.ptr, (size_t)(tail - whole.ptr));
		stk_buf_add_text(&call->reply->body, "\"groups\":");
		write_groups(call, lines, group_by, &call->reply->body);
		stk_buf_add_text(&call->reply->body, tail + sizeof no_groups - 1);
	} else {
		stk_buf_add_str(&call->reply->body, stk_buf_str(&whole));
	}
	stk_buf_release(&whole);
}

static int render(struct stk_call *call, struct side *side, struct stk_err *err)
{
	static const char *const keys[3] = {"query", "from", "until"};
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_flamebearer_meta meta;
	struct timelines lines = {0};
	struct stk_str group_by = param(call, "groupBy");
	struct stk_tree tree;
	size_t nodes = 0;
	int rc;

	stk_tree_init(&tree);
	rc = read_side(call, keys, side, err);
	if (rc == 0)
		rc = nodes_param(call, &nodes, err);
	if (rc == 0 && stk_str_is(param(call, "format"), "dot"))
		rc = stk_err_set(err, STK_E_UNIMPLEMENTED, "format dot is not there");
	if (rc == 0)
		rc = stk_flame_tree(
			call, &(struct stk_flame_query){&side->query, NULL, nodes}, &tree, err);
	if (rc == 0)
		rc = read_timelines(call, side, group_by.len ? &group_by : NULL, &lines, err);
	if (rc == 0) {
		stk_flamebearer_set_tree(&flame, &tree, nodes);
		stk_flamebearer_describe(&meta, side->type.sample_type, side->type.sample_unit);
		write_document(call, &flame, &meta, &lines);
	}
	stk_buckets_release(&lines.buckets);
	stk_store_points_release(&lines.points);
	stk_flamebearer_release(&flame);
	stk_tree_release(&tree);
	return rc;
}

void stk_handlers_render(struct stk_call *call)
{
	struct side side = {0};
	struct stk_err err = STK_ERR_INIT;

	call->reply->content_type = STK_CONNECT_TYPE_JSON;
	if (render(call, &side, &err) < 0)
		stk_call_fail_err(call, &err);
	else
		stk_call_pack(call);
	stk_call_selectors_free(&side.query);
}

static int render_diff(
	struct stk_call *call, struct side *left, struct side *right, struct stk_err *err)
{
	static const char *const left_keys[3] = {"leftQuery", "leftFrom", "leftUntil"};
	static const char *const right_keys[3] = {"rightQuery", "rightFrom", "rightUntil"};
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_flamebearer_meta meta;
	struct stk_tree trees[2];
	size_t nodes = 0;
	int rc;

	stk_tree_init(&trees[0]);
	stk_tree_init(&trees[1]);
	rc = read_side(call, left_keys, left, err);
	if (rc == 0)
		rc = read_side(call, right_keys, right, err);
	if (rc == 0 && !stk_str_eq(left->query.type, right->query.type))
		rc = stk_err_set(err, STK_E_INVAL, "profile types must match");
	if (rc == 0)
		rc = nodes_param(call, &nodes, err);
	if (rc == 0)
		rc = stk_flame_tree(
			call, &(struct stk_flame_query){&left->query, NULL, nodes}, &trees[0], err);
	if (rc == 0)
		rc = stk_flame_tree(call, &(struct stk_flame_query){&right->query, NULL, nodes},
			&trees[1], err);
	if (rc == 0) {
		stk_flamebearer_set_trees(&flame, &trees[0], &trees[1], nodes);
		stk_flamebearer_describe(&meta, left->type.sample_type, left->type.sample_unit);
		stk_flamebearer_write_legacy(&flame, &meta, &call->reply->body);
	}
	stk_flamebearer_release(&flame);
	stk_tree_release(&trees[0]);
	stk_tree_release(&trees[1]);
	return rc;
}

void stk_handlers_render_diff(struct stk_call *call)
{
	struct side left = {0}, right = {0};
	struct stk_err err = STK_ERR_INIT;

	call->reply->content_type = STK_CONNECT_TYPE_JSON;
	if (render_diff(call, &left, &right, &err) < 0)
		stk_call_fail_err(call, &err);
	else
		stk_call_pack(call);
	stk_call_selectors_free(&left.query);
	stk_call_selectors_free(&right.query);
}

void stk_handlers_label_values(struct stk_call *call)
{
	int64_t now_ns = stk_clock_wall(call->clock);
	struct stk_store_query query = {.from_ns = now_ns - 3600 * STK_NS_PER_S, .to_ns = now_ns};
	struct stk_store_series *series = NULL;
	struct stk_map found = STK_MAP_INIT;
	struct stk_err err = STK_ERR_INIT;
	size_t len = 0;

	if (!stk_str_is(param(call, "label"), "__name__")) {
		stk_call_fail(call, STK_CONNECT_INVALID_ARGUMENT,
			"only label=__name__ is there; use LabelValues");
		return;
	}
	if (stk_store_find(call->store, &query, &series, &len, &err) < 0) {
		stk_call_fail_err(call, &err);
		return;
	}
	for (size_t i = 0; i < len; i++)
		(void)stk_map_put(&found,
			stk_labels_find(series[i].labels, series[i].labels_len,
				STK_STR("__profile_type__")),
			NULL);
	call->reply->content_type = STK_CONNECT_TYPE_JSON;
	stk_buf_add_byte(&call->reply->body, '[');
	for (size_t i = 0; i < found.len; i++) {
		if (i)
			stk_buf_add_byte(&call->reply->body, ',');
		stk_wire_write_json_str(&call->reply->body,
			stk_str_n(found.entries[i].key, found.entries[i].key_len));
	}
	stk_buf_add_byte(&call->reply->body, ']');
	stk_map_release(&found);
	free(series);
}
