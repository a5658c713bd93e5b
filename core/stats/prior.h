/* prior: how much the variances of many rows agree, to lend each row what the others know.
 *
 * The empirical Bayes form of limma (Smyth 2004): variances of d degrees of freedom around a
 * common s0^2 that itself is worth d0 degrees of freedom. */
#ifndef STK_CORE_STATS_PRIOR_H
#define STK_CORE_STATS_PRIOR_H

#include <stdbool.h>
#include <stddef.h>

/* Below it nothing is fitted: d0 = 4, s0^2 = 1. */
#define STK_PRIOR_ROWS_MIN 10
/* From it on rows with an outlying variance are set apart and the fit is repeated once. */
#define STK_PRIOR_ROBUST_ROWS_MIN 20
#define STK_PRIOR_D0_MAX          1e4

struct stk_prior {
	double d0, s0_2;
	double zbar, v, e; /* as in the reference; NaN when nothing was fitted */
};

/* z: ln(variance / its trend) of each row, d: degrees of freedom of each. */
struct stk_prior stk_prior_fit(const double *z, size_t rows, double d);
/* The same; rows more than 3 standard deviations above the mean are marked in bursty (one
 * flag per row) and left out of a second fit. A bursty row keeps its own variance. */
struct stk_prior stk_prior_fit_robust(const double *z, size_t rows, double d, bool *bursty);

#endif
