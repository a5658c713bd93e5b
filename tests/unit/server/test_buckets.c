/* test_buckets: sums per step and group, borders as upstream has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/server/buckets.h"

#define MS INT64_C(1000000)

static void buckets_fill__borders_and_groups(void **state)
{
	const struct stk_label a = {STK_STR("env"), STK_STR("a")},
			       b = {STK_STR("env"), STK_STR("b")};
	struct stk_store_series series[] = {{1, &a, 1}, {2, &b, 1}};
	struct stk_store_point list[] = {
		{.series = &series[0], .time_ns = 990 * MS, .total = 1},     /* start - step: out */
		{.series = &series[0], .time_ns = 990 * MS + 1, .total = 2}, /* cut to ms: out */
		{.series = &series[0], .time_ns = 991 * MS, .total = 4},
		{.series = &series[0], .time_ns = 1000 * MS + 999, .total = 8},
		{.series = &series[1], .time_ns = 1001 * MS, .total = 100},
		{.series = &series[0], .time_ns = 1010 * MS, .total = 16},
		{.series = &series[0], .time_ns = 1021 * MS, .total = 32} /* behind the last t_k */
	};
	struct stk_store_points points = {.series = series, .series_len = 2};
	const struct stk_str env = STK_STR("env");
	struct stk_buckets_opts opts = {.start_ms = 1000, .end_ms = 1025, .step_ms = 10};
	struct stk_buckets buckets;

	(void)state;
	points.points.items = list;
	points.points.len = sizeof list / sizeof list[0];
	assert_int_equal(stk_buckets_from_ns(&opts), 990 * MS);
	assert_int_equal(stk_buckets_fill(&buckets, &opts, &points, NULL), 0);
	assert_int_equal(buckets.groups.len, 1);
	assert_int_equal(buckets.groups.items[0].buckets.len, 2);
	assert_int_equal(buckets.groups.items[0].buckets.items[0].time_ms, 1000);
	assert_int_equal(buckets.groups.items[0].buckets.items[0].sum, 12);
	assert_int_equal(buckets.groups.items[0].buckets.items[1].sum, 116);
	stk_buckets_release(&buckets);
	opts.group_by = &env;
	opts.group_by_len = 1;
	assert_int_equal(stk_buckets_fill(&buckets, &opts, &points, NULL), 0);
	assert_int_equal(buckets.groups.len, 2);
	assert_int_equal(buckets.groups.items[0].sum, 100); /* the largest first */
	assert_int_equal(buckets.groups.items[1].sum, 28);
	stk_buckets_release(&buckets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_fill__borders_and_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
