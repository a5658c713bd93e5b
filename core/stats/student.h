/* student: tails and quantiles of the normal and of Student's t distribution. */
#ifndef STK_CORE_STATS_STUDENT_H
#define STK_CORE_STATS_STUDENT_H

/* Pr(Z > z). */
double stk_normal_tail(double z);
/* The z with Pr(Z <= z) = p; infinite at 0 and 1. */
double stk_normal_quantile(double p);

/* Pr(T > t) with df degrees of freedom (real, > 0; infinite = normal). */
double stk_student_tail(double t, double df);
/* The t with Pr(T <= t) = p. */
double stk_student_quantile(double p, double df);

#endif
