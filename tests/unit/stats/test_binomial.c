/* test_binomial: limits and exact tests with known answers. */
#include "core/stats/binomial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/near.h"

static void binomial_exact__nothing_seen(void **state)
{
	struct stk_interval limits = stk_binomial_exact(0.0, 10.0, 0.95);

	(void)state;
	assert_true(limits.low == 0.0);
	test_near("two-sided", limits.high, 1.0 - pow(0.025, 0.1), 1e-11);
	test_near("reference", limits.high, 0.30850, 2e-5);
	test_near("one-sided", stk_binomial_exact_upper(0.0, 10.0, 0.95), 0.25887, 2e-5);
}

static void binomial_exact__mirrors(void **state)
{
	struct stk_interval few = stk_binomial_exact(3.0, 20.0, 0.95);
	struct stk_interval many = stk_binomial_exact(17.0, 20.0, 0.95);

	(void)state;
	test_near("low", few.low, 1.0 - many.high, 1e-11);
	test_near("high", few.high, 1.0 - many.low, 1e-11);
	assert_true(stk_binomial_exact(20.0, 20.0, 0.95).high == 1.0);
}

static void binomial_exact__worked_ratio(void **state)
{
	/* 120 against 165 at equal requests: ratio 1.375, limits 1.080 to 1.754. */
	struct stk_interval share = stk_binomial_exact(165.0, 285.0, 0.95);

	(void)state;
	test_near("low", share.low / (1.0 - share.low), 1.080, 1e-3);
	test_near("high", share.high / (1.0 - share.high), 1.754, 1e-3);
}

static void binomial_midp__worked_examples(void **state)
{
	(void)state;
	test_near("equal", stk_binomial_midp(165.0, 285.0, 0.5), 0.00768, 1e-3);
	test_near("more requests", stk_binomial_midp(165.0, 285.0, 1.1 / 2.1), 0.0623, 2e-3);
	assert_true(stk_binomial_midp(0.0, 0.0, 0.5) == 1.0);
	/* All on one side: twice half of the one outcome. */
	test_near("one side", stk_binomial_midp(0.0, 4.0, 0.5), 1.0 / 16, 1e-12);
}

static void binomial_wilson__holds_the_share(void **state)
{
	struct stk_interval limits = stk_binomial_wilson(50.0, 100.0, 0.95);

	(void)state;
	test_near("centre", 0.5 * (limits.low + limits.high), 0.5, 1e-12);
	test_near("half", 0.5 * (limits.high - limits.low), 0.09616846, 1e-6);
	assert_true(stk_binomial_wilson(0.0, 0.0, 0.95).high == 1.0);
	assert_true(fabs(stk_binomial_wilson(0.0, 30.0, 0.95).low) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binomial_exact__nothing_seen),
		cmocka_unit_test(binomial_exact__mirrors),
		cmocka_unit_test(binomial_exact__worked_ratio),
		cmocka_unit_test(binomial_midp__worked_examples),
		cmocka_unit_test(binomial_wilson__holds_the_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
