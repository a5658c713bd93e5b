/* test_threshold: the grammar of limits and selectors, and what no data means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/metrics.h"
#include "core/load/threshold.h"

/* k6 3.1: `> >= < <= == === !=`, `1e3`, blanks | the same | - */
static void threshold_parse__takes_methods_operators_numbers(void **state)
{
	static const struct {
		const char *text, *method;
		enum stk_threshold_op op;
		double limit;
	} good[] = {
		{"p(95)<800", "p(95)", STK_OP_LT, 800},
		{"p( 99.9 ) <= 1e3", "p(99.9)", STK_OP_LE, 1000},
		{" rate > 0.99 ", "rate", STK_OP_GT, 0.99},
		{"avg>=1", "avg", STK_OP_GE, 1},
		{"count==0", "count", STK_OP_EQ, 0},
		{"count===0", "count", STK_OP_EQ, 0},
		{"value!=-3", "value", STK_OP_NE, -3},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(good); i++) {
		struct stk_threshold_expr expr;

		assert_int_equal(stk_threshold_parse(stk_str_of(good[i].text), &expr, NULL), 0);
		assert_string_equal(expr.method, good[i].method);
		assert_int_equal(expr.op, good[i].op);
		assert_true(expr.limit == good[i].limit);
	}
}

/* k6 3.1: `!==`, `p(101)`, AND, units: refused | the same | - */
static void threshold_parse__refuses_the_rest(void **state)
{
	static const char *const bad[] = {"", "p(95)", "p(95)<", "<800", "p(101)<1", "p()<1",
		"p(-1)<1", "rate>abc", "rate!==1", "rate=>1", "p(95)<800ms", "rate>1 and rate<2",
		"rate=1", "avg>nan", "avg<1e999"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_threshold_expr expr;

		if (stk_threshold_parse(stk_str_of(bad[i]), &expr, &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_true(err.msg[0] != '\0');
	}
}

static void threshold_parse__refuses_a_method_that_is_no_text(void **state)
{
	struct stk_threshold_expr expr;

	(void)state;
	assert_int_equal(stk_threshold_parse(stk_str_n("\0p(9)<8", 7), &expr, NULL), STK_E_INVAL);
	assert_int_equal(
		stk_threshold_parse(stk_str_of("r\xc3\xa4te<8"), &expr, NULL), STK_E_INVAL);
}

/* k6 3.1: `count rate` / `value` / `rate` / `avg min max med p(N)` by type | the same | - */
static void threshold_check_type__knows_what_fits(void **state)
{
	static const struct {
		const char *text;
		enum stk_metric_type type;
		bool fits;
	} cases[] = {
		{"p(95)<1", STK_METRIC_TREND, true},
		{"med<1", STK_METRIC_TREND, true},
		{"rate<1", STK_METRIC_TREND, false},
		{"count<1", STK_METRIC_COUNTER, true},
		{"rate<1", STK_METRIC_COUNTER, true},
		{"value<1", STK_METRIC_COUNTER, false},
		{"rate<1", STK_METRIC_RATE, true},
		{"count<1", STK_METRIC_RATE, false},
		{"value<1", STK_METRIC_GAUGE, true},
		{"p(95)<1", STK_METRIC_GAUGE, false},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_threshold_expr expr;

		assert_int_equal(stk_threshold_parse(stk_str_of(cases[i].text), &expr, NULL), 0);
		assert_int_equal(
			stk_threshold_check_type(&expr, cases[i].type, NULL) == 0, cases[i].fits);
	}
}

/* k6 13: two spellings of one submetric: one list of thresholds is lost, by chance | one
 * submetric, both lists hold | - */
static void selector_parse__gives_one_form(void **state)
{
	static const struct {
		const char *text, *metric, *canonical;
	} good[] = {
		{"checks", "checks", ""},
		{"m{b:2,a:1}", "m", "a:1,b:2"},
		{"m{ a : 1 , b:\"2\" }", "m", "a:1,b:2"},
		{"m{group:::login}", "m", "group:::login"},
		{"m{group:\"\"}", "m", "group:\"\""},
		{"m{url:http://h:1/x}", "m", "url:http://h:1/x"},
	};
	static const char *const bad[] = {
		"", "{a:1}", "m{a}", "m{a:}", "m{:1}", "m{a:1", "m{a:1,a:2}", "m{a:1,}", "m{}"};
	struct stk_arena arena = STK_ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(good); i++) {
		struct stk_tag_selector selector;

		assert_int_equal(
			stk_tag_selector_parse(stk_str_of(good[i].text), &arena, &selector, NULL),
			0);
		assert_string_equal(selector.metric, good[i].metric);
		assert_string_equal(selector.canonical, good[i].canonical);
		stk_vec_release(&selector.tags);
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_tag_selector selector;

		if (stk_tag_selector_parse(stk_str_of(bad[i]), &arena, &selector, NULL) == 0)
			fail_msg("'%s' was taken", bad[i]);
	}
	stk_arena_release(&arena);
}

static void judge(
	const char *metric, const char *expr, bool no_data_fails, struct stk_threshold_result *out)
{
	struct stk_threshold_spec spec = {metric, expr, false, 0, no_data_fails};
	struct stk_plan plan;
	struct stk_metrics metrics;

	stk_plan_init(&plan);
	stk_metrics_init(&metrics);
	for (int i = 1; i <= 10; i++)
		stk_metric_add(stk_metrics_put(&metrics, "http_req_duration", "name:a",
				       STK_METRIC_TREND, STK_METRIC_TIME),
			i);
	*out = stk_threshold_judge(&plan, &spec, &metrics, 10, true);
	stk_metrics_release(&metrics);
	stk_plan_release(&plan);
}

/* k6 3.3: a threshold on a submetric is judged over its samples only | the same | - */
static void threshold_judge__looks_at_the_submetric(void **state)
{
	struct stk_threshold_result result;

	(void)state;
	judge("http_req_duration{name:a}", "max<=10", false, &result);
	assert_true(result.ok && !result.no_data);
	judge("http_req_duration{name:a}", "avg<5", false, &result);
	assert_false(result.ok);
	assert_true(result.value == 5.5);
}

/* k6 3.2: a metric without samples: trend and rate pass or fail by accident (`rate>0.5` and
 * `rate<0.5` both pass) | `no data`: shown, and a failure only with `no_data = "fail"` or
 * `--strict` | - */
static void threshold_judge__no_data_is_no_failure_unless_asked(void **state)
{
	struct stk_threshold_result result;

	(void)state;
	judge("http_req_duration{name:b}", "max<1", false, &result);
	assert_true(result.ok && result.no_data);
	judge("http_req_duration{name:b}", "max<1", true, &result);
	assert_true(!result.ok && result.no_data);
	/* a counter that nobody added to stands at 0 */
	judge("dropped_iterations", "count<1", true, &result);
	assert_true(result.ok && !result.no_data && result.value == 0);
}

/* A metric of each type with values that are easy to reckon with. */
static void fill_each_type(struct stk_plan *plan, struct stk_metrics *metrics)
{
	static const char *const names[] = {"my_count", "my_gauge", "my_rate", "my_trend"};
	static const enum stk_metric_type types[] = {
		STK_METRIC_COUNTER, STK_METRIC_GAUGE, STK_METRIC_RATE, STK_METRIC_TREND};
	int id;

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		assert_int_equal(stk_plan_add_metric(
					 plan, names[i], types[i], STK_METRIC_DEFAULT, &id, NULL),
			0);
	for (int i = 1; i <= 10; i++) {
		stk_metric_add(stk_metrics_put(metrics, "my_count", "", STK_METRIC_COUNTER, 0), 3);
		stk_metric_add(
			stk_metrics_put(metrics, "my_gauge", "", STK_METRIC_GAUGE, 0), i % 7);
		stk_metric_add(stk_metrics_put(metrics, "my_rate", "", STK_METRIC_RATE, 0), i > 4);
		stk_metric_add(stk_metrics_put(metrics, "my_trend", "", STK_METRIC_TREND, 0), i);
	}
}

/* k6 3.1: `count`, `rate` of a counter (per second), `value` (the last), `rate` (0 to 1), `avg min
 * med max p(N)` with p·(n−1) between neighbours | the same | percentiles within 1/256; a counter's
 * rate is per second of the load, without setup and teardown */
static void threshold_judge__every_aggregation(void **state)
{
	static const struct {
		const char *metric, *method;
		double value, within;
	} rows[] = {
		{"my_count", "count", 30, 0},
		{"my_count", "rate", 6, 0}, /* in five seconds */
		{"my_gauge", "value", 3, 0},
		{"my_rate", "rate", 0.6, 0},
		{"my_trend", "avg", 5.5, 0},
		{"my_trend", "min", 1, 0},
		{"my_trend", "max", 10, 0},
		{"my_trend", "med", 5.5, 5.5 / 256},
		{"my_trend", "p(0)", 1, 0},
		{"my_trend", "p(25)", 3.25, 3.25 / 256},
		{"my_trend", "p(90)", 9.1, 9.1 / 256},
		{"my_trend", "p(95)", 9.55, 9.55 / 256},
		{"my_trend", "p(99.9)", 9.991, 9.991 / 256},
		{"my_trend", "p(100)", 10, 0},
	};
	struct stk_metrics metrics;
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	stk_metrics_init(&metrics);
	fill_each_type(&plan, &metrics);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_threshold_spec spec = {.metric = rows[i].metric};
		struct stk_threshold_result result;
		char expr[40];

		/* each operator on either side of the value */
		for (int above = 0; above < 2; above++) {
			double limit = rows[i].value + (above ? 1 : -1) * (rows[i].within + 1e-9);

			for (int op = 0; op < 4; op++) {
				static const char *const ops[] = {"<", "<=", ">", ">="};

				snprintf(expr, sizeof expr, "%s%s%.12f", rows[i].method, ops[op],
					limit);
				spec.expr = expr;
				result = stk_threshold_judge(&plan, &spec, &metrics, 5, true);
				if (result.no_data || result.ok != ((op < 2) == above))
					fail_msg("%s: %s is %d at %.9f", rows[i].metric, expr,
						result.ok, result.value);
			}
		}
	}
	stk_metrics_release(&metrics);
	stk_plan_release(&plan);
}

static void threshold_judge__equal_and_unequal(void **state)
{
	static const struct {
		const char *expr;
		bool ok;
	} rows[] = {{"count==30", true}, {"count===30", true}, {"count!=30", false},
		{"count==29", false}, {"count!=29", true}, {"count<=30", true}, {"count>=30", true},
		{"count<30", false}, {"count>30", false}, {" count > 2.9e1 ", true}};
	struct stk_metrics metrics;
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	stk_metrics_init(&metrics);
	fill_each_type(&plan, &metrics);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_threshold_spec spec = {.metric = "my_count", .expr = rows[i].expr};

		if (stk_threshold_judge(&plan, &spec, &metrics, 5, true).ok != rows[i].ok)
			fail_msg("%s", rows[i].expr);
	}
	stk_metrics_release(&metrics);
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threshold_parse__takes_methods_operators_numbers),
		cmocka_unit_test(threshold_parse__refuses_the_rest),
		cmocka_unit_test(threshold_parse__refuses_a_method_that_is_no_text),
		cmocka_unit_test(threshold_check_type__knows_what_fits),
		cmocka_unit_test(selector_parse__gives_one_form),
		cmocka_unit_test(threshold_judge__looks_at_the_submetric),
		cmocka_unit_test(threshold_judge__every_aggregation),
		cmocka_unit_test(threshold_judge__equal_and_unequal),
		cmocka_unit_test(threshold_judge__no_data_is_no_failure_unless_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
