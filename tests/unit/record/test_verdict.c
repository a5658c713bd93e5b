/* test_verdict: words both ways. */
#include "core/record/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void verdict_from_name__is_the_way_back(void **state)
{
	(void)state;
	for (int i = STK_VERDICT_NONE; i <= STK_VERDICT_VANISHED; i++)
		assert_int_equal(stk_verdict_from_name(stk_verdict_name((enum stk_verdict)i)), i);
	assert_string_equal(stk_verdict_name(STK_VERDICT_NO_CHANGE), "no_change");
}

static void verdict_from_name__of_anything_else_is_none(void **state)
{
	(void)state;
	assert_int_equal(stk_verdict_from_name("Regression"), STK_VERDICT_NONE);
	assert_int_equal(stk_verdict_from_name(""), STK_VERDICT_NONE);
	assert_int_equal(stk_verdict_from_name(NULL), STK_VERDICT_NONE);
	assert_string_equal(stk_verdict_name((enum stk_verdict)99), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_from_name__is_the_way_back),
		cmocka_unit_test(verdict_from_name__of_anything_else_is_none),
	};
	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
