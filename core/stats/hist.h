/* hist: a log-linear histogram of non-negative values; merges exactly, memory bounded.
 *
 * Buckets: 128 per power of two (7 bits), so a percentile is off by less than 1/256 of
 * its value (the bucket's middle is reported, clipped to the exact min and max). Values
 * are doubles scaled to integers by `unit` (1e-3 for ms kept as µs); below one unit the
 * buckets are linear. Zero has a bucket; values past the top go to an overflow bucket,
 * count, min, max and sum stay exact. Negative and NaN count as 0. */
#ifndef STK_CORE_STATS_HIST_H
#define STK_CORE_STATS_HIST_H

#include <stddef.h>
#include <stdint.h>

struct stk_hist {
	double unit; /* 0 reads as 1e-3 */
	int64_t count;
	double sum, min, max; /* exact; min and max are 0 while count is 0 */
	uint64_t *buckets;    /* grown on demand */
	size_t len;
};

void stk_hist_init(struct stk_hist *hist);
void stk_hist_release(struct stk_hist *hist);
void stk_hist_clear(struct stk_hist *hist); /* keeps memory */
void stk_hist_add(struct stk_hist *hist, double value);
void stk_hist_add_n(struct stk_hist *hist, double value, uint64_t n);
void stk_hist_merge(struct stk_hist *into, const struct stk_hist *from); /* units must agree */
/* fraction in 0..1; nearest-rank with k6's interpolation between neighbours where the
 * bucket allows; NaN without values. */
double stk_hist_quantile(const struct stk_hist *hist, double fraction);
double stk_hist_mean(const struct stk_hist *hist); /* NaN without values */
/* For the record: bucket i covers [low, high). */
void stk_hist_bucket_range(
	const struct stk_hist *hist, size_t i, double *low_out, double *high_out);

#endif
