/* test_prior: the worked example, the limits, and rows set apart. */
#include "core/stats/prior.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/near.h"

/* n values with mean zbar and sample variance v: half above, half below. */
static void spread(double *z, size_t n, double zbar, double v)
{
	double step = sqrt(v * (double)(n - 1) / (double)n);

	for (size_t i = 0; i < n; i++)
		z[i] = zbar + (i % 2 ? step : -step);
}

static void prior_fit__worked_example(void **state)
{
	double z[12];
	struct stk_prior prior;

	(void)state;
	spread(z, 12, 0.1, 0.5);
	prior = stk_prior_fit(z, 12, 6.0);
	test_near("e", prior.e, 0.105066, 1e-5);
	test_near("d0", prior.d0, 20.0182, 1e-5);
	test_near("ln s0^2", log(prior.s0_2), 0.22504, 1e-4);
}

static void prior_fit__rows_that_agree_share_one_variance(void **state)
{
	double z[10];
	struct stk_prior prior;

	(void)state;
	spread(z, 10, 0.0, 0.01);
	prior = stk_prior_fit(z, 10, 5.0);
	assert_true(prior.e < 0.0);
	assert_true(prior.d0 == STK_PRIOR_D0_MAX);
}

static void prior_fit__few_rows_fall_back(void **state)
{
	double z[9] = {0};
	struct stk_prior prior = stk_prior_fit(z, 9, 5.0);

	(void)state;
	assert_true(prior.d0 == 4.0 && prior.s0_2 == 1.0);
	assert_true(isnan(prior.v));
	assert_true(stk_prior_fit(NULL, 0, 5.0).d0 == 4.0);
}

static void prior_fit_robust__sets_a_burst_apart(void **state)
{
	double z[24];
	bool bursty[24];
	struct stk_prior plain, robust;

	(void)state;
	spread(z, 24, 0.0, 0.5);
	z[7] = 9.0;
	plain = stk_prior_fit(z, 24, 6.0);
	robust = stk_prior_fit_robust(z, 24, 6.0, bursty);
	for (size_t i = 0; i < 24; i++)
		assert_int_equal(bursty[i], i == 7);
	assert_true(robust.d0 > plain.d0);
}

static void prior_fit_robust__from_twenty_rows_on(void **state)
{
	double z[20];
	bool bursty[20];

	(void)state;
	spread(z, 20, 0.0, 0.5);
	z[3] = 9.0;
	(void)stk_prior_fit_robust(z, 20, 6.0, bursty);
	assert_true(bursty[3]);
}

static void prior_fit_robust__not_below_twenty_rows(void **state)
{
	double z[19];
	bool bursty[19];

	(void)state;
	spread(z, 19, 0.0, 0.5);
	z[3] = 9.0;
	(void)stk_prior_fit_robust(z, 19, 6.0, bursty);
	assert_false(bursty[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prior_fit__worked_example),
		cmocka_unit_test(prior_fit__rows_that_agree_share_one_variance),
		cmocka_unit_test(prior_fit__few_rows_fall_back),
		cmocka_unit_test(prior_fit_robust__sets_a_burst_apart),
		cmocka_unit_test(prior_fit_robust__from_twenty_rows_on),
		cmocka_unit_test(prior_fit_robust__not_below_twenty_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
