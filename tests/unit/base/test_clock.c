/* test_clock: the two clocks, and the one that stands still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"

static void clock_system__goes_forward(void **state)
{
	const struct stk_clock *clock = stk_clock_system();
	int64_t before = stk_clock_mono(clock);

	(void)state;
	stk_clock_sleep_until(clock, before + STK_NS_PER_MS);
	assert_true(stk_clock_mono(clock) >= before + STK_NS_PER_MS);
	assert_true(stk_clock_wall(clock) > (int64_t)1700000000 * STK_NS_PER_S);
}

/* Kernels tick 100 to 1,000 times a second. */
static void clock_tick__is_that_of_a_kernel(void **state)
{
	(void)state;
	assert_in_range(stk_clock_tick_ns(), 900000, 10100000);
}

static void clock_fake__stands_still_and_jumps(void **state)
{
	struct stk_fake_clock fake;

	(void)state;
	stk_fake_clock_init(&fake, 1000, 5000000);
	assert_int_equal(stk_clock_mono(&fake.clock), 1000);
	assert_int_equal(stk_clock_wall(&fake.clock), 5000000);
	stk_clock_sleep_until(&fake.clock, 1500);
	assert_int_equal(stk_clock_mono(&fake.clock), 1500);
	assert_int_equal(stk_clock_wall(&fake.clock), 5000500);
	stk_clock_sleep_until(&fake.clock, 10);
	assert_int_equal(stk_clock_mono(&fake.clock), 1500);
	stk_fake_clock_advance(&fake, 500);
	assert_int_equal(stk_clock_mono(&fake.clock), 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_system__goes_forward),
		cmocka_unit_test(clock_tick__is_that_of_a_kernel),
		cmocka_unit_test(clock_fake__stands_still_and_jumps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
