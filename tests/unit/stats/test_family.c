/* test_family: step-up, step-down and the level of selected intervals. */
#include "core/stats/family.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/near.h"

static void family_bh__steps_up(void **state)
{
	static const double p[] = {0.01, 0.04, 0.03, 0.005, 0.9};
	static const double want[] = {0.025, 0.05, 0.05, 0.025, 0.9};
	double q[5];

	(void)state;
	stk_family_bh(p, 5, q);
	for (size_t i = 0; i < 5; i++)
		test_near("q", q[i], want[i], 1e-14);
}

static void family_holm__steps_down(void **state)
{
	static const double p[] = {0.01, 0.04, 0.03, 0.005};
	static const double want[] = {0.03, 0.06, 0.06, 0.02};
	double adjusted[4];

	(void)state;
	stk_family_holm(p, 4, adjusted);
	for (size_t i = 0; i < 4; i++)
		test_near("adjusted", adjusted[i], want[i], 1e-14);
}

static void family_bh__unknown_does_not_count(void **state)
{
	double p[] = {0.02, NAN, 0.5, 7.0};

	(void)state;
	stk_family_bh(p, 3, p);
	stk_family_holm(p + 2, 1, p + 2);
	assert_true(p[2] == 0.5 && p[3] == 7.0);
	test_near("known", p[0], 0.04, 1e-14);
	assert_true(isnan(p[1]));
	stk_family_holm(p, 0, p);
}

static void family_bh__equal_p_equal_answer(void **state)
{
	static const double p[] = {0.02, 0.3, 0.02, 0.02};
	double q[4], adjusted[4];

	(void)state;
	stk_family_bh(p, 4, q);
	stk_family_holm(p, 4, adjusted);
	for (size_t i = 0; i < 4; i++) {
		test_near("q", q[i], i == 1 ? 0.3 : 0.02 * 4.0 / 3.0, 1e-14);
		test_near("holm", adjusted[i], i == 1 ? 0.3 : 0.08, 1e-14);
	}
}

static void family_holm__never_above_one(void **state)
{
	double p[] = {0.6, 0.7};

	(void)state;
	stk_family_holm(p, 2, p);
	assert_true(p[0] == 1.0 && p[1] == 1.0);
}

static void family_fcr_level__widens_with_few_selected(void **state)
{
	(void)state;
	test_near("1 of 15", stk_family_fcr_level(0.05, 1, 15), 0.9966666666666667, 1e-14);
	test_near("0 counts as 1", stk_family_fcr_level(0.05, 0, 15), 0.9966666666666667, 1e-14);
	test_near("all", stk_family_fcr_level(0.05, 15, 15), 0.95, 1e-14);
	test_near("none tested", stk_family_fcr_level(0.05, 0, 0), 0.95, 1e-14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(family_bh__steps_up),
		cmocka_unit_test(family_holm__steps_down),
		cmocka_unit_test(family_bh__unknown_does_not_count),
		cmocka_unit_test(family_bh__equal_p_equal_answer),
		cmocka_unit_test(family_holm__never_above_one),
		cmocka_unit_test(family_fcr_level__widens_with_few_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
