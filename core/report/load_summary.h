/* load_summary: the end of a load test as a k6 user reads it. */
#ifndef STK_CORE_REPORT_LOAD_SUMMARY_H
#define STK_CORE_REPORT_LOAD_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/record/metric.h"
#include "core/record/run.h"
#include "core/record/section.h"

#define STK_LOAD_SUMMARY_STATS_MAX 16

/* What to show, borrowed. A threshold belongs to a metric by "name" or "name{selector}". */
struct stk_load_summary {
	const struct stk_metrics *metrics;
	const struct stk_threshold_result *thresholds; /* thresholds_len of them */
	size_t thresholds_len;
	const struct stk_generator_info *generator; /* may be NULL */
	/* Columns of trends: "avg", "p(99)"; none: k6's six; at most STK_LOAD_SUMMARY_STATS_MAX. */
	const char *const *trend_stats;
	size_t trend_stats_len;
	bool color;
	const struct stk_sections *sections; /* of scenarios and groups, in order; NULL: none */
	bool full; /* also blocked, connecting, tls, sending, waiting, receiving */
};

/* Append the summary in k6's layout (reference k6 7.1): THRESHOLDS, TOTAL RESULTS with checks,
 * CUSTOM, HTTP, EXECUTION, NETWORK. Sections without metrics are left out. Then SCENARIO (but of
 * one named default) and GROUP. */
void stk_load_summary_format(const struct stk_load_summary *summary, struct stk_buf *buf);

#endif
