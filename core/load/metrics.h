/* metrics: one worker's counts: built-in and custom metrics, submetrics by tags, checks. */
#ifndef STK_CORE_LOAD_METRICS_H
#define STK_CORE_LOAD_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/map.h"
#include "core/load/plan.h"
#include "core/record/metric.h"

/* k6's names and definitions (reference k6 2.1); the last three are ours. */
enum stk_metric_builtin {
	STK_METRIC_VUS,
	STK_METRIC_VUS_MAX,
	STK_METRIC_ITERATIONS,
	STK_METRIC_ITERATION_DURATION,
	STK_METRIC_DROPPED_ITERATIONS,
	STK_METRIC_CHECKS,
	STK_METRIC_GROUP_DURATION,
	STK_METRIC_HTTP_REQS,
	STK_METRIC_HTTP_REQ_DURATION,
	STK_METRIC_HTTP_REQ_BLOCKED,
	STK_METRIC_HTTP_REQ_CONNECTING,
	STK_METRIC_HTTP_REQ_TLS_HANDSHAKING,
	STK_METRIC_HTTP_REQ_SENDING,
	STK_METRIC_HTTP_REQ_WAITING,
	STK_METRIC_HTTP_REQ_RECEIVING,
	STK_METRIC_HTTP_REQ_FAILED,
	STK_METRIC_DATA_SENT,
	STK_METRIC_DATA_RECEIVED,
	STK_METRIC_ITERATION_LATENESS, /* start minus intended start, ms; open models */
	STK_METRIC_ITERATION_RESPONSE, /* end minus intended start, ms; open models */
	STK_METRIC_ITERATION_ERRORS,
	STK_METRIC_BUILTIN_COUNT
};

/* Name, type and unit of a built-in. */
const struct stk_metric_def *stk_metric_builtin(enum stk_metric_builtin id);
/* Number of a metric in a plan by its name; -1 if there is none. */
int stk_metric_id(const struct stk_plan *plan, struct stk_str name);
/* Definition of a number. */
const struct stk_metric_def *stk_metric_def(const struct stk_plan *plan, int id);

/* Tags of one sample, from several places; an earlier list wins over a later one. */
#define STK_TAG_LISTS_MAX 8
struct stk_tag_lists {
	struct {
		const struct stk_tag *items;
		size_t len;
	} lists[STK_TAG_LISTS_MAX];
	size_t len;
	bool repeated; /* the same tags, at the same moment, as those of the sample before */
};
void stk_tag_lists_add(struct stk_tag_lists *tags, const struct stk_tag *items, size_t len);
/* The value of a key, NULL if absent. */
const char *stk_tag_lists_get(const struct stk_tag_lists *tags, const char *key);

struct stk_tap_lane;
struct stk_counts; /* one thread at a time */

/* With a submetric for each selector among the plan's thresholds, and for
 * http_req_duration{expected_response:true}. */
struct stk_counts *stk_counts_new(const struct stk_plan *plan);
void stk_counts_free(struct stk_counts *counts);
/* Each sample goes to lane (tap.h) too, which is borrowed; its tags are wanted then. */
void stk_counts_set_lane(struct stk_counts *counts, struct stk_tap_lane *lane);
/* One sample for the metric and for the submetrics whose tags it has. */
void stk_counts_add(
	struct stk_counts *counts, int id, double value, const struct stk_tag_lists *tags);
/* The same without tags; false: they are wanted, and nothing was counted. */
bool stk_counts_add_bare(struct stk_counts *counts, int id, double value);
/* What each hop of a request gives, all with the same tags: the metric of each value is
 * stk_counts_hop_metric's. */
enum stk_hop_value {
	STK_HOP_REQS,
	STK_HOP_DURATION,
	STK_HOP_BLOCKED,
	STK_HOP_CONNECTING,
	STK_HOP_TLS_HANDSHAKING,
	STK_HOP_SENDING,
	STK_HOP_WAITING,
	STK_HOP_RECEIVING,
	STK_HOP_FAILED,
	STK_HOP_VALUES
};
int stk_counts_hop_metric(enum stk_hop_value which);
/* All of a hop at once and without tags, but for expected, the tag expected_response. False: more
 * of them are wanted, and nothing was counted. */
bool stk_counts_add_hop(
	struct stk_counts *counts, const double values[STK_HOP_VALUES], bool expected);
/* A summary with more lines than this helps nobody, and names may come from data. */
#define STK_COUNTS_CHECKS_MAX 10000
/* One check, for the summary's list (the sample itself is stk_counts_add's). False: the list is
 * full, and it is not on it. */
bool stk_counts_check(
	struct stk_counts *counts, struct stk_str group, struct stk_str name, bool passed);
/* Whether anything asks for tags of that metric: else they need not be made. */
bool stk_counts_wants_tags(const struct stk_counts *counts, int id);
/* Everything so far, as the record keeps it; borrowed. */
const struct stk_metrics *stk_counts_metrics(const struct stk_counts *counts);
struct stk_metric *stk_counts_get(const struct stk_counts *counts, int id);

#endif
