/* series_json: completed requests in 100 ms steps as JSON, and back. */
#ifndef STK_CORE_RECORD_SERIES_JSON_H
#define STK_CORE_RECORD_SERIES_JSON_H

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/record/series.h"

/* { start_ns, step_ns, keys: [{ side, scenario, name, steps }] }; the caller's. */
struct stk_json *stk_series_json_write(const struct stk_series *series);
/* Into an empty series. budget: see counts_json. */
int stk_series_json_read(const struct stk_json *object, size_t *budget, struct stk_series *series,
	struct stk_err *err) STK_MUST_CHECK;

#endif
