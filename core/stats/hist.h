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
void stk_hist_add_n(struct stk_hist *hist, double value, uint64_t n);
void stk_hist_merge(struct stk_hist *into, const struct stk_hist *from); /* units must agree */
/* fraction in 0..1; nearest-rank with k6's interpolation between neighbours where the
 * bucket allows; NaN without values. */
double stk_hist_quantile(const struct stk_hist *hist, double fraction);
double stk_hist_mean(const struct stk_hist *hist); /* NaN without values */
/* For the record: bucket i covers [low, high). */
void stk_hist_bucket_range(
	const struct stk_hist *hist, size_t i, double *low_out, double *high_out);

/* --- counting, in line: with each request eight histograms get one value --- */

/* Below LINEAR units a bucket is one unit wide around its number; from there on each power of
 * two has SUB buckets. 2^TOP units and more go to the overflow bucket, the last one. */
enum { STK_HIST_SUB_BITS = 7, STK_HIST_SUB = 1 << STK_HIST_SUB_BITS };
enum { STK_HIST_LINEAR_BITS = 8, STK_HIST_LINEAR = 1 << STK_HIST_LINEAR_BITS, STK_HIST_TOP = 52 };
enum { STK_HIST_OVERFLOW = STK_HIST_LINEAR + (STK_HIST_TOP - STK_HIST_LINEAR_BITS) * STK_HIST_SUB };

void stk_hist_grow(struct stk_hist *hist, size_t want); /* to at least so many buckets */

static inline double stk_hist_unit(const struct stk_hist *hist)
{
	return hist->unit > 0 ? hist->unit : 1e-3;
}

static inline size_t stk_hist_bucket_of(double scaled)
{
	uint64_t whole;
	int exponent;

	if (scaled < STK_HIST_LINEAR - 0.5)
		return (size_t)(scaled + 0.5);
	if (scaled < STK_HIST_LINEAR)
		return STK_HIST_LINEAR;
	if (scaled >= (double)((uint64_t)1 << STK_HIST_TOP))
		return STK_HIST_OVERFLOW;
	whole = (uint64_t)scaled;
	exponent = 63 - __builtin_clzll(whole);
	return STK_HIST_LINEAR + (size_t)(exponent - STK_HIST_LINEAR_BITS) * STK_HIST_SUB +
	       (size_t)((whole >> (exponent - STK_HIST_SUB_BITS)) - STK_HIST_SUB);
}

/* n more than 0. */
static inline void stk_hist_count(struct stk_hist *hist, double value, uint64_t n)
{
	size_t at = 0;

	if (value > 0)
		at = stk_hist_bucket_of(value / stk_hist_unit(hist));
	else /* NaN too */
		value = 0;
	if (at >= hist->len)
		stk_hist_grow(hist, at + 1);
	hist->buckets[at] += n;
	if (hist->count == 0 || value < hist->min)
		hist->min = value;
	if (hist->count == 0 || value > hist->max)
		hist->max = value;
	hist->count += (int64_t)n;
	hist->sum += value * (double)n;
}

static inline void stk_hist_add(struct stk_hist *hist, double value)
{
	stk_hist_count(hist, value, 1);
}

/* One more 0 where one was counted before, and nothing less: no bound and no sum changes. */
static inline void stk_hist_add_least_zero(struct stk_hist *hist)
{
	hist->buckets[0]++;
	hist->count++;
}

#endif
