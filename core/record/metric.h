/* metric: what a counter, gauge, rate or trend holds at the end, mergeable without averaging. */
#ifndef STK_CORE_RECORD_METRIC_H
#define STK_CORE_RECORD_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/vec.h"
#include "core/stats/hist.h"

enum stk_metric_type { STK_METRIC_COUNTER, STK_METRIC_GAUGE, STK_METRIC_RATE, STK_METRIC_TREND };
enum stk_metric_unit { STK_METRIC_DEFAULT, STK_METRIC_TIME /* ms */, STK_METRIC_DATA /* bytes */ };

/* Owned text. selector is "" for the metric itself, else its submetric's tags in
 * k6's form, sorted: "name:get_products,status:200". */
struct stk_metric {
	char *name;
	char *selector;
	enum stk_metric_type type;
	enum stk_metric_unit unit;
	bool builtin;
	int64_t count;         /* samples added */
	double sum;            /* counter: the value */
	double last, min, max; /* gauge (last written), trend (exact) */
	int64_t passes;        /* rate: non-zero samples */
	struct stk_hist hist;  /* trend */
};

/* A check or group as the summary shows them, in order of first use. */
struct stk_check_count {
	char *group; /* "" or "::browse::cart" */
	char *name;
	int64_t passes, fails;
};

struct stk_metrics {
	STK_VEC(struct stk_metric) items;
	STK_VEC(struct stk_check_count) checks;
	double duration_s; /* of the load, for rates per second */
};

void stk_metrics_init(struct stk_metrics *metrics);
void stk_metrics_release(struct stk_metrics *metrics);
/* By name and selector ("" = whole); NULL if absent. */
struct stk_metric *stk_metrics_find(
	const struct stk_metrics *metrics, const char *name, const char *selector);
/* The same, added empty if absent. */
struct stk_metric *stk_metrics_put(struct stk_metrics *metrics, const char *name,
	const char *selector, enum stk_metric_type type, enum stk_metric_unit unit);
/* A check of a group, added if it is new; NULL: it is, and there are max already. */
struct stk_check_count *stk_metrics_put_check(
	struct stk_metrics *metrics, const char *group, const char *name, size_t max);
/* Count one sample: trend and gauge keep min, max, last; a rate passes when value != 0. In line:
 * there are a dozen with each request. */
static inline void stk_metric_add(struct stk_metric *metric, double value)
{
	if (metric->count == 0 || value < metric->min)
		metric->min = value;
	if (metric->count == 0 || value > metric->max)
		metric->max = value;
	metric->count++;
	metric->sum += value;
	metric->last = value;
	if (metric->type == STK_METRIC_RATE && value != 0)
		metric->passes++;
	if (metric->type == STK_METRIC_TREND)
		stk_hist_add(&metric->hist, value);
}
/* The same for a trend of times: over a kept connection most phases of a request take none. */
static inline void stk_metric_add_phase(struct stk_metric *trend, double value)
{
	if (value != 0 || trend->min != 0 || trend->count == 0) {
		stk_metric_add(trend, value);
		return;
	}
	trend->count++;
	trend->last = 0;
	stk_hist_add_least_zero(&trend->hist);
}
void stk_metric_merge(struct stk_metric *into, const struct stk_metric *from);
void stk_metrics_merge(struct stk_metrics *into, const struct stk_metrics *from);
/* "avg" "min" "med" "max" "p(95)" "count" "rate" "value" "passes" "fails"; false if the type
 * has no such value or there is no data. Definitions: reference k6 2 and 3.1. */
bool stk_metric_value(
	const struct stk_metric *metric, const char *aggregation, double duration_s, double *out);

#endif
