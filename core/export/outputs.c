/* outputs: --out KIND[=ARG] to the function that makes one. */
#include "core/export/outputs.h"

#include "core/base/mem.h"

typedef int (*make_fn)(
	const struct stk_output_request *request, struct stk_output *out, struct stk_err *err);

static const struct {
	const char *kind;
	make_fn make;
} kinds[] = {
	{"json", stk_ndjson_make},
	{"csv", stk_csv_out_make},
	{"prometheus-rw", stk_prometheus_make},
	{"experimental-prometheus-rw", stk_prometheus_make},
	{"opentelemetry", stk_otel_make},
	{"experimental-opentelemetry", stk_otel_make},
	{"statsd", stk_statsd_make},
};

static int unknown(struct stk_str kind, struct stk_err *err)
{
	const char *names[STK_ARRAY_LEN(kinds)], *nearest;

	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++)
		names[i] = kinds[i].kind;
	nearest = stk_str_nearest(kind, names, STK_ARRAY_LEN(kinds));
	(void)stk_err_set(err, STK_E_INVAL, "no output '%.*s'", STK_STR_ARG(kind));
	if (nearest)
		stk_err_hint(err, "did you mean %s?", nearest);
	else
		stk_err_hint(err, "there are json, csv, prometheus-rw, opentelemetry, statsd");
	return STK_E_INVAL;
}

int stk_outputs_make(
	const char *text, const struct stk_env *env, struct stk_output *out, struct stk_err *err)
{
	struct stk_str whole = stk_str_of(text);
	ptrdiff_t equals = stk_str_find_byte(whole, '=');
	struct stk_str kind = stk_str_sub(whole, 0, equals < 0 ? whole.len : (size_t)equals);
	const struct stk_output_request request = {env, equals < 0 ? NULL : text + equals + 1};

	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++) {
		int rc;

		if (!stk_str_is(kind, kinds[i].kind))
			continue;
		rc = kinds[i].make(&request, out, err);
		return rc < 0 ? stk_err_wrap(err, "--out %s", text) : 0;
	}
	return unknown(kind, err);
}
