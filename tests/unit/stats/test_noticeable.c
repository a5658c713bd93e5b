/* test_noticeable: how small a change is noticed: by hand, and what makes it smaller. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/stats/decide.h"
#include "core/stats/noticeable.h"
#include "tests/support/near.h"

static struct stk_noticeable row_of(double samples, double pairs)
{
	struct stk_noticeable row = {.counting = stk_noticeable_counting(samples, samples),
		.pairs = pairs,
		.alpha = 0.05,
		.margin = log1p(0.02)};

	stk_noticeable_unfitted(&row);
	return row;
}

/* (t_0.975,9 + t_0.8,9) se + margin: 2.26216 and 0.88340; se = sqrt(2 / 100.5 / 6). */
static void noticeable_paired__by_hand(void **state)
{
	struct stk_noticeable row = row_of(100, 6);

	(void)state;
	test_near("counting", row.counting, 2.0 / 100.5, 1e-12);
	test_near("change", stk_noticeable_paired(&row),
		expm1((2.26216 + 0.88340) * sqrt(2.0 / 100.5 / 6.0) + log1p(0.02)), 1e-4);
}

static void noticeable_paired__more_of_everything_sees_more(void **state)
{
	struct stk_noticeable few = row_of(100, 6), samples = row_of(400, 6),
			      pairs = row_of(100, 12), family = row_of(100, 6),
			      restless = row_of(100, 6);

	(void)state;
	family.alpha = 0.05 / 30;
	restless.tau2 = 0.02;
	double change = stk_noticeable_paired(&few);
	assert_true(stk_noticeable_paired(&samples) < change);
	assert_true(stk_noticeable_paired(&pairs) < change);
	assert_true(stk_noticeable_paired(&family) > change);
	assert_true(stk_noticeable_paired(&restless) > change);
}

/* A fitted variance below that of counting changes nothing. */
static void noticeable_paired__never_below_counting(void **state)
{
	struct stk_noticeable plain = row_of(100, 6), calm = row_of(100, 6);

	(void)state;
	calm.s0_2 = 0.1;
	test_near("floor", stk_noticeable_paired(&calm), stk_noticeable_paired(&plain), 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noticeable_paired__by_hand),
		cmocka_unit_test(noticeable_paired__more_of_everything_sees_more),
		cmocka_unit_test(noticeable_paired__never_below_counting),
	};
	return cmocka_run_group_tests_name("noticeable", tests, NULL, NULL);
}
