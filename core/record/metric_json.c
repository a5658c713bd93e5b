/* metric_json: counters, gauges, rates and trends with their histograms, to JSON and back. */
#include "core/record/metric_json.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/record/counts_json.h"

/* Submetrics count too; the load engine makes a few dozen. */
enum { METRICS_MAX = 10000, CHECKS_MAX = 100000, BUCKETS_MAX = 8192 };

static const char *const types[] = {"counter", "gauge", "rate", "trend"};
static const char *const units[] = {"default", "time", "data"};

static uint64_t bucket(size_t i, const void *ctx)
{
	const struct stk_hist *hist = ctx;

	return hist->buckets[i];
}

static struct stk_json *write_hist(const struct stk_hist *hist)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "unit", stk_json_new_real(hist->unit));
	stk_json_put(object, "count", stk_json_new_int(hist->count));
	stk_json_put(object, "sum", stk_json_new_real(hist->sum));
	stk_json_put(object, "min", stk_json_new_real(hist->min));
	stk_json_put(object, "max", stk_json_new_real(hist->max));
	stk_json_put(object, "buckets", stk_counts_json_write(hist->len, bucket, hist));
	return object;
}

static struct stk_json *write_metric(const struct stk_metric *metric)
{
	struct stk_json *object = stk_json_new_object();

	stk_json_put(object, "name", stk_json_new_text(metric->name));
	stk_json_put(object, "selector", stk_json_new_text(metric->selector));
	stk_json_put(object, "type", stk_json_new_text(types[metric->type]));
	stk_json_put(object, "unit", stk_json_new_text(units[metric->unit]));
	stk_json_put(object, "builtin", stk_json_new_bool(metric->builtin));
	stk_json_put(object, "count", stk_json_new_int(metric->count));
	stk_json_put(object, "sum", stk_json_new_real(metric->sum));
	stk_json_put(object, "last", stk_json_new_real(metric->last));
	stk_json_put(object, "min", stk_json_new_real(metric->min));
	stk_json_put(object, "max", stk_json_new_real(metric->max));
	stk_json_put(object, "passes", stk_json_new_int(metric->passes));
	if (metric->type == STK_METRIC_TREND)
		stk_json_put(object, "hist", write_hist(&metric->hist));
	return object;
}

struct stk_json *stk_metric_json_write(const struct stk_metrics *metrics)
{
	struct stk_json *object = stk_json_new_object();
	struct stk_json *items = stk_json_new_array();
	struct stk_json *checks = stk_json_new_array();

	for (size_t i = 0; i < metrics->items.len; i++)
		stk_json_push(items, write_metric(&metrics->items.items[i]));
	for (size_t i = 0; i < metrics->checks.len; i++) {
		const struct stk_check_count *check = &metrics->checks.items[i];
		struct stk_json *item = stk_json_new_object();
		stk_json_put(item, "group", stk_json_new_text(check->group));
		stk_json_put(item, "name", stk_json_new_text(check->name));
		stk_json_put(item, "passes", stk_json_new_int(check->passes));
		stk_json_put(item, "fails", stk_json_new_int(check->fails));
		stk_json_push(checks, item);
	}
	stk_json_put(object, "duration_s", stk_json_new_real(metrics->duration_s));
	stk_json_put(object, "items", items);
	stk_json_put(object, "checks", checks);
	return object;
}

/* --- reading --------------------------------------------------------------------- */

static int need_count(
	const struct stk_json *object, const char *key, int64_t *out, struct stk_err *err)
{
	int64_t value = 0;
	int rc = stk_json_need_int(object, key, &value, err);

	if (rc < 0)
		return rc;
	if (value < 0)
		return stk_err_set(
			err, STK_E_FORMAT, "member '%s': %lld is below 0", key, (long long)value);
	*out = value;
	return 0;
}

/* The number of a word in a list of them; -1 if it is not there. */
static int need_word(const struct stk_json *object, const char *key, const char *const *words,
	size_t len, struct stk_err *err)
{
	struct stk_str word = stk_json_str(stk_json_get(object, key));

	for (size_t i = 0; i < len; i++)
		if (stk_str_is(word, words[i]))
			return (int)i;
	stk_err_set(err, STK_E_FORMAT, "member '%s': unknown word", key);
	return -1;
}

static int read_hist(
	const struct stk_json *object, size_t *budget, struct stk_hist *hist, struct stk_err *err)
{
	uint64_t sum = 0;
	int rc = need_count(object, "count", &hist->count, err);

	if (rc < 0)
		return rc;
	hist->unit = stk_json_real(stk_json_get(object, "unit"), 0);
	hist->sum = stk_json_real(stk_json_get(object, "sum"), NAN);
	hist->min = stk_json_real(stk_json_get(object, "min"), NAN);
	hist->max = stk_json_real(stk_json_get(object, "max"), NAN);
	if (isnan(hist->sum) || isnan(hist->min) || isnan(hist->max) || hist->min > hist->max ||
		hist->unit < 0)
		return stk_err_set(err, STK_E_FORMAT, "sum, min, max and unit do not fit");
	rc = stk_counts_json_read(stk_json_get(object, "buckets"), BUCKETS_MAX, budget,
		&hist->buckets, &hist->len, err);
	if (rc < 0) {
		stk_err_wrap(err, "buckets");
		return rc;
	}
	for (size_t i = 0; i < hist->len; i++) {
		if (hist->buckets[i] > (uint64_t)hist->count - sum)
			return stk_err_set(err, STK_E_FORMAT, "buckets hold more than count says");
		sum += hist->buckets[i];
	}
	if (sum != (uint64_t)hist->count)
		return stk_err_set(err, STK_E_FORMAT, "buckets hold %llu values, count says %lld",
			(unsigned long long)sum, (long long)hist->count);
	return 0;
}

static char *dup_text(const struct stk_json *object, const char *key)
{
	return stk_str_dup(stk_json_str(stk_json_get(object, key)));
}

static int read_metric(const struct stk_json *object, size_t *budget, struct stk_metric *metric,
	struct stk_err *err)
{
	metric->name = dup_text(object, "name");
	metric->selector = dup_text(object, "selector");
	int type = need_word(object, "type", types, STK_ARRAY_LEN(types), err);
	int unit = need_word(object, "unit", units, STK_ARRAY_LEN(units), err);
	if (type < 0 || unit < 0)
		return STK_E_FORMAT;
	metric->type = (enum stk_metric_type)type;
	metric->unit = (enum stk_metric_unit)unit;
	metric->builtin = stk_json_bool(stk_json_get(object, "builtin"), false);
	metric->sum = stk_json_real(stk_json_get(object, "sum"), 0);
	metric->last = stk_json_real(stk_json_get(object, "last"), 0);
	metric->min = stk_json_real(stk_json_get(object, "min"), 0);
	metric->max = stk_json_real(stk_json_get(object, "max"), 0);
	int rc = need_count(object, "count", &metric->count, err);
	if (rc == 0)
		rc = need_count(object, "passes", &metric->passes, err);
	if (rc == 0 && metric->passes > metric->count)
		rc = stk_err_set(err, STK_E_FORMAT, "more passes than samples");
	if (rc == 0 && metric->type == STK_METRIC_TREND) {
		rc = read_hist(stk_json_get(object, "hist"), budget, &metric->hist, err);
		if (rc < 0)
			stk_err_wrap(err, "hist");
	}
	return rc;
}

static int read_checks(
	const struct stk_json *array, struct stk_metrics *metrics, struct stk_err *err)
{
	size_t len = stk_json_len(array);

	if (len > CHECKS_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %d checks", CHECKS_MAX);
	for (size_t i = 0; i < len; i++) {
		const struct stk_json *item = stk_json_at(array, i);
		struct stk_check_count *check = stk_vec_push_new(&metrics->checks);
		check->group = dup_text(item, "group");
		check->name = dup_text(item, "name");
		int rc = need_count(item, "passes", &check->passes, err);
		if (rc == 0)
			rc = need_count(item, "fails", &check->fails, err);
		if (rc < 0) {
			stk_err_wrap(err, "checks[%zu]", i);
			return rc;
		}
	}
	return 0;
}

int stk_metric_json_read(const struct stk_json *object, size_t *budget, struct stk_metrics *metrics,
	struct stk_err *err)
{
	struct stk_json *items;
	int rc = stk_json_need_array(object, "items", &items, err);

	if (rc < 0)
		return rc;
	size_t len = stk_json_len(items);
	if (len > METRICS_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %d metrics", METRICS_MAX);
	metrics->duration_s = stk_json_real(stk_json_get(object, "duration_s"), 0);
	for (size_t i = 0; i < len; i++) {
		struct stk_metric *metric = stk_vec_push_new(&metrics->items);
		stk_hist_init(&metric->hist);
		rc = read_metric(stk_json_at(items, i), budget, metric, err);
		if (rc < 0) {
			stk_err_wrap(err, "items[%zu]", i);
			return rc;
		}
	}
	return read_checks(stk_json_get(object, "checks"), metrics, err);
}
