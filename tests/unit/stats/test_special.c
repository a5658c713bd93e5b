/* test_special: values from tables and identities. */
#include "core/stats/special.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/support/near.h"

static void special_digamma__known_values(void **state)
{
	(void)state;
	test_near("digamma(3)", stk_special_digamma(3.0), 0.922784335098467139, 1e-13);
	test_near("digamma(1/2)", stk_special_digamma(0.5), -1.96351002602142348, 1e-13);
	assert_true(isnan(stk_special_digamma(0.0)));
}

static void special_trigamma__known_values(void **state)
{
	(void)state;
	test_near("trigamma(1)", stk_special_trigamma(1.0), M_PI * M_PI / 6.0, 1e-14);
	test_near("trigamma(3)", stk_special_trigamma(3.0), M_PI * M_PI / 6.0 - 1.25, 1e-13);
	test_near("trigamma(1/2)", stk_special_trigamma(0.5), M_PI * M_PI / 2.0, 1e-14);
	assert_true(isnan(stk_special_trigamma(-1.0)));
	assert_true(isnan(stk_special_trigamma(0.0)));
}

static void special_trigamma_inverse__undoes_trigamma(void **state)
{
	static const double y[] = {1e-8, 1e-5, 0.05, 0.394934066848226, 0.5, 2.0, 1e3, 1e8};

	(void)state;
	test_near("of 0.5", stk_special_trigamma_inverse(0.5), 2.459953, 1e-6);
	test_near("of 0.05", stk_special_trigamma_inverse(0.05), 20.495835, 1e-7);
	for (size_t i = 0; i < STK_ARRAY_LEN(y); i++) {
		double x = stk_special_trigamma_inverse(y[i]);

		test_near("round trip", stk_special_trigamma(x), y[i], 1e-12);
	}
	assert_true(isnan(stk_special_trigamma_inverse(0.0)));
}

static void special_beta__closed_forms(void **state)
{
	(void)state;
	for (double x = 0.0; x <= 1.0; x += 0.125) {
		test_near("I_x(1,1)", stk_special_beta(1.0, 1.0, x), x, 1e-14);
		test_near("I_x(2,1)", stk_special_beta(2.0, 1.0, x), x * x, 1e-13);
		test_near(
			"I_x(1,3)", stk_special_beta(1.0, 3.0, x), 1.0 - pow(1.0 - x, 3.0), 1e-13);
		test_near("I_x(1/2,1/2)", stk_special_beta(0.5, 0.5, x), 2.0 / M_PI * asin(sqrt(x)),
			1e-13);
	}
	assert_true(isnan(stk_special_beta(0.0, 1.0, 0.5)));
	assert_true(isnan(stk_special_beta(-1.0, 1.0, 0.5)));
	assert_true(isnan(stk_special_beta(1.0, 0.0, 0.5)));
	assert_true(isnan(stk_special_beta(1.0, 1.0, 1.5)));
	assert_true(isnan(stk_special_beta(1.0, 1.0, -0.5)));
}

static void special_beta__both_tails_add_up(void **state)
{
	static const double a[] = {0.3, 4.0, 120.0, 5000.0};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(a); i++) {
		double left = stk_special_beta(a[i], 7.5, 0.8);
		double right = stk_special_beta(7.5, a[i], 0.2);

		test_near("sum", left + right, 1.0, 1e-11);
	}
}

static void special_beta_inverse__undoes_beta(void **state)
{
	static const double p[] = {1e-12, 0.025, 0.5, 0.975};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(p); i++) {
		double x = stk_special_beta_inverse(12.5, 3.0, p[i]);

		test_near("round trip", stk_special_beta(12.5, 3.0, x), p[i], 1e-11);
	}
	assert_true(stk_special_beta_inverse(2.0, 2.0, 0.0) == 0.0);
	assert_true(stk_special_beta_inverse(2.0, 2.0, 1.0) == 1.0);
	assert_true(isnan(stk_special_beta_inverse(0.0, 2.0, 0.5)));
	assert_true(isnan(stk_special_beta_inverse(2.0, 0.0, 0.5)));
	assert_true(isnan(stk_special_beta_inverse(2.0, 2.0, -0.1)));
	assert_true(isnan(stk_special_beta_inverse(2.0, 2.0, 1.1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_digamma__known_values),
		cmocka_unit_test(special_trigamma__known_values),
		cmocka_unit_test(special_trigamma_inverse__undoes_trigamma),
		cmocka_unit_test(special_beta__closed_forms),
		cmocka_unit_test(special_beta__both_tails_add_up),
		cmocka_unit_test(special_beta_inverse__undoes_beta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
