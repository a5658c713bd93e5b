/* test_period: the period of sampled time, told from the values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/profile/folded.h"
#include "core/profile/profile.h"
#include "core/source/period.h"

static void add(
	struct stk_source_slices *slices, const char *text, const char *unit, int64_t period)
{
	struct stk_folded_opts opts = {.type = "cpu",
		.unit = unit,
		.period_type = "cpu",
		.period_unit = "nanoseconds",
		.period = period};
	struct stk_source_slice slice = {.instance = NULL};
	struct stk_err err = STK_ERR_INIT;

	if (stk_folded_read(stk_str_of(text), &opts, &slice.profile, &err) < 0)
		fail_msg("%s", err.msg);
	stk_vec_push(slices, slice);
}

static int64_t period_of(const struct stk_source_slices *slices, size_t i)
{
	return slices->items[i].profile->period;
}

static void period__is_the_common_divisor_of_all_slices(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	add(&slices, "a;b 40000000\na 20000000\n", "nanoseconds", 1000000000);
	add(&slices, "a;b 30000000\na 60000000\n", "nanoseconds", 1000000000);
	stk_period_from_values(&slices, 0);
	assert_int_equal(period_of(&slices, 0), 10000000);
	assert_int_equal(period_of(&slices, 1), 10000000);
	stk_source_slices_release(&slices);
}

static void period__of_measured_times_is_unknown(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	add(&slices, "a 12345677\nb 20000000\n", "nanoseconds", 1000000000);
	stk_period_from_values(&slices, 0);
	assert_int_equal(period_of(&slices, 0), 0);
	stk_source_slices_release(&slices);
}

static void period__of_another_unit_is_left_alone(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	add(&slices, "a 4\nb 8\n", "count", 77);
	add(&slices, "a 10000000\n", "nanoseconds", 1000000000);
	stk_period_from_values(&slices, 1);
	assert_int_equal(period_of(&slices, 0), 77);
	assert_int_equal(period_of(&slices, 1), 10000000);
	stk_source_slices_release(&slices);
}

static void period__without_a_sample_is_unknown(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;

	(void)state;
	stk_period_from_values(&slices, 0);
	add(&slices, "", "nanoseconds", 1000000000);
	stk_period_from_values(&slices, 0);
	assert_int_equal(period_of(&slices, 0), 0);
	stk_source_slices_release(&slices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(period__is_the_common_divisor_of_all_slices),
		cmocka_unit_test(period__of_measured_times_is_unknown),
		cmocka_unit_test(period__of_another_unit_is_left_alone),
		cmocka_unit_test(period__without_a_sample_is_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
