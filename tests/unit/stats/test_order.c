/* test_order: medians and moments of small lists. */
#include "core/stats/order.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void order_median__odd_even_none(void **state)
{
	static const double values[] = {3.0, -1.0, 10.0, 2.0};

	(void)state;
	assert_true(stk_order_median(values, 4) == 2.5);
	assert_true(stk_order_median(values, 3) == 3.0);
	assert_true(isnan(stk_order_median(values, 0)));
	assert_true(values[0] == 3.0);
}

static void order_median_weighted__lower_of_two_halves(void **state)
{
	static const double values[] = {5.0, 1.0, 3.0};
	static const double even[] = {1.0, 1.0, 1.0}, tied[] = {1.0, 1.0, 0.0};
	static const double heavy[] = {5.0, 1.0, 1.0}, none[] = {0.0, 0.0, 0.0};

	(void)state;
	assert_true(stk_order_median_weighted(values, even, 3) == 3.0);
	assert_true(stk_order_median_weighted(values, tied, 3) == 1.0);
	assert_true(stk_order_median_weighted(values, heavy, 3) == 5.0);
	assert_true(isnan(stk_order_median_weighted(values, none, 3)));
}

static void order_variance__of_a_sample(void **state)
{
	static const double values[] = {1.0, 2.0, 3.0, 4.0, 1000.0};

	(void)state;
	assert_true(stk_order_mean(values, 4) == 2.5);
	assert_true(fabs(stk_order_variance(values, 4) - 5.0 / 3.0) < 1e-15);
	assert_true(isnan(stk_order_variance(values, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_median__odd_even_none),
		cmocka_unit_test(order_median_weighted__lower_of_two_halves),
		cmocka_unit_test(order_variance__of_a_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
