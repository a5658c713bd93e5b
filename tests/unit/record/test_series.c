/* test_series: counts in steps, sums over stretches that cut them, shifting and merging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/record/run.h"

#define STEP STK_SERIES_STEP_NS
#define T0   (INT64_C(1700000000) * 1000000000)

static double sum(const struct stk_series *series, int64_t from, int64_t to)
{
	return stk_series_sum(series, STK_SIDE_NONE, NULL, NULL, T0 + from, T0 + to);
}

static void series_sum__shares_a_cut_step(void **state)
{
	struct stk_series series;
	size_t key;

	(void)state;
	stk_series_init(&series);
	key = stk_series_key(&series, STK_SIDE_HEAD, "s", "/a");
	assert_int_equal(stk_series_key(&series, STK_SIDE_HEAD, "s", "/a"), key);
	stk_series_add(&series, key, T0 + STEP / 2, 10);
	stk_series_add(&series, key, T0 + 2 * STEP, 4);
	assert_true(sum(&series, 0, 3 * STEP) == 14);
	assert_true(sum(&series, 0, STEP / 2) == 5);
	assert_true(sum(&series, STEP / 4, STEP / 2) == 2.5);
	assert_true(sum(&series, STEP, 2 * STEP) == 0);
	assert_true(sum(&series, 2 * STEP, 100 * STEP) == 4);
	assert_true(sum(&series, -5 * STEP, STEP) == 10);
	/* adjoining stretches add up to the whole */
	assert_true(sum(&series, 0, STEP / 3) + sum(&series, STEP / 3, 3 * STEP) - 14 < 1e-9);
	stk_series_release(&series);
}

static void series_sum__filters_by_side_scenario_and_name(void **state)
{
	struct stk_series series;

	(void)state;
	stk_series_init(&series);
	stk_series_add(&series, stk_series_key(&series, 0, "s", "/a"), T0, 1);
	stk_series_add(&series, stk_series_key(&series, 1, "s", "/a"), T0, 2);
	stk_series_add(&series, stk_series_key(&series, 1, "t", "/b"), T0, 4);
	assert_true(stk_series_sum(&series, 1, NULL, NULL, T0, T0 + STEP) == 6);
	assert_true(stk_series_sum(&series, STK_SIDE_NONE, "s", NULL, T0, T0 + STEP) == 3);
	assert_true(stk_series_sum(&series, STK_SIDE_NONE, NULL, "/b", T0, T0 + STEP) == 4);
	assert_true(stk_series_sum(&series, 0, "t", NULL, T0, T0 + STEP) == 0);
	stk_series_release(&series);
}

static void series_add__an_earlier_time_shifts(void **state)
{
	struct stk_series series;
	size_t key;

	(void)state;
	stk_series_init(&series);
	key = stk_series_key(&series, 1, "s", "/a");
	stk_series_add(&series, key, T0 + 10 * STEP, 7);
	stk_series_add(&series, key, T0 + 3 * STEP, 5);
	assert_int_equal(series.start_ns, T0 + 3 * STEP);
	assert_true(sum(&series, 3 * STEP, 4 * STEP) == 5);
	assert_true(sum(&series, 10 * STEP, 11 * STEP) == 7);
	/* a clock gone wild does not fill the memory */
	stk_series_add(&series, key, T0 + INT64_C(400000) * 86400 * 1000000, 1);
	stk_series_add(&series, key, 1, 1);
	assert_true(series.keys.items[key].steps.len <= STK_SERIES_STEPS_MAX);
	assert_true(stk_series_sum(&series, 1, NULL, NULL, 0, INT64_MAX) == 14);
	stk_series_release(&series);
}

static void series_merge__adds_step_by_step(void **state)
{
	struct stk_series one, two;

	(void)state;
	stk_series_init(&one);
	stk_series_init(&two);
	stk_series_add(&one, stk_series_key(&one, 1, "s", "/a"), T0 + 5 * STEP, 1);
	stk_series_add(&two, stk_series_key(&two, 1, "s", "/b"), T0 + 2 * STEP, 2);
	stk_series_add(&two, stk_series_key(&two, 1, "s", "/a"), T0 + 5 * STEP, 4);
	stk_series_merge(&one, &two);
	assert_int_equal(one.keys.len, 2);
	assert_true(sum(&one, 5 * STEP, 6 * STEP) == 5);
	assert_true(sum(&one, 2 * STEP, 3 * STEP) == 2);
	stk_series_release(&one);
	stk_series_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_sum__shares_a_cut_step),
		cmocka_unit_test(series_sum__filters_by_side_scenario_and_name),
		cmocka_unit_test(series_add__an_earlier_time_shifts),
		cmocka_unit_test(series_merge__adds_step_by_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
