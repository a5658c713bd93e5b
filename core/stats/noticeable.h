/* noticeable: how small a change of a row a comparison can notice, before or after it was made. */
#ifndef STK_CORE_STATS_NOTICEABLE_H
#define STK_CORE_STATS_NOTICEABLE_H

/* What is known of a row of a paired comparison, or expected of it. */
struct stk_noticeable {
	double counting; /* variance of a pair's log ratio from counting alone */
	double pairs;
	/* What the rows' variances between pairs have in common (prior.h), and what they have in
	 * common beyond counting. Nothing fitted: stk_noticeable_unfitted. */
	double d0, s0_2, tau2;
	double alpha, margin; /* of the test, margin as log */
};

/* d0 and s0_2 of a comparison in which nothing was fitted (reference regression 6.5.6). */
void stk_noticeable_unfitted(struct stk_noticeable *noticeable);

/* Variance of a pair's log ratio by counting: half a sample more than there are on each side, as
 * the log ratios have it. */
double stk_noticeable_counting(double samples_base, double samples_head);

/* The smallest change (fraction) that the paired test finds with 80 % power (6.6, 6.8). */
double stk_noticeable_paired(const struct stk_noticeable *noticeable);

#endif
