/* test_input: functions by normalised name and file, lines per side, edges that add up. */
#include "core/diff/input.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t number_of(
	struct stk_diff_input *input, const char *name, const char *file, int64_t line, int side)
{
	struct stk_function function = {name, file, line, NULL};
	uint32_t number = UINT32_MAX;

	assert_int_equal(stk_diff_input_function(input, &function, side, &number, NULL), 0);
	return number;
}

static void input_init__takes_names_from_the_type(void **state)
{
	struct stk_diff_input input;

	(void)state;
	stk_diff_input_init(&input, "memory:inuse_space:bytes:space:bytes", NULL, NULL);
	assert_string_equal(input.short_name, "inuse_space");
	assert_string_equal(input.unit, "bytes");
	assert_true(input.is_level);
	stk_diff_input_release(&input);
	stk_diff_input_init(&input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "cpu", NULL);
	assert_string_equal(input.short_name, "cpu");
	assert_string_equal(input.unit, "nanoseconds");
	assert_false(input.is_level);
	stk_diff_input_release(&input);
	stk_diff_input_init(&input, "odd", NULL, NULL);
	assert_string_equal(input.short_name, "");
	stk_diff_input_release(&input);
}

static void input_function__same_name_other_file_is_another(void **state)
{
	struct stk_diff_input input;
	uint32_t first;

	(void)state;
	stk_diff_input_init(&input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", NULL, NULL);
	first = number_of(&input, "render", "a.lua", 10, STK_SIDE_BASE);
	assert_int_equal(number_of(&input, "render", "a.lua", 14, STK_SIDE_HEAD), first);
	assert_int_not_equal(number_of(&input, "render", "b.lua", 10, STK_SIDE_BASE), first);
	assert_int_not_equal(number_of(&input, "render", NULL, 0, STK_SIDE_BASE), first);
	assert_int_equal(input.functions.items[first].line[STK_SIDE_BASE], 10);
	assert_int_equal(input.functions.items[first].line[STK_SIDE_HEAD], 14);
	assert_int_equal(input.functions.len, 3);
	stk_diff_input_release(&input);
}

static void input_function__names_are_normalised(void **state)
{
	struct stk_diff_input input;

	(void)state;
	stk_diff_input_init(&input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", NULL, NULL);
	assert_int_equal(number_of(&input, "f.isra.0", "a.c", 1, STK_SIDE_BASE),
		number_of(&input, "f.isra.3", "a.c", 1, STK_SIDE_HEAD));
	stk_diff_input_release(&input);
}

static void input_edge__adds_up_per_side(void **state)
{
	struct stk_diff_input input;
	uint32_t a, b;

	(void)state;
	stk_diff_input_init(&input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", NULL, NULL);
	a = number_of(&input, "a", "", 0, STK_SIDE_BASE);
	b = number_of(&input, "b", "", 0, STK_SIDE_BASE);
	stk_diff_input_edge(&input, a, b, STK_SIDE_BASE, 5);
	stk_diff_input_edge(&input, a, b, STK_SIDE_BASE, 6);
	stk_diff_input_edge(&input, a, b, STK_SIDE_HEAD, 7);
	stk_diff_input_edge(&input, b, a, STK_SIDE_HEAD, 1);
	assert_int_equal(input.edges.len, 2);
	assert_int_equal(input.edges.items[0].value[STK_SIDE_BASE], 11);
	assert_int_equal(input.edges.items[0].value[STK_SIDE_HEAD], 7);
	stk_diff_input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_init__takes_names_from_the_type),
		cmocka_unit_test(input_function__same_name_other_file_is_another),
		cmocka_unit_test(input_function__names_are_normalised),
		cmocka_unit_test(input_edge__adds_up_per_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
