/* test_number: values and moments as text that reads back the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "core/export/number.h"

static void number_add__is_short_and_reads_back(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {{0, "0"}, {1, "1"}, {-3, "-3"}, {21.504849, "21.504849"}, {0.1, "0.1"},
		{10.29075, "10.29075"}, {1e15, "1e+15"}, {0.0000001, "1e-07"},
		{1.0 / 3, "0.3333333333333333"}, {-0.5, "-0.5"}, {123456789.25, "123456789.25"}};
	static const double others[] = {
		1e300, 5e-324, 0.1 + 0.2, 1234567890123456.7, 9007199254740993};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		stk_number_add(&buf, cases[i].value);
		assert_string_equal(buf.ptr, cases[i].text);
		stk_buf_release(&buf);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		stk_number_add(&buf, others[i]);
		assert_true(strtod(buf.ptr, NULL) == others[i]);
		stk_buf_release(&buf);
	}
}

static void number_add__knows_no_nan(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_number_add(&buf, NAN);
	stk_number_add(&buf, INFINITY);
	assert_string_equal(buf.ptr, "00");
	stk_buf_release(&buf);
}

static void number_add_time__cuts_zeros(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {{0, "1970-01-01T00:00:00Z"},
		{INT64_C(1795796588414836118), "2026-11-27T16:23:08.414836118Z"},
		{INT64_C(1795796588500000000), "2026-11-27T16:23:08.5Z"},
		{INT64_C(1795796588000000010), "2026-11-27T16:23:08.00000001Z"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		stk_number_add_time(&buf, cases[i].ns);
		assert_string_equal(buf.ptr, cases[i].text);
		stk_buf_release(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_add__is_short_and_reads_back),
		cmocka_unit_test(number_add__knows_no_nan),
		cmocka_unit_test(number_add_time__cuts_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
