/* test_metric_json: metrics and series to JSON and back without losing a sample. */
#include "core/record/metric_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/record/counts_json.h"
#include "core/record/series_json.h"

static void metric_json_read__gives_every_value_back(void **state)
{
	static const char *const aggregations[] = {"avg", "min", "med", "max", "p(99.9)", "count"};
	struct stk_metrics metrics, again;
	struct stk_err err = STK_ERR_INIT;
	size_t budget = STK_COUNTS_JSON_MAX;

	(void)state;
	stk_metrics_init(&metrics);
	stk_metrics_init(&again);
	for (int i = 0; i < 5000; i++)
		stk_metric_add(stk_metrics_put(&metrics, "lat", "name:x", STK_METRIC_TREND,
				       STK_METRIC_TIME),
			(double)(i * 37 % 1999) / 7);
	stk_metric_add(
		stk_metrics_put(&metrics, "size", "", STK_METRIC_GAUGE, STK_METRIC_DATA), -3.5);
	struct stk_json *object = stk_metric_json_write(&metrics);
	assert_int_equal(stk_metric_json_read(object, &budget, &again, &err), 0);
	const struct stk_metric *a = stk_metrics_find(&metrics, "lat", "name:x");
	const struct stk_metric *b = stk_metrics_find(&again, "lat", "name:x");
	for (size_t i = 0; i < sizeof aggregations / sizeof aggregations[0]; i++) {
		double x = 0, y = 1;
		assert_true(stk_metric_value(a, aggregations[i], 1, &x));
		assert_true(stk_metric_value(b, aggregations[i], 1, &y));
		assert_true(x == y);
	}
	b = stk_metrics_find(&again, "size", "");
	assert_true(b->last == -3.5);
	assert_int_equal(b->unit, STK_METRIC_DATA);
	stk_json_free(object);
	stk_metrics_release(&metrics);
	stk_metrics_release(&again);
}

static void metric_json_read__refuses_sums_that_do_not_add_up(void **state)
{
	static const char *const wrong[] = {
		"{}",
		"{\"items\":[{\"name\":\"a\",\"selector\":\"\",\"type\":\"x\",\"unit\":\"time\"}]}",
		"{\"items\":[{\"type\":\"rate\",\"unit\":\"time\",\"count\":1,\"passes\":2}]}",
		"{\"items\":[{\"type\":\"rate\",\"unit\":\"time\",\"count\":-1,\"passes\":0}]}",
		"{\"items\":[{\"type\":\"trend\",\"unit\":\"time\",\"count\":1,\"passes\":0}]}",
		"{\"items\":[{\"type\":\"trend\",\"unit\":\"time\",\"count\":1,\"passes\":0,"
		"\"hist\":"
		"{\"count\":9223372036854775807,\"sum\":1,\"min\":1,\"max\":1,\"buckets\":"
		"[9223372036854775807,9223372036854775807]}}]}",
		"{\"items\":[],\"checks\":[{\"group\":\"\",\"name\":\"\",\"passes\":-1,\"fails\":0}"
		"]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct stk_metrics metrics;
		struct stk_err err = STK_ERR_INIT;
		struct stk_json *object = NULL;
		size_t budget = STK_COUNTS_JSON_MAX;
		stk_metrics_init(&metrics);
		assert_int_equal(stk_json_parse(stk_str_of(wrong[i]), &object, &err), 0);
		if (stk_metric_json_read(object, &budget, &metrics, &err) != STK_E_FORMAT)
			fail_msg("taken: %s", wrong[i]);
		stk_json_free(object);
		stk_metrics_release(&metrics);
	}
}

static void series_json_read__keeps_every_step(void **state)
{
	const int64_t start_ns = INT64_C(1764000000000000000);
	struct stk_series series, again;
	struct stk_err err = STK_ERR_INIT;
	size_t budget = STK_COUNTS_JSON_MAX;

	(void)state;
	stk_series_init(&series);
	stk_series_init(&again);
	for (int i = 0; i < 600; i += 7)
		stk_series_add(&series, stk_series_key(&series, i % 2, "s", i % 3 ? "a" : "b"),
			start_ns + i * STK_SERIES_STEP_NS, (uint32_t)i + 1);
	struct stk_json *object = stk_series_json_write(&series);
	assert_int_equal(stk_series_json_read(object, &budget, &again, &err), 0);
	for (int i = 0; i < 600; i += 13) {
		int64_t from_ns = start_ns + i * STK_SERIES_STEP_NS;
		for (int side = 0; side < 2; side++)
			assert_true(stk_series_sum(&series, side, "s", "a", from_ns,
					    from_ns + 50 * STK_SERIES_STEP_NS) ==
				    stk_series_sum(&again, side, "s", "a", from_ns,
					    from_ns + 50 * STK_SERIES_STEP_NS));
	}
	assert_int_equal(again.keys.len, series.keys.len);
	stk_json_free(object);
	stk_series_release(&series);
	stk_series_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metric_json_read__gives_every_value_back),
		cmocka_unit_test(metric_json_read__refuses_sums_that_do_not_add_up),
		cmocka_unit_test(series_json_read__keeps_every_step),
	};
	return cmocka_run_group_tests_name("metric_json", tests, NULL, NULL);
}
