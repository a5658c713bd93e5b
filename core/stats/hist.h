/* hist: a log-linear histogram of non-negative values; merges exactly, memory bounded.
 *
 * Values are doubles counted in `unit`s (1e-3: ms kept as µs). Up to 256 units a bucket is one
 * unit wide around its whole number (error at most half a unit), above there are 128 buckets
 * per power of two and a bucket's middle is reported: a percentile is off by less than 1/256 of
 * its value, or by half a unit. Never outside the exact min and max. Values of 2^52 units and
 * more share an overflow bucket; count, min, max and sum stay exact. Negative and NaN count as
 * 0. Merging adds buckets: the same as if one histogram had seen everything.
 */
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
