/* test_results: outputs of wrk and wrk2, the documented CSV and JSON, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/generator/results.h"
#include "tests/support/near.h"

#define NOW (INT64_C(1795348800) * 1000000000)
#define S   INT64_C(1000000000)

struct fixture {
	struct stk_generated out;
	struct stk_err err;
};

static int setup(void **state)
{
	struct fixture *fx = stk_xcalloc(1, sizeof *fx);

	stk_generated_init(&fx->out, STK_SIDE_HEAD);
	fx->out.start_ns = NOW;
	fx->out.end_ns = NOW + 3 * S;
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	stk_generated_release(&fx->out);
	free(fx);
	return 0;
}

static int read_form(struct fixture *fx, const char *form, const char *text)
{
	return stk_results_read(stk_results_find(form), stk_str_of(text), &fx->out, &fx->err);
}

static double sum(const struct fixture *fx, const char *scenario, const char *name)
{
	return stk_series_sum(
		&fx->out.series, STK_SIDE_HEAD, scenario, name, NOW - 100 * S, NOW + 100 * S);
}

static void results_read_wrk__reads_totals_and_percentiles(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(read_form(fx, "wrk",
				 "Running 2s test @ http://127.0.0.1:8080/\n"
				 "  2 threads and 10 connections\n"
				 "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
				 "    Latency   133.25us   99.31us   4.16ms   96.21%\n"
				 "    Req/Sec    36.63k     2.31k   40.41k    67.50%\n"
				 "  Latency Distribution\n"
				 "     50%  122.00us\n"
				 "     75%  150.00us\n"
				 "     90%  188.00us\n"
				 "     99%    1.50ms\n"
				 "  145872 requests in 2.00s, 118.25MB read\n"
				 "  Socket errors: connect 0, read 1, write 0, timeout 3\n"
				 "  Non-2xx or 3xx responses: 12\n"
				 "Requests/sec:  72899.41\n"
				 "Transfer/sec:     59.10MB\n"),
		0);
	assert_int_equal(fx->out.requests, 145872);
	assert_int_equal(fx->out.failed, 16);
	test_near("p50", fx->out.p50_ms, 0.122, 1e-9);
	test_near("p99", fx->out.p99_ms, 1.5, 1e-9);
	assert_true(isnan(fx->out.p95_ms));
	assert_int_equal(fx->out.end_ns - fx->out.start_ns, 2 * S);
	test_near("all", sum(fx, "", "all"), 145872, 1e-9);
	test_near("rate", fx->out.metrics.duration_s, 2, 1e-9);
	assert_true(fx->out.spread);
}

static void results_read_wrk__reads_wrk2(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(read_form(fx, "wrk",
				 "  Latency Distribution (HdrHistogram - Recorded Latency)\n"
				 " 50.000%    1.14ms\n"
				 " 99.000%    2.91s \n"
				 "100.000%    3.00s \n"
				 "  6000 requests in 1.00m, 4.00MB read\n"),
		0);
	assert_int_equal(fx->out.requests, 6000);
	test_near("p99", fx->out.p99_ms, 2910, 1e-9);
	/* it says a minute, the program ran for three seconds: the program's times stay */
	assert_int_equal(fx->out.start_ns, NOW);
}

static void results_read_wrk__refuses_other_text(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(
		read_form(fx, "wrk", "unable to connect to 127.0.0.1:1 Connection refused\n"),
		STK_E_FORMAT);
	assert_int_equal(
		read_form(fx, "wrk", "-5 requests in 1s,\nx requests in y,\n"), STK_E_FORMAT);
	assert_int_equal(read_form(fx, "wrk", ""), STK_E_FORMAT);
}

static void results_read_csv__counts_each_request(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(read_form(fx, "csv",
				 "time,name,duration_ms,status,extra\n"
				 "1795348801.5,get_a,10,200,x\n"
				 "2026-11-22T12:00:02.25Z,get_a,20,503,x\n"
				 "1795348802,\"a, b\",30,302,x\n"),
		0);
	assert_int_equal(fx->out.requests, 3);
	assert_int_equal(fx->out.failed, 1);
	assert_false(fx->out.spread);
	test_near("a, b", sum(fx, "", "a, b"), 1, 1e-9);
	test_near("p50", stk_generated_quantile(&fx->out, 0.5), 20, 0.01);
	assert_int_equal(stk_metrics_find(&fx->out.metrics, "http_req_duration", "")->count, 3);
	assert_int_equal(stk_metrics_find(&fx->out.metrics, "http_req_failed", "")->passes, 1);
	assert_int_equal(fx->out.end_ns, NOW + 2 * S + S / 4);
}

static void results_read_csv__takes_counts_and_scenarios(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(read_form(fx, "csv",
				 "count,time,scenario,failed,duration_ms\n"
				 "100,1795348801,buyers,false,5\n"
				 "50,1795348802,,1,\n"),
		0);
	assert_int_equal(fx->out.requests, 150);
	assert_int_equal(fx->out.failed, 50);
	test_near("buyers", sum(fx, "buyers", "all"), 100, 1e-9);
	assert_int_equal(stk_metrics_find(&fx->out.metrics, "http_req_duration", "")->count, 100);
	test_near(
		"sum", stk_metrics_find(&fx->out.metrics, "http_req_duration", "")->sum, 500, 1e-9);
}

static void results_read_csv__refuses_with_row_and_column(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {{"", "no column 'time'"}, {"name\na\n", "no column 'time'"},
		{"time\n", "no row"}, {"time\nsoon\n", "row 2: 'soon' is no time"},
		{"time,count\n1795348801,-1\n", "row 2: '-1' is no count"},
		{"time,count\n1795348801,1e99\n", "is no count"},
		{"time,duration_ms\n1795348801,nan\n", "is no duration_ms"},
		{"time,name\n1795348801\n", "csv"}};
	struct fixture *fx = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		stk_err_clear(&fx->err);
		assert_int_equal(read_form(fx, "csv", rows[i].text), STK_E_FORMAT);
		assert_non_null(strstr(fx->err.msg, rows[i].want));
	}
}

static void results_read_json__reads_totals(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(read_form(fx, "json",
				 "{\"start\": \"2026-11-22T12:00:00Z\", \"end\": "
				 "\"2026-11-22T12:00:10Z\", \"requests\": 1000, \"failed\": 7,"
				 "\"duration_ms\": {\"p50\": 4, \"p95\": 9.5, \"p99\": 20},"
				 "\"names\": {\"get_a\": 600, \"http://h:1/b?c\": 300}}"),
		0);
	assert_int_equal(fx->out.requests, 1000);
	assert_int_equal(fx->out.failed, 7);
	assert_int_equal(fx->out.end_ns - fx->out.start_ns, 10 * S);
	test_near("get_a", sum(fx, "", "get_a"), 600, 1e-9);
	test_near("/b", sum(fx, "", "/b"), 300, 1e-9);
	test_near("all", sum(fx, "", "all"), 100, 1e-9);
	test_near("p95", stk_generated_quantile(&fx->out, 0.95), 9.5, 1e-9);
}

static void results_read_json__refuses_what_does_not_add_up(void **state)
{
	static const char *const texts[] = {"", "[]", "{}", "{\"requests\": -1}",
		"{\"requests\": 1.5}", "{\"requests\": 1, \"names\": {\"a\": 2}}",
		"{\"requests\": 1, \"names\": {\"a\": \"x\"}}",
		"{\"requests\": 1, \"start\": \"now\"}",
		"{\"requests\": 1, \"end\": \"2020-01-01T00:00:00Z\"}",
		"{\"requests\": 1, \"failed\": -3}"};
	struct fixture *fx = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++) {
		struct stk_generated out;
		stk_generated_init(&out, STK_SIDE_HEAD);
		out.start_ns = NOW;
		out.end_ns = NOW + S;
		assert_int_equal(
			stk_results_read(STK_RESULTS_JSON, stk_str_of(texts[i]), &out, &fx->err),
			STK_E_FORMAT);
		stk_generated_release(&out);
	}
	assert_int_equal(stk_results_find("hey"), STK_RESULTS_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(results_read_wrk__reads_totals_and_percentiles),
		TEST(results_read_wrk__reads_wrk2),
		TEST(results_read_wrk__refuses_other_text),
		TEST(results_read_csv__counts_each_request),
		TEST(results_read_csv__takes_counts_and_scenarios),
		TEST(results_read_csv__refuses_with_row_and_column),
		TEST(results_read_json__reads_totals),
		TEST(results_read_json__refuses_what_does_not_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
