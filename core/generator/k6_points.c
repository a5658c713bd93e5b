/* k6_points: k6's --out json, line by line as it comes, into metrics and requests in time. */
#include "core/generator/k6_points.h"

#include <math.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/units.h"

#define SUBMETRIC_TAGS_MAX 32
#define VALUE_MAX          1e15

/* What a built-in metric means beyond its own figures. */
enum role {
	ROLE_NONE,
	ROLE_REQUESTS,
	ROLE_DURATION,
	ROLE_FAILED,
	ROLE_ITERATIONS,
	ROLE_ITERATION_DURATION,
	ROLE_DROPPED,
	ROLE_CHECKS
};

struct stk_k6_points_tag {
	char *key, *value;
};

/* A metric or, with tags, one of its submetrics; at is its place in the result's metrics. */
struct stk_k6_points_metric {
	char *name;
	STK_VEC(struct stk_k6_points_tag) tags;
	size_t at;
	enum role role;
};

void stk_k6_points_init(struct stk_k6_points *points, struct stk_generated *out)
{
	memset(points, 0, sizeof *points);
	points->out = out;
	stk_buf_init(&points->line, STK_K6_POINTS_LINE_MAX);
}

void stk_k6_points_release(struct stk_k6_points *points)
{
	for (size_t i = 0; i < points->metrics.len; i++) {
		struct stk_k6_points_metric *metric = &points->metrics.items[i];

		for (size_t j = 0; j < metric->tags.len; j++) {
			free(metric->tags.items[j].key);
			free(metric->tags.items[j].value);
		}
		stk_vec_release(&metric->tags);
		free(metric->name);
	}
	stk_vec_release(&points->metrics);
	stk_buf_release(&points->line);
}

static enum role role_of(const char *name)
{
	static const struct {
		const char *name;
		enum role role;
	} roles[] = {{"http_reqs", ROLE_REQUESTS}, {"http_req_duration", ROLE_DURATION},
		{"http_req_failed", ROLE_FAILED}, {"iterations", ROLE_ITERATIONS},
		{"iteration_duration", ROLE_ITERATION_DURATION},
		{"dropped_iterations", ROLE_DROPPED}, {"checks", ROLE_CHECKS}};

	for (size_t i = 0; i < STK_ARRAY_LEN(roles); i++)
		if (strcmp(name, roles[i].name) == 0)
			return roles[i].role;
	return ROLE_NONE;
}

static bool read_word(const struct stk_json *value, const char *const *words, int *out)
{
	struct stk_str text = stk_json_str(value);

	for (int i = 0; words[i]; i++)
		if (stk_str_is(text, words[i])) {
			*out = i;
			return true;
		}
	return false;
}

static int compare_tags(const void *a, const void *b)
{
	const struct stk_k6_points_tag *left = a, *right = b;

	return strcmp(left->key, right->key);
}

struct tag_list {
	struct stk_k6_points_metric *metric;
	bool refused;
};

static int add_tag(struct stk_str key, struct stk_json *value, void *ctx)
{
	struct tag_list *list = ctx;
	struct stk_str text = stk_json_str(value);

	if (list->metric->tags.len == SUBMETRIC_TAGS_MAX || memchr(key.ptr, 0, key.len) ||
		(text.len > 0 && memchr(text.ptr, 0, text.len))) {
		list->refused = true;
		return 1;
	}
	stk_vec_push(&list->metric->tags,
		(struct stk_k6_points_tag){stk_str_dup(key), stk_str_dup(text)});
	return 0;
}

static void format_selector(const struct stk_k6_points_metric *metric, struct stk_buf *buf)
{
	for (size_t i = 0; i < metric->tags.len; i++)
		stk_buf_addf(buf, "%s%s:%s", i ? "," : "", metric->tags.items[i].key,
			metric->tags.items[i].value);
}

/* A metric (tags NULL) or a submetric is known from now on. */
static bool define(
	struct stk_k6_points *points, const struct stk_metric *kind, const struct stk_json *tags)
{
	struct stk_metrics *metrics = &points->out->metrics;
	struct stk_buf selector = STK_BUF_INIT(STK_K6_POINTS_LINE_MAX);
	struct stk_k6_points_metric *metric;
	struct stk_metric *at;

	if (points->metrics.len == STK_K6_POINTS_METRICS_MAX)
		return false;
	metric = stk_vec_push_new(&points->metrics);
	metric->name = stk_xstrdup(kind->name);
	metric->role = tags ? ROLE_NONE : role_of(kind->name);
	struct tag_list list = {metric, false};
	(void)stk_json_each(tags, add_tag, &list); /* it only stops early */
	if (metric->tags.len > 1)
		qsort(metric->tags.items, metric->tags.len, sizeof *metric->tags.items,
			compare_tags);
	format_selector(metric, &selector);
	at = stk_metrics_put(metrics, kind->name, selector.ptr, kind->type, kind->unit);
	at->builtin = metric->role != ROLE_NONE;
	metric->at = (size_t)(at - metrics->items.items);
	stk_buf_release(&selector);
	return !list.refused;
}

static bool is_known(const struct stk_k6_points *points, const char *name)
{
	for (size_t i = 0; i < points->metrics.len; i++)
		if (strcmp(points->metrics.items[i].name, name) == 0)
			return true;
	return false;
}

static bool read_metric(struct stk_k6_points *points, const struct stk_json *data)
{
	static const char *const types[] = {"counter", "gauge", "rate", "trend", NULL};
	static const char *const units[] = {"default", "time", "data", NULL};
	const struct stk_json *submetrics = stk_json_get(data, "submetrics");
	struct stk_metric kind = {.name = NULL};
	const char *name = stk_json_text(stk_json_get(data, "name"), "");
	int type, unit;
	bool good;

	if (!name[0] || !read_word(stk_json_get(data, "type"), types, &type) ||
		!read_word(stk_json_get(data, "contains"), units, &unit))
		return false;
	if (is_known(points, name))
		return true;
	kind.name = (char *)(uintptr_t)name; /* read only */
	kind.type = (enum stk_metric_type)type;
	kind.unit = (enum stk_metric_unit)unit;
	good = define(points, &kind, NULL);
	for (size_t i = 0; good && i < stk_json_len(submetrics); i++) {
		const struct stk_json *tags = stk_json_get(stk_json_at(submetrics, i), "tags");

		if (stk_json_len(tags) > 0)
			good = define(points, &kind, tags);
	}
	return good;
}

/* A sample, taken apart. */
struct point {
	int64_t time_ns;
	double value;
	const struct stk_json *tags;
	bool in_load; /* neither setup nor teardown */
};

static struct stk_str tag_of(const struct point *point, const char *key)
{
	return stk_json_str(stk_json_get(point->tags, key));
}

/* The group itself, or one inside it. */
static bool is_group(const struct point *point, const char *group)
{
	struct stk_str text = tag_of(point, "group");

	return stk_str_starts(text, group) &&
	       (text.len == strlen(group) || text.ptr[strlen(group)] == ':');
}

static bool has_tags(const struct point *point, const struct stk_k6_points_metric *metric)
{
	for (size_t i = 0; i < metric->tags.len; i++)
		if (!stk_str_is(
			    tag_of(point, metric->tags.items[i].key), metric->tags.items[i].value))
			return false;
	return true;
}

static void stretch(struct stk_generated *out, int64_t start_ns, int64_t end_ns)
{
	if (out->start_ns == 0 || start_ns < out->start_ns)
		out->start_ns = start_ns;
	if (end_ns > out->end_ns)
		out->end_ns = end_ns;
}

static void count_check(struct stk_generated *out, const struct point *point)
{
	struct stk_str group = tag_of(point, "group"), name = tag_of(point, "check");
	struct stk_check_count *check = NULL;

	for (size_t i = 0; !check && i < out->metrics.checks.len; i++)
		if (stk_str_is(group, out->metrics.checks.items[i].group) &&
			stk_str_is(name, out->metrics.checks.items[i].name))
			check = &out->metrics.checks.items[i];
	if (!check && out->metrics.checks.len == STK_K6_POINTS_CHECKS_MAX)
		return;
	if (!check) {
		check = stk_vec_push_new(&out->metrics.checks);
		check->group = stk_str_dup(group);
		check->name = stk_str_dup(name);
	}
	if (point->value != 0)
		check->passes++;
	else
		check->fails++;
}

static void count_requests(struct stk_generated *out, const struct point *point)
{
	char *scenario = stk_str_dup(tag_of(point, "scenario"));

	stk_generated_add_requests(out, scenario, tag_of(point, "name"), point->time_ns,
		point->value > 0 && point->value < 1e9 ? (uint32_t)point->value : 0);
	free(scenario);
}

static void use(struct stk_generated *out, enum role role, const struct point *point)
{
	if (role == ROLE_CHECKS)
		count_check(out, point);
	if (role == ROLE_DROPPED)
		out->dropped += (int64_t)point->value;
	if (!point->in_load)
		return;
	if (role == ROLE_REQUESTS)
		count_requests(out, point);
	else if (role == ROLE_FAILED)
		out->failed += point->value != 0;
	else if (role == ROLE_ITERATIONS)
		out->iterations += (int64_t)point->value;
	else if (role == ROLE_DURATION)
		stk_hist_add(&out->duration_ms, point->value);
	if (role == ROLE_DURATION || role == ROLE_ITERATION_DURATION)
		stretch(out, point->time_ns - (int64_t)(point->value * 1e6), point->time_ns);
}

static bool read_value(const struct stk_json *data, struct point *out, const char *name)
{
	if (stk_units_parse_rfc3339(stk_json_str(stk_json_get(data, "time")), &out->time_ns, NULL) <
		0)
		return false;
	out->value = stk_json_real(stk_json_get(data, "value"), NAN);
	if (!(fabs(out->value) <= VALUE_MAX))
		return false;
	out->tags = stk_json_get(data, "tags");
	out->in_load = tag_of(out, "scenario").len > 0 ||
		       (!is_group(out, "::setup") && !is_group(out, "::teardown"));
	return role_of(name) == ROLE_NONE || out->value >= 0;
}

static bool read_point(struct stk_k6_points *points, const char *name, const struct stk_json *data)
{
	struct point point;
	bool any = false;

	if (!read_value(data, &point, name))
		return false;
	for (size_t i = 0; i < points->metrics.len; i++) {
		const struct stk_k6_points_metric *metric = &points->metrics.items[i];

		if (strcmp(metric->name, name) != 0 || !has_tags(&point, metric))
			continue;
		any = true;
		stk_metric_add(&points->out->metrics.items.items[metric->at], point.value);
		use(points->out, metric->role, &point);
	}
	return any;
}

static bool read_line(struct stk_k6_points *points, struct stk_str line)
{
	struct stk_json *document = NULL;
	const struct stk_json *data;
	struct stk_str type;
	const char *name;
	bool good = false;

	if (stk_json_parse(line, &document, NULL) < 0)
		return false;
	data = stk_json_get(document, "data");
	type = stk_json_str(stk_json_get(document, "type"));
	name = stk_json_text(stk_json_get(document, "metric"), "");
	if (stk_str_is(type, "Metric"))
		good = read_metric(points, data);
	else if (stk_str_is(type, "Point"))
		good = read_point(points, name, data);
	stk_json_free(document);
	return good;
}

static void end_line(struct stk_k6_points *points)
{
	struct stk_str line = stk_str_trim(stk_buf_str(&points->line));

	if (points->too_long || (line.len > 0 && !read_line(points, line)))
		points->out->bad_lines++;
	else if (line.len > 0)
		points->any = true;
	points->too_long = false;
	stk_buf_clear(&points->line);
}

void stk_k6_points_read(struct stk_k6_points *points, struct stk_str bytes)
{
	while (bytes.len > 0) {
		ptrdiff_t end = stk_str_find_byte(bytes, '\n');
		struct stk_str part = end < 0 ? bytes : stk_str_sub(bytes, 0, (size_t)end);

		if (!points->too_long)
			stk_buf_add_str(&points->line, part);
		points->too_long = points->too_long || points->line.failed;
		if (end < 0)
			return;
		end_line(points);
		bytes = stk_str_skip(bytes, (size_t)end + 1);
	}
}

void stk_k6_points_end(struct stk_k6_points *points)
{
	if (points->too_long || points->line.len > 0)
		end_line(points);
}
