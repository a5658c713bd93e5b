/* test_program: what another program found goes into the run: counts, verdicts, warm-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/flow/program.h"
#include "core/generator/generated.h"
#include "tests/support/flow_case.h"

#define FILE_TEXT                                                                                  \
	"local stoker = require 'stoker'\nreturn stoker.workflow { load = { 'load.lua', rate = 5 " \
	"}, sides = { base = { url = 'http://127.0.0.1:1' }, head = { url = 'http://127.0.0.1:2' " \
	"} } }\n"

static void find(struct stk_generated *found, bool ok, double value)
{
	stk_generated_init(found, STK_SIDE_BASE);
	found->start_ns = FLOW_CASE_NOW;
	found->end_ns = FLOW_CASE_NOW + STK_NS_PER_S;
	stk_generated_add_requests(found, "s", STK_STR("a"), FLOW_CASE_NOW, 10);
	found->iterations = 8;
	found->dropped = 2;
	found->cpu_ns = 1000;
	stk_metric_add(stk_metrics_put(&found->metrics, "http_reqs", "", STK_METRIC_COUNTER,
			       STK_METRIC_DEFAULT),
		10);
	found->metrics.duration_s = 1.5;
	stk_vec_push(&found->thresholds,
		(struct stk_threshold_result){
			.metric = "http_reqs", .expr = "count>10", .value = value, .ok = ok});
}

static void program_keep__adds_calls_and_keeps_a_crossed_threshold(void **state)
{
	struct flow_case *fc = *state;
	static const bool verdicts[] = {true, false, true};

	assert_int_equal(flow_case_open(fc, FILE_TEXT), 0);
	for (size_t i = 0; i < STK_ARRAY_LEN(verdicts); i++) {
		struct stk_generated found;
		find(&found, verdicts[i], (double)i);
		stk_program_keep(&fc->session, &found, true);
		stk_generated_release(&found);
	}
	assert_int_equal(fc->run.thresholds.len, 1);
	assert_false(fc->run.thresholds.items[0].ok);
	assert_int_equal((int)fc->run.thresholds.items[0].value, 1); /* of the call that crossed */
	assert_int_equal((int)stk_metrics_find(&fc->run.metrics, "http_reqs", "")->sum, 30);
	assert_true(fabs(fc->run.metrics.duration_s - 4.5) < 1e-9);
	assert_int_equal(fc->run.generator.dropped, 6);
	assert_int_equal(fc->run.generator.planned, 30);
	assert_int_equal(fc->run.generator.started, 24);
	assert_true(fc->run.generator.busy > 0);
}

static void program_keep__counts_only_requests_of_a_warm_up(void **state)
{
	struct flow_case *fc = *state;
	struct stk_generated found;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(flow_case_open(fc, FILE_TEXT), 0);
	find(&found, false, 0);
	stk_program_keep(&fc->session, &found, false);
	assert_int_equal(fc->run.thresholds.len, 0);
	assert_int_equal(fc->run.metrics.items.len, 0);
	assert_int_equal((int)stk_series_sum(&fc->run.series, STK_SIDE_BASE, "s", "a",
				 FLOW_CASE_NOW, FLOW_CASE_NOW + STK_NS_PER_S),
		10);
	assert_int_equal(stk_program_check_any(&fc->session, &found, &err), 0);
	found.requests = 0;
	assert_int_equal(stk_program_check_any(&fc->session, &found, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.hint, "load.log"));
	stk_generated_release(&found);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_case_setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		TEST(program_keep__adds_calls_and_keeps_a_crossed_threshold),
		TEST(program_keep__counts_only_requests_of_a_warm_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
