/* test_student: quantiles and tails of tables. */
#include "core/stats/student.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/support/near.h"

static void student_quantile__table(void **state)
{
	(void)state;
	test_near("df 4", stk_student_quantile(0.975, 4.0), 2.7764451051977987, 1e-12);
	test_near("df 6", stk_student_quantile(0.975, 6.0), 2.4469118511449692, 1e-12);
	test_near("df 10", stk_student_quantile(0.975, 10.0), 2.2281388519862744, 1e-12);
	test_near("df 28", stk_student_quantile(0.975, 28.0), 2.0484071417952445, 1e-12);
	test_near("df 1", stk_student_quantile(0.75, 1.0), 1.0, 1e-12);
	test_near("normal", stk_student_quantile(0.975, INFINITY), 1.9599639845400545, 1e-12);
}

static void student_tail__known_values(void **state)
{
	(void)state;
	test_near("t 2.5, df 7.3", 2.0 * stk_student_tail(2.5, 7.3), 0.039650, 2e-5);
	/* df 2 has a closed form. */
	for (double t = 0.25; t < 60.0; t *= 2.0)
		test_near("df 2", stk_student_tail(t, 2.0),
			1.0 / (sqrt(2.0 + t * t) * (sqrt(2.0 + t * t) + t)), 1e-12);
	test_near("df 1", stk_student_tail(1e6, 1.0), 1e-6 / M_PI, 1e-11);
}

static void student_tail__is_symmetric(void **state)
{
	(void)state;
	for (double t = 0.1; t < 9.0; t += 0.7)
		test_near(
			"sum", stk_student_tail(t, 11.5) + stk_student_tail(-t, 11.5), 1.0, 1e-14);
	assert_true(stk_student_tail(0.0, 3.0) == 0.5);
	assert_true(stk_student_tail(INFINITY, 3.0) == 0.0);
	assert_true(isnan(stk_student_tail(NAN, 3.0)));
	assert_true(isnan(stk_student_tail(1.0, 0.0)));
}

static void student_tail__far_tail_keeps_its_digits(void **state)
{
	(void)state;
	/* With many degrees of freedom it approaches the normal tail from above. */
	double t = stk_student_tail(8.0, 1e6), z = stk_normal_tail(8.0);

	assert_true(t > z);
	test_near("normal limit", t, z, 2e-3);
}

static void student_quantile__undoes_tail(void **state)
{
	static const double df[] = {1.0, 3.0, 8.7, 40.0, 1e4, 1e7};
	static const double p[] = {1e-9, 0.01, 0.3, 0.6, 0.8, 0.9995};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(df); i++) {
		for (size_t k = 0; k < STK_ARRAY_LEN(p); k++) {
			double t = stk_student_quantile(p[k], df[i]);

			test_near("round trip", stk_student_tail(-t, df[i]), p[k], 1e-8);
		}
	}
	assert_true(stk_student_quantile(0.5, 5.0) == 0.0);
	assert_true(stk_student_quantile(1.0, 5.0) == INFINITY);
	assert_true(stk_student_quantile(0.0, 5.0) == -INFINITY);
	assert_true(isnan(stk_student_quantile(1.5, 5.0)));
	assert_true(isnan(stk_student_quantile(0.4, 0.0)));
}

static void normal_quantile__both_sides(void **state)
{
	(void)state;
	test_near("975", stk_normal_quantile(0.975), 1.9599639845400545, 1e-13);
	test_near("025", stk_normal_quantile(0.025), -1.9599639845400545, 1e-13);
	test_near("tail", stk_normal_tail(stk_normal_quantile(1.0 - 1e-6)), 1e-6, 1e-9);
	assert_true(isnan(stk_normal_quantile(1.5)));
	assert_true(isnan(stk_normal_quantile(-0.5)));
	assert_true(stk_normal_quantile(0.0) == -INFINITY);
	assert_true(stk_normal_quantile(1.0) == INFINITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(student_quantile__table),
		cmocka_unit_test(student_tail__known_values),
		cmocka_unit_test(student_tail__is_symmetric),
		cmocka_unit_test(student_tail__far_tail_keeps_its_digits),
		cmocka_unit_test(student_quantile__undoes_tail),
		cmocka_unit_test(normal_quantile__both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
