/* summary_json: root_group with its checks, and metrics with their values. */
#include "core/export/summary_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/json.h"

/* --- columns -------------------------------------------------------------------------- */

static bool is_stat(struct stk_str word)
{
	static const char *const known[] = {"avg", "min", "med", "max", "count"};
	double percent;

	for (size_t i = 0; i < STK_ARRAY_LEN(known); i++)
		if (stk_str_is(word, known[i]))
			return true;
	return stk_str_starts(word, "p(") && stk_str_ends(word, ")") &&
	       stk_str_to_f64(stk_str_trim(stk_str_sub(word, 2, word.len - 3)), &percent, NULL) ==
		       0 &&
	       percent >= 0 && percent <= 100;
}

int stk_trend_stats_parse(const char *text, struct stk_trend_stats *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(text ? text : "avg,min,med,max,p(90),p(95)"), word;

	while (rest.len > 0 && stk_str_cut(&rest, ',', &word)) {
		word = stk_str_trim(word);
		if (!is_stat(word)) {
			(void)stk_err_set(err, STK_E_INVAL, "no statistic '%.*s' of a trend",
				STK_STR_ARG(word));
			stk_err_hint(err, "there are avg, min, med, max, count and p(N)");
			return STK_E_INVAL;
		}
		stk_vec_push(&out->items, stk_str_dup(word));
	}
	return 0;
}

void stk_trend_stats_release(struct stk_trend_stats *stats)
{
	for (size_t i = 0; i < stats->items.len; i++)
		free(stats->items.items[i]);
	stk_vec_release(&stats->items);
}

/* --- groups --------------------------------------------------------------------------- */

static void put_names(struct stk_json *object, const char *name, struct stk_str path)
{
	unsigned char digest[STK_DIGEST_MAX_BYTES];
	struct stk_buf hex = STK_BUF_EMPTY;

	stk_crypto_digest(STK_DIGEST_MD5, path, digest);
	stk_crypto_add_hex(&hex, digest, stk_digest_size(STK_DIGEST_MD5));
	stk_json_put(object, "name", stk_json_new_text(name));
	stk_json_put(object, "path", stk_json_new_str(path));
	stk_json_put(object, "id", stk_json_new_text(hex.ptr));
	stk_buf_release(&hex);
}

static struct stk_json *new_group(const char *name, struct stk_str path)
{
	struct stk_json *group = stk_json_new_object();

	put_names(group, name, path);
	stk_json_put(group, "groups", stk_json_new_object());
	stk_json_put(group, "checks", stk_json_new_object());
	return group;
}

/* Groups within each other; what is deeper (a script that calls itself) is one name, "x::y". */
#define GROUPS_DEEP 24

/* The group of a path "::outer::inner" below root, made if it is not there. */
static struct stk_json *group_at(struct stk_json *root, struct stk_str path)
{
	struct stk_json *group = root;
	size_t at = 0;

	for (int depth = 1; at < path.len; depth++) {
		struct stk_str rest = stk_str_skip(path, at + 2);
		ptrdiff_t next = depth < GROUPS_DEEP ? stk_str_find(rest, STK_STR("::")) : -1;
		char *name = stk_str_dup(next < 0 ? rest : stk_str_sub(rest, 0, (size_t)next));
		struct stk_json *groups = stk_json_get(group, "groups");

		at = next < 0 ? path.len : at + 2 + (size_t)next;
		group = stk_json_get(groups, name);
		if (!group) {
			group = new_group(name, stk_str_sub(path, 0, at));
			stk_json_put(groups, name, group);
		}
		free(name);
	}
	return group;
}

static void put_check(struct stk_json *root, const struct stk_check_count *check)
{
	struct stk_json *one = stk_json_new_object();
	struct stk_buf path = STK_BUF_EMPTY;

	stk_buf_addf(&path, "%s::%s", check->group, check->name);
	put_names(one, check->name, stk_buf_str(&path));
	stk_json_put(one, "passes", stk_json_new_int(check->passes));
	stk_json_put(one, "fails", stk_json_new_int(check->fails));
	stk_json_put(
		stk_json_get(group_at(root, stk_str_of(check->group)), "checks"), check->name, one);
	stk_buf_release(&path);
}

/* --- metrics -------------------------------------------------------------------------- */

/* A metric that only a threshold asked for has zeros, as in k6. */
static void put_value(struct stk_json *object, const char *key, const struct stk_metric *metric,
	const char *aggregation, double duration_s)
{
	double value = 0;

	if (!stk_metric_value(metric, aggregation, duration_s, &value))
		value = 0;
	/* whole numbers without a point, as Go writes them */
	stk_json_put(object, key,
		value == rint(value) && fabs(value) < 9e15 ? stk_json_new_int((int64_t)value)
							   : stk_json_new_real(value));
}

/* rate_key: what a rate's share is called, which differs between the two shapes. */
static void put_values(struct stk_json *object, const struct stk_metric *metric,
	const struct stk_summary_json *summary, const char *rate_key)
{
	double duration_s = summary->metrics->duration_s;

	switch (metric->type) {
	case STK_METRIC_COUNTER:
		put_value(object, "count", metric, "count", duration_s);
		put_value(object, "rate", metric, "rate", duration_s);
		break;
	case STK_METRIC_GAUGE:
		put_value(object, "value", metric, "value", 0);
		put_value(object, "min", metric, "min", 0);
		put_value(object, "max", metric, "max", 0);
		break;
	case STK_METRIC_RATE:
		put_value(object, rate_key, metric, "rate", 0);
		stk_json_put(object, "passes", stk_json_new_int(metric->passes));
		stk_json_put(object, "fails", stk_json_new_int(metric->count - metric->passes));
		break;
	case STK_METRIC_TREND:
		for (size_t i = 0; i < summary->stats->items.len; i++)
			put_value(object, summary->stats->items.items[i], metric,
				summary->stats->items.items[i], 0);
		break;
	}
}

static struct stk_json *new_failed(bool ok)
{
	return stk_json_new_bool(!ok);
}

static struct stk_json *new_ok(bool ok)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "ok", stk_json_new_bool(ok));
	return object;
}

typedef struct stk_json *(*verdict_fn)(bool ok);

/* By expression; NULL: the metric has none. */
static struct stk_json *thresholds_of(
	const struct stk_summary_json *summary, const char *name, verdict_fn verdict)
{
	struct stk_json *list = NULL;

	for (size_t i = 0; i < summary->thresholds_len; i++) {
		const struct stk_threshold_result *one = &summary->thresholds[i];

		if (strcmp(one->metric, name) != 0)
			continue;
		if (!list)
			list = stk_json_new_object();
		stk_json_put(list, one->expr, verdict(one->ok));
	}
	return list;
}

/* Values beside the thresholds (k6 7.2 A). */
static struct stk_json *new_flat(
	const struct stk_metric *metric, const struct stk_summary_json *summary)
{
	struct stk_json *object = stk_json_new_object();

	put_values(object, metric, summary, "value");
	return object;
}

/* Values in an object of their own (k6 7.2 B). */
static struct stk_json *new_nested(
	const struct stk_metric *metric, const struct stk_summary_json *summary)
{
	static const char *const types[] = {"counter", "gauge", "rate", "trend"};
	static const char *const contains[] = {"default", "time", "data"};
	struct stk_json *object = stk_json_new_object(), *values = stk_json_new_object();

	put_values(values, metric, summary, "rate");
	stk_json_put(object, "type", stk_json_new_text(types[metric->type]));
	stk_json_put(object, "contains", stk_json_new_text(contains[metric->unit]));
	stk_json_put(object, "values", values);
	return object;
}

typedef struct stk_json *(*metric_fn)(
	const struct stk_metric *metric, const struct stk_summary_json *summary);

static struct stk_json *new_metrics(
	const struct stk_summary_json *summary, metric_fn make, verdict_fn verdict)
{
	struct stk_json *metrics = stk_json_new_object();

	for (size_t i = 0; i < summary->metrics->items.len; i++) {
		const struct stk_metric *metric = &summary->metrics->items.items[i];
		struct stk_buf name = STK_BUF_EMPTY;
		struct stk_json *thresholds, *object;

		stk_buf_add_text(&name, metric->name);
		if (metric->selector[0])
			stk_buf_addf(&name, "{%s}", metric->selector);
		thresholds = thresholds_of(summary, name.ptr, verdict);
		if (metric->count > 0 || thresholds) {
			object = make(metric, summary);
			if (thresholds)
				stk_json_put(object, "thresholds", thresholds);
			stk_json_put(metrics, name.ptr, object);
		}
		stk_buf_release(&name);
	}
	return metrics;
}

/* --- documents ------------------------------------------------------------------------ */

static struct stk_json *new_root(const struct stk_summary_json *summary)
{
	struct stk_json *root = new_group("", STK_STR(""));

	for (size_t i = 0; i < summary->metrics->checks.len; i++)
		put_check(root, &summary->metrics->checks.items[i]);
	return root;
}

void stk_summary_json_format(const struct stk_summary_json *summary, struct stk_buf *out)
{
	struct stk_json *document = stk_json_new_object();

	stk_json_put(document, "root_group", new_root(summary));
	stk_json_put(document, "metrics", new_metrics(summary, new_flat, new_failed));
	stk_json_format(document, STK_JSON_INDENT, out);
	stk_buf_add_byte(out, '\n');
	stk_json_free(document);
}

static int push_ref(struct stk_str key, struct stk_json *value, void *ctx)
{
	(void)key;
	stk_json_push(ctx, stk_json_ref(value));
	return 0;
}

/* The members of object's member key, as a list in its place. */
static void listed(struct stk_json *object, const char *key)
{
	struct stk_json *list = stk_json_new_array();

	(void)stk_json_each(stk_json_get(object, key), push_ref, list);
	stk_json_put(object, key, list);
}

static void list_groups(struct stk_json *group)
{
	struct stk_json *groups;

	listed(group, "checks");
	listed(group, "groups");
	groups = stk_json_get(group, "groups");
	for (size_t i = 0; i < stk_json_len(groups); i++)
		list_groups(stk_json_at(groups, i));
}

struct stk_json *stk_summary_json_data(
	const struct stk_summary_json *summary, const struct stk_summary_streams *streams)
{
	struct stk_json *data = stk_json_new_object(), *options = stk_json_new_object();
	struct stk_json *state = stk_json_new_object(), *stats = stk_json_new_array();
	struct stk_json *root = new_root(summary);

	list_groups(root);
	for (size_t i = 0; i < summary->stats->items.len; i++)
		stk_json_push(stats, stk_json_new_text(summary->stats->items.items[i]));
	stk_json_put(options, "summaryTrendStats", stats);
	stk_json_put(options, "summaryTimeUnit", stk_json_new_text(""));
	stk_json_put(options, "noColor", stk_json_new_bool(!streams->color));
	stk_json_put(state, "isStdOutTTY", stk_json_new_bool(streams->out_tty));
	stk_json_put(state, "isStdErrTTY", stk_json_new_bool(streams->err_tty));
	stk_json_put(
		state, "testRunDurationMs", stk_json_new_real(summary->metrics->duration_s * 1000));
	stk_json_put(data, "root_group", root);
	stk_json_put(data, "options", options);
	stk_json_put(data, "state", state);
	stk_json_put(data, "metrics", new_metrics(summary, new_nested, new_ok));
	return data;
}
