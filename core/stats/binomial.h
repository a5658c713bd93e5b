/* binomial: exact and score intervals of a rate, and the exact comparison of two counts. */
#ifndef STK_CORE_STATS_BINOMIAL_H
#define STK_CORE_STATS_BINOMIAL_H

struct stk_interval {
	double low, high;
};

/* Clopper-Pearson limits for `hits` of `trials`, two-sided at `level` (0.95). Counts may be
 * doubles (values over a period need not be whole). */
struct stk_interval stk_binomial_exact(double hits, double trials, double level);
/* Upper limit alone, one-sided: 0 of 10 at 0.95 is 0.2589. */
double stk_binomial_exact_upper(double hits, double trials, double level);
/* Wilson's score interval. */
struct stk_interval stk_binomial_wilson(double hits, double trials, double level);
/* Two-sided mid-p of `hits` of `trials` under rate `null_rate`. */
double stk_binomial_midp(double hits, double trials, double null_rate);

#endif
