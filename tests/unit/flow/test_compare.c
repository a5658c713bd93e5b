/* test_compare: what a comparison knows of how its profiles were taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/flow/compare_priv.h"

static struct stk_diff_input input_of(const char *type_id, bool samples_by_tick)
{
	struct stk_session_type type = {.type_id = (char *)(uintptr_t)type_id, .asked = "asked"};
	struct stk_diff_input input;

	type.info[STK_SIDE_HEAD].samples_by_tick = samples_by_tick;
	stk_compare_init_input(&input, &type);
	return input;
}

static void compare_init_input__knows_the_tick_of_who_waits_for_it(void **state)
{
	const char *cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
	struct stk_diff_input timers = input_of(cpu, true), clocks = input_of(cpu, false);

	(void)state;
	assert_true(timers.tick_ns == (double)stk_clock_tick_ns());
	assert_true(clocks.tick_ns == 0.0);
	assert_false(timers.is_level);
	stk_diff_input_release(&timers);
	stk_diff_input_release(&clocks);
}

static void compare_init_input__tells_levels_from_flows(void **state)
{
	struct stk_diff_input input = input_of("memory:inuse_space:bytes:space:bytes", false);

	(void)state;
	assert_true(input.is_level);
	stk_diff_input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_init_input__knows_the_tick_of_who_waits_for_it),
		cmocka_unit_test(compare_init_input__tells_levels_from_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
