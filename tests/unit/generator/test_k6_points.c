/* test_k6_points: recorded runs of k6, streams cut anywhere, and lines that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/units.h"
#include "core/generator/k6_points.h"
#include "tests/support/near.h"

struct fixture {
	struct stk_generated out;
	struct stk_k6_points points;
	struct stk_buf text;
};

static int setup(void **state)
{
	struct fixture *fx = stk_xcalloc(1, sizeof *fx);

	stk_generated_init(&fx->out, STK_SIDE_HEAD);
	stk_k6_points_init(&fx->points, &fx->out);
	stk_buf_init(&fx->text, 0);
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	stk_k6_points_release(&fx->points);
	stk_generated_release(&fx->out);
	stk_buf_release(&fx->text);
	free(fx);
	return 0;
}

/* A recorded run in pieces of step bytes. */
static void read_run(struct fixture *fx, const char *name, size_t step)
{
	char *path = stk_xasprintf("tests/fixtures/k6/%s/out.ndjson", name);
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_fs_read(path, &fx->text, &err), 0);
	for (size_t at = 0; at < fx->text.len; at += step)
		stk_k6_points_read(&fx->points, stk_str_sub(stk_buf_str(&fx->text), at, step));
	stk_k6_points_end(&fx->points);
	free(path);
}

static void read_text(struct fixture *fx, const char *text)
{
	stk_k6_points_read(&fx->points, stk_str_of(text));
	stk_k6_points_end(&fx->points);
}

static const struct stk_metric *metric(const struct fixture *fx, const char *name, const char *tags)
{
	const struct stk_metric *found = stk_metrics_find(&fx->out.metrics, name, tags);

	assert_non_null(found);
	return found;
}

static void k6_points_read__counts_what_k6_counted(void **state)
{
	struct fixture *fx = *state;

	read_run(fx, "07-dropped-iterations", 4096);
	assert_int_equal(fx->out.bad_lines, 0);
	assert_int_equal(fx->out.requests, 16);
	assert_int_equal(fx->out.failed, 0);
	assert_int_equal(fx->out.iterations, 16);
	assert_int_equal(fx->out.dropped, 12);
	assert_int_equal(metric(fx, "http_req_duration", "")->count, 16);
	assert_int_equal(metric(fx, "http_req_duration", "expected_response:true")->count, 16);
	assert_int_equal(metric(fx, "dropped_iterations", "")->sum, 12);
	assert_true(fx->points.any);
}

static void k6_points_read__is_the_same_however_the_stream_is_cut(void **state)
{
	struct fixture *fx = *state;

	read_run(fx, "09-groups-checks-metrics", 7);
	assert_int_equal(fx->out.bad_lines, 0);
	assert_int_equal(fx->out.requests, 6);
	assert_int_equal(metric(fx, "checks", "")->count, 18);
	assert_int_equal(metric(fx, "checks", "")->passes, 8);
	int64_t passes = 0, fails = 0;
	for (size_t i = 0; i < fx->out.metrics.checks.len; i++) {
		passes += fx->out.metrics.checks.items[i].passes;
		fails += fx->out.metrics.checks.items[i].fails;
	}
	assert_int_equal(passes, 8);
	assert_int_equal(fails, 10);
}

/* k6 9.2: no output says when the load began and ended | the record has both, without setup and
 * teardown | - */
static void k6_points_read__knows_start_and_end_of_the_load(void **state)
{
	struct fixture *fx = *state;
	int64_t first_end = 0;

	/* setup takes 300 ms before, teardown 200 ms behind: neither is load */
	read_run(fx, "13-scenarios-setup-teardown", 4096);
	assert_int_equal(stk_units_parse_rfc3339(
				 STK_STR("2026-11-22T15:21:53.473472429Z"), &first_end, NULL),
		0);
	assert_true(fx->out.start_ns > first_end); /* the setup request has ended by then */
	assert_true(fx->out.start_ns < first_end + 20 * INT64_C(1000000));
	assert_true(fx->out.end_ns > fx->out.start_ns + 2 * INT64_C(1000000000));
	assert_int_equal(fx->out.requests, 14); /* of 16 points; 2 are of setup and teardown */
	assert_int_equal(metric(fx, "http_reqs", "")->sum, 16);
	assert_int_equal((int64_t)stk_series_sum(&fx->out.series, STK_SIDE_HEAD, NULL, NULL,
				 fx->out.start_ns - 200000000, fx->out.end_ns + 200000000),
		14);
}

static void k6_points_read__counts_per_scenario_and_path(void **state)
{
	struct fixture *fx = *state;
	int64_t from, to;

	read_run(fx, "13-scenarios-setup-teardown", 4096);
	from = fx->out.start_ns - 200000000;
	to = fx->out.end_ns + 200000000;
	assert_true(stk_series_sum(
			    &fx->out.series, STK_SIDE_HEAD, "early", "/status/201", from, to) > 5);
	test_near("figure",
		stk_series_sum(&fx->out.series, STK_SIDE_HEAD, "late", "/status/202", from, to), 4,
		1e-9);
	test_near("figure", stk_series_sum(&fx->out.series, STK_SIDE_BASE, NULL, NULL, from, to), 0,
		1e-9);
}

static void k6_points_read__keeps_percentiles_within_the_bound(void **state)
{
	struct fixture *fx = *state;
	const struct stk_metric *ten = NULL;
	double value = 0;

	read_run(fx, "14-percentiles", 4096);
	for (size_t i = 0; i < fx->out.metrics.items.len; i++)
		if (fx->out.metrics.items.items[i].type == STK_METRIC_TREND &&
			fx->out.metrics.items.items[i].count == 10)
			ten = &fx->out.metrics.items.items[i];
	assert_non_null(ten);
	assert_true(stk_metric_value(ten, "p(90)", 0, &value));
	assert_true(value > 8.9 && value < 9.2); /* 1 to 10: 9.1 */
}

static void k6_points_read__survives_what_is_no_point(void **state)
{
	struct fixture *fx = *state;
	static const char *const lines[] = {"garbage\n", "{}\n", "[1,2]\n",
		"{\"type\":\"Point\"}\n",
		"{\"metric\":\"nope\",\"type\":\"Point\",\"data\":{\"time\":\"2026-11-22T15:21:"
		"53Z\","
		"\"value\":1,\"tags\":{}}}\n",
		"{\"type\":\"Metric\",\"data\":{\"name\":\"x\",\"type\":\"wheel\",\"contains\":"
		"\"default\"},\"metric\":\"x\"}\n",
		"{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":\"yesterday\","
		"\"value\":1}}\n",
		"{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		"\"2026-11-22T15:21:53Z\",\"value\":-5}}\n",
		"{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		"\"2026-11-22T15:21:53Z\",\"value\":1e300}}\n"};

	read_text(fx, "{\"type\":\"Metric\",\"data\":{\"name\":\"http_reqs\",\"type\":\"counter\","
		      "\"contains\":\"default\",\"submetrics\":null},\"metric\":\"http_reqs\"}\n");
	for (size_t i = 0; i < STK_ARRAY_LEN(lines); i++)
		read_text(fx, lines[i]);
	assert_int_equal(fx->out.bad_lines, STK_ARRAY_LEN(lines));
	assert_int_equal(fx->out.requests, 0);
	/* and a last one without its line break still counts */
	read_text(fx, "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		      "\"2026-11-22T15:21:53Z\",\"value\":1,\"tags\":{\"name\":\"a\"}}}");
	assert_int_equal(fx->out.requests, 1);
}

static void k6_points_read__passes_over_a_line_without_end(void **state)
{
	struct fixture *fx = *state;
	char *chunk = stk_xmalloc(65536);

	memset(chunk, 'x', 65536);
	for (int i = 0; i < 40; i++)
		stk_k6_points_read(&fx->points, stk_str_n(chunk, 65536));
	assert_true(fx->points.line.cap <= 2 * STK_K6_POINTS_LINE_MAX);
	stk_k6_points_read(&fx->points, STK_STR("\n"));
	assert_int_equal(fx->out.bad_lines, 1);
	read_text(fx, "{\"type\":\"Metric\",\"data\":{\"name\":\"vus\",\"type\":\"gauge\","
		      "\"contains\":\"default\"},\"metric\":\"vus\"}\n");
	assert_int_equal(fx->out.bad_lines, 1);
	free(chunk);
}

static void k6_points_read__bounds_metrics_and_names(void **state)
{
	struct fixture *fx = *state;
	struct stk_buf line = STK_BUF_EMPTY;

	for (int i = 0; i < STK_K6_POINTS_METRICS_MAX + 10; i++)
		stk_buf_addf(&line,
			"{\"type\":\"Metric\",\"data\":{\"name\":\"m%d\",\"type\":\"counter\","
			"\"contains\":\"default\"},\"metric\":\"m%d\"}\n",
			i, i);
	read_text(fx, line.ptr);
	assert_int_equal(fx->out.metrics.items.len, STK_K6_POINTS_METRICS_MAX);
	assert_int_equal(fx->out.bad_lines, 10);
	stk_buf_release(&line);
}

static void k6_points_read__takes_a_user_group_named_setup_for_load(void **state)
{
	struct fixture *fx = *state;

	read_text(fx, "{\"type\":\"Metric\",\"data\":{\"name\":\"http_reqs\",\"type\":\"counter\","
		      "\"contains\":\"default\"},\"metric\":\"http_reqs\"}\n"
		      "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		      "\"2026-11-22T15:21:53Z\",\"value\":1,\"tags\":{\"name\":\"a\",\"group\":"
		      "\"::setup\",\"scenario\":\"s\"}}}\n"
		      "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		      "\"2026-11-22T15:21:53Z\",\"value\":1,\"tags\":{\"name\":\"a\",\"group\":"
		      "\"::setup::login\"}}}\n"
		      "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":"
		      "\"2026-11-22T15:21:53Z\",\"value\":1,\"tags\":{\"name\":\"a\",\"group\":"
		      "\"::setups\"}}}\n");
	assert_int_equal(fx->out.requests, 2);
	assert_int_equal(metric(fx, "http_reqs", "")->sum, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(k6_points_read__counts_what_k6_counted),
		TEST(k6_points_read__is_the_same_however_the_stream_is_cut),
		TEST(k6_points_read__knows_start_and_end_of_the_load),
		TEST(k6_points_read__counts_per_scenario_and_path),
		TEST(k6_points_read__keeps_percentiles_within_the_bound),
		TEST(k6_points_read__survives_what_is_no_point),
		TEST(k6_points_read__passes_over_a_line_without_end),
		TEST(k6_points_read__bounds_metrics_and_names),
		TEST(k6_points_read__takes_a_user_group_named_setup_for_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
