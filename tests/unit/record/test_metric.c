/* test_metric: what each type keeps, merging, and the values k6 prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/record/metric.h"

static double value(const struct stk_metric *metric, const char *aggregation)
{
	double out = -1;

	assert_true(stk_metric_value(metric, aggregation, 10, &out));
	return out;
}

static void metric_value__follows_the_type(void **state)
{
	struct stk_metrics all;
	struct stk_metric *metric;
	double out = 7;

	(void)state;
	stk_metrics_init(&all);
	metric = stk_metrics_put(&all, "c", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT);
	assert_false(stk_metric_value(metric, "count", 10, &out));
	stk_metric_add(metric, 2);
	stk_metric_add(metric, 3);
	assert_true(value(metric, "count") == 5 && value(metric, "rate") == 0.5);
	assert_false(stk_metric_value(metric, "avg", 10, &out));

	metric = stk_metrics_put(&all, "g", "", STK_METRIC_GAUGE, STK_METRIC_DEFAULT);
	stk_metric_add(metric, 5);
	stk_metric_add(metric, 2);
	assert_true(value(metric, "value") == 2 && value(metric, "max") == 5);

	metric = stk_metrics_put(&all, "r", "", STK_METRIC_RATE, STK_METRIC_DEFAULT);
	for (int i = 0; i < 4; i++)
		stk_metric_add(metric, i);
	assert_true(value(metric, "rate") == 0.75 && value(metric, "fails") == 1);

	metric = stk_metrics_put(&all, "t", "", STK_METRIC_TREND, STK_METRIC_TIME);
	for (int i = 1; i <= 3; i++)
		stk_metric_add(metric, i * 10);
	assert_true(value(metric, "avg") == 20 && value(metric, "min") == 10);
	assert_true(value(metric, "p(100)") == 30 && value(metric, "count") == 3);
	assert_false(stk_metric_value(metric, "p(101)", 10, &out));
	assert_false(stk_metric_value(metric, "p(", 10, &out));
	assert_false(stk_metric_value(metric, "p()", 10, &out));
	assert_true(out == 7);
	stk_metrics_release(&all);
}

static void metrics_merge__keeps_sums_extremes_and_checks(void **state)
{
	struct stk_metrics one, two;
	struct stk_metric *metric;

	(void)state;
	stk_metrics_init(&one);
	stk_metrics_init(&two);
	stk_metric_add(stk_metrics_put(&one, "t", "", STK_METRIC_TREND, STK_METRIC_TIME), 5);
	stk_metric_add(stk_metrics_put(&two, "t", "", STK_METRIC_TREND, STK_METRIC_TIME), 1);
	stk_metric_add(stk_metrics_put(&two, "t", "a:1", STK_METRIC_TREND, STK_METRIC_TIME), 9);
	for (int i = 0; i < 2; i++)
		stk_vec_push(
			i ? &two.checks : &one.checks, (struct stk_check_count){stk_xstrdup(""),
							       stk_xstrdup("status is 200"), 3, i});
	stk_metrics_merge(&one, &two);
	metric = stk_metrics_find(&one, "t", "");
	assert_int_equal(metric->count, 2);
	assert_true(metric->min == 1 && metric->max == 5 && metric->sum == 6);
	assert_int_equal(metric->hist.count, 2);
	assert_non_null(stk_metrics_find(&one, "t", "a:1"));
	assert_int_equal(one.checks.len, 1);
	assert_int_equal(one.checks.items[0].passes, 6);
	assert_int_equal(one.checks.items[0].fails, 1);
	stk_metrics_release(&one);
	stk_metrics_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metric_value__follows_the_type),
		cmocka_unit_test(metrics_merge__keeps_sums_extremes_and_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
