/* metric_json: metrics of a load as JSON that merges exactly after reading, and back. */
#ifndef STK_CORE_RECORD_METRIC_JSON_H
#define STK_CORE_RECORD_METRIC_JSON_H

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/record/metric.h"

/* { duration_s, items: [...], checks: [...] }; the caller's. */
struct stk_json *stk_metric_json_write(const struct stk_metrics *metrics);
/* Into empty metrics. A histogram whose buckets do not add up to its count is STK_E_FORMAT.
 * budget: see counts_json. */
int stk_metric_json_read(const struct stk_json *object, size_t *budget, struct stk_metrics *metrics,
	struct stk_err *err) STK_MUST_CHECK;

#endif
