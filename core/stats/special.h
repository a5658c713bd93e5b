/* special: beta, digamma and trigamma functions and their inverses.
 *
 * Formulas: Lentz's continued fraction for the incomplete beta function, recurrence and
 * asymptotic series for the polygammas (Abramowitz and Stegun 26.5, 6.3, 6.4). About
 * fourteen digits for the arguments of a comparison. NaN outside the domain. */
#ifndef STK_CORE_STATS_SPECIAL_H
#define STK_CORE_STATS_SPECIAL_H

/* ln|gamma(x)|, safe to call from any thread. */
double stk_special_lgamma(double x);
/* Regularised incomplete beta I_x(a, b), a, b > 0, x in 0..1. */
double stk_special_beta(double a, double b, double x);
/* The x with I_x(a, b) = p. */
double stk_special_beta_inverse(double a, double b, double p);
double stk_special_digamma(double x);
double stk_special_trigamma(double x);
/* The x > 0 with trigamma(x) = y, y > 0. */
double stk_special_trigamma_inverse(double y);

#endif
