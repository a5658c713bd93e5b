/* test_difference: the words of what costs are divided by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/record/difference.h"

static void difference_per_name__of_flows_only(void **state)
{
	(void)state;
	assert_string_equal(stk_difference_per_name(STK_PER_REQUEST), "request");
	assert_string_equal(stk_difference_per_name(STK_PER_SECOND), "second");
	assert_string_equal(stk_difference_per_name(STK_PER_ALL), "");
	assert_string_equal(stk_difference_per_name(STK_PER_LEVEL), "");
}

static void difference_release__frees_the_rows_and_nothing_twice(void **state)
{
	struct stk_difference difference = {0};

	(void)state;
	(void)stk_vec_push_new(&difference.rows);
	stk_difference_release(&difference);
	assert_int_equal(difference.rows.len, 0);
	stk_difference_release(&difference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(difference_per_name__of_flows_only),
		cmocka_unit_test(difference_release__frees_the_rows_and_nothing_twice),
	};
	return cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}
