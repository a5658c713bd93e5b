/* results_json: totals of a run as one JSON document. */
#include <math.h>

#include "core/base/json.h"
#include "core/base/units.h"
#include "core/generator/results.h"

#define COUNT_MAX ((int64_t)1 << 40)

/* An optional stamp. */
static int read_stamp(
	const struct stk_json *document, const char *key, int64_t *out, struct stk_err *err)
{
	const struct stk_json *value = stk_json_get(document, key);
	int rc;

	if (!value)
		return 0;
	rc = stk_units_parse_rfc3339(stk_json_str(value), out, err);
	if (rc < 0)
		stk_err_wrap(err, "member '%s'", key);
	return rc;
}

static int check_count(const char *key, int64_t count, struct stk_err *err)
{
	if (count >= 0 && count <= COUNT_MAX)
		return 0;
	return stk_err_set(err, STK_E_FORMAT, "member '%s': a count is missing", key);
}

struct names {
	struct stk_generated *out;
	struct stk_err *err;
};

static int add_name(struct stk_str name, struct stk_json *value, void *ctx)
{
	struct names *names = ctx;
	int64_t count = stk_json_int(value, -1);
	int rc = check_count("names", count, names->err);

	if (rc == 0)
		stk_generated_spread(names->out, name, count);
	return rc;
}

static int read_counts(
	const struct stk_json *document, struct stk_generated *out, struct stk_err *err)
{
	struct names names = {out, err};
	int64_t requests = 0, failed = stk_json_int(stk_json_get(document, "failed"), 0);
	int rc = stk_json_need_int(document, "requests", &requests, err);

	if (rc == 0)
		rc = check_count("requests", requests, err);
	if (rc == 0)
		rc = check_count("failed", failed, err);
	if (rc == 0)
		rc = stk_json_each(stk_json_get(document, "names"), add_name, &names);
	if (rc < 0)
		return rc;
	if (out->requests > requests)
		return stk_err_set(err, STK_E_FORMAT,
			"member 'names' has %lld requests, 'requests' only %lld",
			(long long)out->requests, (long long)requests);
	if (requests > out->requests) /* those without a name of their own */
		stk_generated_spread(out, STK_STR("all"), requests - out->requests);
	out->failed = failed;
	return 0;
}

int stk_results_read_json(struct stk_str text, struct stk_generated *out, struct stk_err *err)
{
	struct stk_json *document = NULL;
	const struct stk_json *durations;
	int rc = stk_json_parse(text, &document, err);

	if (rc == 0)
		rc = read_stamp(document, "start", &out->start_ns, err);
	if (rc == 0)
		rc = read_stamp(document, "end", &out->end_ns, err);
	if (rc == 0 && out->end_ns <= out->start_ns)
		rc = stk_err_set(err, STK_E_FORMAT, "member 'end' is not after 'start'");
	if (rc == 0)
		rc = read_counts(document, out, err);
	if (rc < 0) {
		stk_err_wrap(err, "json");
		goto out;
	}
	durations = stk_json_get(document, "duration_ms");
	out->p50_ms = stk_json_real(stk_json_get(durations, "p50"), NAN);
	out->p95_ms = stk_json_real(stk_json_get(durations, "p95"), NAN);
	out->p99_ms = stk_json_real(stk_json_get(durations, "p99"), NAN);
	stk_results_put_totals(out);
out:
	stk_json_free(document);
	return rc;
}
