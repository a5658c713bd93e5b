/* test_decide: interval null, equivalence, and what could have been seen. */
#include "core/stats/decide.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/stats/student.h"
#include "tests/support/near.h"

static void decide_p__margin_zero_is_the_t_test(void **state)
{
	struct stk_estimate estimate = {.theta = -0.25, .se = 0.1, .df = 7.3};

	(void)state;
	test_near("p", stk_decide_p(&estimate, 0.0), 0.039650, 2e-5);
}

static void decide_p__inside_the_margin_is_never_small(void **state)
{
	struct stk_estimate estimate = {.theta = 0.019, .se = 0.001, .df = 30.0};

	(void)state;
	assert_true(stk_decide_p(&estimate, 0.02) > 0.5);
	assert_true(stk_decide_p(&estimate, 0.0) < 1e-6);
}

static void decide_p__no_error_and_no_number(void **state)
{
	struct stk_estimate exact = {.theta = 0.1, .se = 0.0, .df = 5.0};
	struct stk_estimate same = {.theta = 0.0, .se = 0.0, .df = 5.0};
	struct stk_estimate unknown = {.theta = NAN, .se = 0.1, .df = 5.0};

	(void)state;
	assert_true(stk_decide_p(&exact, 0.02) == 0.0);
	assert_true(stk_decide_p(&same, 0.02) == 1.0);
	assert_true(isnan(stk_decide_p(&unknown, 0.02)));
}

static void decide_is_equivalent__needs_both_sides(void **state)
{
	struct stk_estimate close = {.theta = 0.0, .se = 0.02, .df = 30.0};
	struct stk_estimate off = {.theta = 0.03, .se = 0.02, .df = 30.0};
	struct stk_estimate wide = {.theta = 0.0, .se = 0.04, .df = 30.0};

	(void)state;
	assert_true(stk_decide_is_equivalent(&close, log(1.05)));
	assert_false(stk_decide_is_equivalent(&off, log(1.05)));
	assert_false(stk_decide_is_equivalent(&wide, log(1.05)));
}

static void decide_interval__is_centred(void **state)
{
	struct stk_estimate estimate = {.theta = 0.3, .se = 0.05, .df = 10.0};
	double low, high;

	(void)state;
	stk_decide_interval(&estimate, 0.95, &low, &high);
	test_near("middle", 0.5 * (low + high), 0.3, 1e-12);
	test_near("half", 0.5 * (high - low), 0.05 * 2.2281388519862744, 1e-10);
}

static void decide_mde__a_change_of_that_size_is_found_four_times_in_five(void **state)
{
	struct stk_estimate estimate = {.theta = 0.0, .se = 0.05, .df = 1e9};
	double mde = stk_decide_mde(&estimate, 0.05, 0.0);

	(void)state;
	/* Normal limit: 1.96 + 0.8416. */
	test_near("mde", log1p(mde), 0.05 * (1.959963985 + 0.841621234), 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decide_p__margin_zero_is_the_t_test),
		cmocka_unit_test(decide_p__inside_the_margin_is_never_small),
		cmocka_unit_test(decide_p__no_error_and_no_number),
		cmocka_unit_test(decide_is_equivalent__needs_both_sides),
		cmocka_unit_test(decide_interval__is_centred),
		cmocka_unit_test(decide_mde__a_change_of_that_size_is_found_four_times_in_five),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
