/* decide: from an estimate and its error to p-value, interval, equivalence and what could be seen.
 *
 * Everything on the log scale: theta = ln(head/base). */
#ifndef STK_CORE_STATS_DECIDE_H
#define STK_CORE_STATS_DECIDE_H

#include <stdbool.h>

/* An estimate with its standard error and degrees of freedom. */
struct stk_estimate {
	double theta, se, df;
};

/* p of the interval null |theta| <= margin ("treat", McCarthy and Smyth 2009); margin 0 is
 * the ordinary two-sided t test. */
double stk_decide_p(const struct stk_estimate *estimate, double margin);
/* Limits at a two-sided level, still logs. */
void stk_decide_interval(
	const struct stk_estimate *estimate, double level, double *low_out, double *high_out);
/* Two one-sided tests at 5 %: is |theta| shown to be below limit? */
bool stk_decide_is_equivalent(const struct stk_estimate *estimate, double limit);
/* Smallest change (fraction) found with 80 % power by the interval-null test at alpha. */
double stk_decide_mde(const struct stk_estimate *estimate, double alpha, double margin);
/* Degrees of freedom of two variances added (Satterthwaite); df_added 0 = those of the first. */
double stk_decide_joint_df(double variance, double df, double added, double df_added);

#endif
