/* test_expr: queries as people paste them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/pyroscope/expr.h"

static void expr_parse__type_and_selector(void **state)
{
	static const struct {
		const char *text, *type, *selector;
	} rows[] = {
		{"process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"x\"}",
			"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "{service_name=\"x\"}"},
		{" cpu {a=\"b\",c=~\"d.*\"} ", "cpu", "{a=\"b\",c=~\"d.*\"}"},
		{"{a=\"{}\"}", "cpu", "{a=\"{}\"}"},
		{"alloc_space", "alloc_space", "{}"},
		{"{}", "cpu", "{}"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_expr expr;

		if (stk_expr_parse(stk_str_of(rows[i].text), &expr, &err) < 0)
			fail_msg("%s: %s", rows[i].text, err.msg);
		assert_true(stk_str_is(expr.type, rows[i].type));
		assert_true(stk_str_is(expr.selector, rows[i].selector));
	}
}

static void expr_parse__refuses_with_the_place(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "there is nothing"},
		{"service_name=\"x\"}", "no profile type"},
		{"two words{}", "no profile type"},
		{"cpu{a=\"b\"", "the query's selector"},
		{"cpu{a=\"b\"} x", "the query's selector"},
		{"cpu{a~\"b\"}", "the query's selector"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_expr expr;

		assert_int_equal(
			stk_expr_parse(stk_str_of(rows[i].text), &expr, &err), STK_E_INVAL);
		if (!strstr(err.msg, rows[i].why))
			fail_msg("%s: %s", rows[i].text, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expr_parse__type_and_selector),
		cmocka_unit_test(expr_parse__refuses_with_the_place),
	};
	return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
