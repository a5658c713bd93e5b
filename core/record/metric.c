/* metric: samples into counters, gauges, rates and trends; values out by k6's definitions. */
#include "core/record/metric.h"

#include <string.h>

#include "core/base/str.h"

void stk_metrics_init(struct stk_metrics *metrics)
{
	memset(metrics, 0, sizeof *metrics);
}

void stk_metrics_release(struct stk_metrics *metrics)
{
	for (size_t i = 0; i < metrics->items.len; i++) {
		free(metrics->items.items[i].name);
		free(metrics->items.items[i].selector);
		stk_hist_release(&metrics->items.items[i].hist);
	}
	for (size_t i = 0; i < metrics->checks.len; i++) {
		free(metrics->checks.items[i].group);
		free(metrics->checks.items[i].name);
	}
	stk_vec_release(&metrics->items);
	stk_vec_release(&metrics->checks);
	metrics->duration_s = 0;
}

struct stk_metric *stk_metrics_find(
	const struct stk_metrics *metrics, const char *name, const char *selector)
{
	for (size_t i = 0; i < metrics->items.len; i++) {
		struct stk_metric *metric = &metrics->items.items[i];

		if (strcmp(metric->name, name) == 0 && strcmp(metric->selector, selector) == 0)
			return metric;
	}
	return NULL;
}

struct stk_metric *stk_metrics_put(struct stk_metrics *metrics, const char *name,
	const char *selector, enum stk_metric_type type, enum stk_metric_unit unit)
{
	struct stk_metric *metric = stk_metrics_find(metrics, name, selector);

	if (metric)
		return metric;
	metric = stk_vec_push_new(&metrics->items);
	metric->name = stk_xstrdup(name);
	metric->selector = stk_xstrdup(selector);
	metric->type = type;
	metric->unit = unit;
	stk_hist_init(&metric->hist);
	return metric;
}

void stk_metric_merge(struct stk_metric *into, const struct stk_metric *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0 || from->min < into->min)
		into->min = from->min;
	if (into->count == 0 || from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
	into->last = from->last;
	into->passes += from->passes;
	stk_hist_merge(&into->hist, &from->hist);
}

struct stk_check_count *stk_metrics_put_check(
	struct stk_metrics *metrics, const char *group, const char *name, size_t max)
{
	struct stk_check_count *check;

	for (size_t i = 0; i < metrics->checks.len; i++) {
		check = &metrics->checks.items[i];
		if (strcmp(check->group, group) == 0 && strcmp(check->name, name) == 0)
			return check;
	}
	if (metrics->checks.len >= max)
		return NULL;
	check = stk_vec_push_new(&metrics->checks);
	check->group = stk_xstrdup(group);
	check->name = stk_xstrdup(name);
	return check;
}

void stk_metrics_merge(struct stk_metrics *into, const struct stk_metrics *from)
{
	for (size_t i = 0; i < from->items.len; i++) {
		const struct stk_metric *metric = &from->items.items[i];
		struct stk_metric *at = stk_metrics_put(
			into, metric->name, metric->selector, metric->type, metric->unit);

		at->builtin = metric->builtin;
		stk_metric_merge(at, metric);
	}
	for (size_t i = 0; i < from->checks.len; i++) {
		const struct stk_check_count *check = &from->checks.items[i];
		struct stk_check_count *at =
			stk_metrics_put_check(into, check->group, check->name, SIZE_MAX);

		at->passes += check->passes;
		at->fails += check->fails;
	}
	if (from->duration_s > into->duration_s)
		into->duration_s = from->duration_s;
}

static bool trend_value(const struct stk_metric *metric, struct stk_str aggregation, double *out)
{
	struct stk_str inner;
	double percent;

	if (stk_str_is(aggregation, "avg"))
		*out = metric->sum / (double)metric->count;
	else if (stk_str_is(aggregation, "min"))
		*out = metric->min;
	else if (stk_str_is(aggregation, "max"))
		*out = metric->max;
	else if (stk_str_is(aggregation, "med"))
		*out = stk_hist_quantile(&metric->hist, 0.5);
	else if (stk_str_is(aggregation, "count"))
		*out = (double)metric->count;
	else if (stk_str_starts(aggregation, "p(") && stk_str_ends(aggregation, ")")) {
		inner = stk_str_trim(stk_str_sub(aggregation, 2, aggregation.len - 3));
		if (stk_str_to_f64(inner, &percent, NULL) < 0 || !(percent >= 0 && percent <= 100))
			return false;
		*out = stk_hist_quantile(&metric->hist, percent / 100);
	} else
		return false;
	return true;
}

static bool rate_value(const struct stk_metric *metric, struct stk_str aggregation, double *out)
{
	if (stk_str_is(aggregation, "rate"))
		*out = (double)metric->passes / (double)metric->count;
	else if (stk_str_is(aggregation, "passes"))
		*out = (double)metric->passes;
	else if (stk_str_is(aggregation, "fails"))
		*out = (double)(metric->count - metric->passes);
	else
		return false;
	return true;
}

static bool gauge_value(const struct stk_metric *metric, struct stk_str aggregation, double *out)
{
	if (stk_str_is(aggregation, "value"))
		*out = metric->last;
	else if (stk_str_is(aggregation, "min"))
		*out = metric->min;
	else if (stk_str_is(aggregation, "max"))
		*out = metric->max;
	else
		return false;
	return true;
}

bool stk_metric_value(
	const struct stk_metric *metric, const char *aggregation, double duration_s, double *out)
{
	struct stk_str word = stk_str_of(aggregation);

	if (metric->count == 0)
		return false;
	switch (metric->type) {
	case STK_METRIC_TREND:
		return trend_value(metric, word, out);
	case STK_METRIC_RATE:
		return rate_value(metric, word, out);
	case STK_METRIC_GAUGE:
		return gauge_value(metric, word, out);
	case STK_METRIC_COUNTER:
		break;
	}
	if (stk_str_is(word, "count"))
		*out = metric->sum;
	else if (stk_str_is(word, "rate") && duration_s > 0)
		*out = metric->sum / duration_s;
	else
		return false;
	return true;
}
