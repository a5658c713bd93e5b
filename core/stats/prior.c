/* prior: how much the variances of many rows agree, to lend each row what the others know. */
#include "core/stats/prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/stats/order.h"
#include "core/stats/special.h"

struct stk_prior stk_prior_fit(const double *z, size_t rows, double d)
{
	struct stk_prior prior = {.d0 = 4.0, .s0_2 = 1.0, .zbar = NAN, .v = NAN, .e = NAN};
	double log_s0;

	if (rows < STK_PRIOR_ROWS_MIN)
		return prior;
	prior.zbar = stk_order_mean(z, rows);
	prior.v = stk_order_variance(z, rows);
	prior.e = prior.v - stk_special_trigamma(0.5 * d);
	prior.d0 = STK_PRIOR_D0_MAX;
	log_s0 = prior.zbar - stk_special_digamma(0.5 * d) + log(0.5 * d);
	if (prior.e > 0.0)
		prior.d0 = fmin(2.0 * stk_special_trigamma_inverse(prior.e), STK_PRIOR_D0_MAX);
	log_s0 += stk_special_digamma(0.5 * prior.d0) - log(0.5 * prior.d0);
	prior.s0_2 = exp(log_s0);
	return prior;
}

struct stk_prior stk_prior_fit_robust(const double *z, size_t rows, double d, bool *bursty)
{
	struct stk_prior prior = stk_prior_fit(z, rows, d);
	double limit, *calm;
	size_t len = 0;

	memset(bursty, 0, rows * sizeof *bursty);
	if (rows < STK_PRIOR_ROBUST_ROWS_MIN)
		return prior;
	limit = prior.zbar + 3.0 * sqrt(prior.v);
	calm = stk_xcalloc(rows, sizeof *calm);
	for (size_t i = 0; i < rows; i++) {
		bursty[i] = z[i] > limit;
		if (!bursty[i])
			calm[len++] = z[i];
	}
	if (len < rows)
		prior = stk_prior_fit(calm, len, d);
	free(calm);
	return prior;
}
