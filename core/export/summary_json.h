/* summary_json: the end of a load test as k6's --summary-export and handleSummary have it. */
#ifndef STK_CORE_EXPORT_SUMMARY_JSON_H
#define STK_CORE_EXPORT_SUMMARY_JSON_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/record/metric.h"
#include "core/record/run.h"

struct stk_json;

/* Columns of a trend: "avg", "p(99)", as stk_metric_value takes them. */
struct stk_trend_stats {
	STK_VEC(char *) items; /* owned */
};
/* "avg,p(99),count"; NULL gives k6's avg,min,med,max,p(90),p(95). STK_E_INVAL names the word. */
int stk_trend_stats_parse(
	const char *text, struct stk_trend_stats *out, struct stk_err *err) STK_MUST_CHECK;
void stk_trend_stats_release(struct stk_trend_stats *stats);

/* Borrowed. */
struct stk_summary_json {
	const struct stk_metrics *metrics;
	const struct stk_threshold_result *thresholds;
	size_t thresholds_len;
	const struct stk_trend_stats *stats;
};
/* Append the document (reference k6 7.2 A): thresholds' true means that they FAILED. */
void stk_summary_json_format(const struct stk_summary_json *summary, struct stk_buf *out);

/* What stdout and stderr are. */
struct stk_summary_streams {
	bool out_tty, err_tty, color;
};
/* What k6's handleSummary is given (reference k6 7.2 B), without setup_data: here a threshold's ok
 * means that it held. The duration is that of the load. The caller's. */
struct stk_json *stk_summary_json_data(
	const struct stk_summary_json *summary, const struct stk_summary_streams *streams);

#endif
