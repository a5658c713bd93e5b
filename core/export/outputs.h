/* outputs: the kinds of outputs and what each takes from its argument and the environment. */
#ifndef STK_CORE_EXPORT_OUTPUTS_H
#define STK_CORE_EXPORT_OUTPUTS_H

#include "core/base/env.h"
#include "core/export/output.h"

/* Borrowed while an output is made. */
struct stk_output_request {
	const struct stk_env *env; /* variables K6_…; the stream behind "-" */
	const char *arg;           /* behind "KIND="; NULL: none */
};

/* Make the output that --out KIND[=ARG] asks for; the caller's until a feed takes it.
 * STK_E_INVAL for an unknown kind (with the nearest) or a setting that cannot be, STK_E_IO. */
int stk_outputs_make(const char *text, const struct stk_env *env, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;

/* One function per kind, for the table in outputs.c. */
int stk_ndjson_make(const struct stk_output_request *request, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_csv_out_make(const struct stk_output_request *request, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_prometheus_make(const struct stk_output_request *request, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_otel_make(const struct stk_output_request *request, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;
int stk_statsd_make(const struct stk_output_request *request, struct stk_output *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
