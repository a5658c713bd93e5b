/* results_csv: one row for each request, or for some of one name that completed together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/csv.h"
#include "core/base/units.h"
#include "core/generator/results.h"

#define COUNT_MAX 1000000000
#define TIME_MAX  7.3e9 /* seconds: the year 2201 */

enum column { TIME, DURATION, NAME, SCENARIO, STATUS, FAILED, COUNT, COLUMNS };

static const char *const column_names[COLUMNS] = {
	"time", "duration_ms", "name", "scenario", "status", "failed", "count"};

struct reading {
	struct stk_csv csv;
	struct stk_generated *out;
	struct stk_metric *duration; /* NULL: not told */
	int64_t first_ns;
	size_t at[COLUMNS]; /* SIZE_MAX: not there */
};

static int find_columns(struct reading *reading, struct stk_err *err)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		reading->at[i] = SIZE_MAX;
		for (size_t j = 0; j < stk_csv_columns(&reading->csv); j++)
			if (stk_csv_rows(&reading->csv) > 0 &&
				stk_str_is(stk_str_trim(stk_csv_cell(&reading->csv, 0, j)),
					column_names[i]))
				reading->at[i] = j;
	}
	if (reading->at[TIME] != SIZE_MAX)
		return 0;
	stk_err_set(err, STK_E_FORMAT, "the first row has no column 'time'");
	stk_err_hint(err, "columns are time, duration_ms, name, scenario, status, failed, count; "
			  "only time is needed");
	return STK_E_FORMAT;
}

static struct stk_str cell(const struct reading *reading, size_t row, enum column column)
{
	if (reading->at[column] == SIZE_MAX)
		return stk_str_of("");
	return stk_str_trim(stk_csv_cell(&reading->csv, row, reading->at[column]));
}

static int refuse(
	const struct reading *reading, size_t row, enum column column, struct stk_err *err)
{
	struct stk_str text = stk_str_sub(cell(reading, row, column), 0, 40);

	return stk_err_set(err, STK_E_FORMAT, "row %zu: '%.*s' is no %s", row + 1,
		STK_STR_ARG(text), column_names[column]);
}

/* RFC 3339, or seconds since 1970 with a fraction. */
static bool parse_time(struct stk_str text, int64_t *out)
{
	double seconds;

	if (stk_units_parse_rfc3339(text, out, NULL) == 0)
		return true;
	if (stk_str_to_f64(text, &seconds, NULL) < 0 || !(seconds > 0 && seconds < TIME_MAX))
		return false;
	*out = (int64_t)(seconds * 1e9);
	return true;
}

static bool is_failed(const struct reading *reading, size_t row)
{
	struct stk_str failed = cell(reading, row, FAILED), status = cell(reading, row, STATUS);
	int64_t code;

	if (failed.len > 0)
		return stk_str_is(failed, "1") || stk_str_is(failed, "true");
	return status.len > 0 && stk_str_to_i64(status, &code, NULL) == 0 &&
	       (code < 200 || code >= 400);
}

/* The metric as if count samples of ms had been added. */
static void add_duration(struct reading *reading, double ms, int64_t count)
{
	struct stk_metric one = {.type = STK_METRIC_TREND};

	stk_hist_add_n(&reading->out->duration_ms, ms, (uint64_t)count);
	stk_hist_init(&one.hist);
	stk_hist_add_n(&one.hist, ms, (uint64_t)count);
	one.count = count;
	one.sum = ms * (double)count;
	one.last = one.min = one.max = ms;
	stk_metric_merge(reading->duration, &one);
	stk_hist_release(&one.hist);
}

static int read_row(struct reading *reading, size_t row, struct stk_err *err)
{
	struct stk_generated *out = reading->out;
	struct stk_str count_text = cell(reading, row, COUNT), name = cell(reading, row, NAME);
	struct stk_str duration = cell(reading, row, DURATION);
	int64_t time_ns, count = 1;
	double ms = 0;

	if (!parse_time(cell(reading, row, TIME), &time_ns))
		return refuse(reading, row, TIME, err);
	if (count_text.len > 0 &&
		(stk_str_to_i64(count_text, &count, NULL) < 0 || count < 0 || count > COUNT_MAX))
		return refuse(reading, row, COUNT, err);
	if (duration.len > 0 &&
		(stk_str_to_f64(duration, &ms, NULL) < 0 || !(ms >= 0 && ms < 1e12)))
		return refuse(reading, row, DURATION, err);
	char *scenario = stk_str_dup(cell(reading, row, SCENARIO));
	stk_generated_add_requests(
		out, scenario, name.len > 0 ? name : STK_STR("all"), time_ns, (uint32_t)count);
	free(scenario);
	out->failed += is_failed(reading, row) ? count : 0;
	if (duration.len > 0) {
		add_duration(reading, ms, count);
	}
	if (reading->first_ns == 0 || time_ns - (int64_t)(ms * 1e6) < reading->first_ns)
		reading->first_ns = time_ns - (int64_t)(ms * 1e6);
	if (time_ns > out->end_ns)
		out->end_ns = time_ns;
	return 0;
}

int stk_results_read_csv(struct stk_str text, struct stk_generated *out, struct stk_err *err)
{
	struct reading reading = {.out = out};
	int rc = stk_csv_parse(&reading.csv, text, err);

	if (rc == 0)
		rc = find_columns(&reading, err);
	if (rc < 0)
		goto out;
	reading.duration = stk_metrics_put(
		&out->metrics, "http_req_duration", "", STK_METRIC_TREND, STK_METRIC_TIME);
	reading.duration->builtin = true;
	out->end_ns = 0; /* the rows know better */
	for (size_t row = 1; rc == 0 && row < stk_csv_rows(&reading.csv); row++)
		rc = read_row(&reading, row, err);
	if (rc == 0 && out->requests == 0)
		rc = stk_err_set(err, STK_E_FORMAT, "there is no row of a request");
	if (rc < 0)
		goto out;
	out->start_ns = reading.first_ns;
	stk_results_put_totals(out);
out:
	if (rc < 0)
		stk_err_wrap(err, "csv");
	stk_csv_release(&reading.csv);
	return rc;
}
