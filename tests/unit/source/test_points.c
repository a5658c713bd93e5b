/* test_points: instances told apart, pushes of several series taken together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/source/points.h"

#define S STK_NS_PER_S

static void add(struct stk_points *points, const char *pod, int64_t stamp_ns)
{
	struct stk_label labels[] = {
		{STK_STR("pod"), stk_str_of(pod)}, {STK_STR("pyroscope_spy"), STK_STR("gospy")}};

	stk_points_add(points, labels, 2, stamp_ns, 10 * S);
}

static void points_sort__joins_the_series_of_one_push(void **state)
{
	struct stk_points points = STK_POINTS_INIT;

	(void)state;
	add(&points, "b", 20 * S);
	add(&points, "a", 20 * S);
	add(&points, "a", 10 * S);
	add(&points, "a", 20 * S);
	stk_points_sort(&points);
	assert_int_equal(points.items.len, 3);
	assert_int_equal(points.items.items[0].stamp_ns, 10 * S);
	assert_true(stk_str_is(points.items.items[1].instance, "a"));
	assert_true(stk_str_is(points.items.items[2].instance, "b"));
	assert_true(stk_str_is(points.items.items[2].instance_label, "pod"));
	stk_points_release(&points);
}

static void points_newest__is_that_of_the_slowest_instance(void **state)
{
	struct stk_points points = STK_POINTS_INIT;

	(void)state;
	assert_int_equal(stk_points_newest(&points), 0);
	add(&points, "a", 10 * S);
	add(&points, "a", 30 * S);
	add(&points, "b", 20 * S);
	stk_points_sort(&points);
	assert_int_equal(stk_points_newest(&points), 20 * S);
	stk_points_release(&points);
}

static void points_describe__takes_the_fullest_instance(void **state)
{
	struct stk_points points = STK_POINTS_INIT;
	struct stk_source_info info = {0};

	(void)state;
	stk_points_describe(&points, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", &info);
	assert_int_equal(info.instances, 0);
	add(&points, "a", 11 * S);
	add(&points, "b", 12 * S);
	add(&points, "b", 22 * S);
	stk_points_sort(&points);
	stk_points_describe(&points, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", &info);
	assert_int_equal(info.instances, 2);
	assert_int_equal(info.points, 2);
	assert_int_equal(info.phase_ns, 2 * S);
	assert_string_equal(info.agent, "gospy");
	stk_points_release(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_sort__joins_the_series_of_one_push),
		cmocka_unit_test(points_newest__is_that_of_the_slowest_instance),
		cmocka_unit_test(points_describe__takes_the_fullest_instance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
