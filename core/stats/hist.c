/* hist: log-linear buckets, exact merge, percentiles with k6's interpolation between ranks. */
#include "core/stats/hist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Below LINEAR units a bucket is one unit wide around its number; from there on each power of
 * two has SUB buckets. 2^TOP units and more go to the overflow bucket, the last one. */
enum { SUB_BITS = 7, SUB = 1 << SUB_BITS, LINEAR_BITS = 8, LINEAR = 1 << LINEAR_BITS, TOP = 52 };
enum { OVERFLOW_BUCKET = LINEAR + (TOP - LINEAR_BITS) * SUB };

static double unit_of(const struct stk_hist *hist)
{
	return hist->unit > 0 ? hist->unit : 1e-3;
}

static size_t bucket_of(double scaled)
{
	uint64_t whole;
	int exponent;

	if (scaled < LINEAR - 0.5)
		return (size_t)(scaled + 0.5);
	if (scaled < LINEAR)
		return LINEAR;
	if (scaled >= (double)((uint64_t)1 << TOP))
		return OVERFLOW_BUCKET;
	whole = (uint64_t)scaled;
	exponent = 63 - __builtin_clzll(whole);
	return LINEAR + (size_t)(exponent - LINEAR_BITS) * SUB +
	       (size_t)((whole >> (exponent - SUB_BITS)) - SUB);
}

void stk_hist_init(struct stk_hist *hist)
{
	memset(hist, 0, sizeof *hist);
}

void stk_hist_release(struct stk_hist *hist)
{
	free(hist->buckets);
	memset(hist, 0, sizeof *hist);
}

void stk_hist_clear(struct stk_hist *hist)
{
	hist->count = 0;
	hist->sum = hist->min = hist->max = 0;
	if (hist->len > 0)
		memset(hist->buckets, 0, hist->len * sizeof *hist->buckets);
}

static void grow(struct stk_hist *hist, size_t want)
{
	size_t len = (want + SUB - 1) / SUB * SUB;

	hist->buckets = stk_xreallocarray(hist->buckets, len, sizeof *hist->buckets);
	memset(hist->buckets + hist->len, 0, (len - hist->len) * sizeof *hist->buckets);
	hist->len = len;
}

/* Inlined into both of its callers: with each request eight histograms get one value. */
static inline void add(struct stk_hist *hist, double value, uint64_t n)
{
	size_t at = 0;

	if (value > 0)
		at = bucket_of(value / unit_of(hist));
	else /* NaN too */
		value = 0;
	if (at >= hist->len)
		grow(hist, at + 1);
	hist->buckets[at] += n;
	if (hist->count == 0 || value < hist->min)
		hist->min = value;
	if (hist->count == 0 || value > hist->max)
		hist->max = value;
	hist->count += (int64_t)n;
	hist->sum += value * (double)n;
}

void stk_hist_add_n(struct stk_hist *hist, double value, uint64_t n)
{
	if (n > 0)
		add(hist, value, n);
}

void stk_hist_add(struct stk_hist *hist, double value)
{
	add(hist, value, 1);
}

void stk_hist_merge(struct stk_hist *into, const struct stk_hist *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0)
		into->unit = from->unit;
	if (unit_of(into) != unit_of(from))
		STK_BUG("histograms of different units: %g, %g", unit_of(into), unit_of(from));
	if (from->len > into->len)
		grow(into, from->len);
	for (size_t i = 0; i < from->len; i++)
		into->buckets[i] += from->buckets[i];
	if (into->count == 0 || from->min < into->min)
		into->min = from->min;
	if (into->count == 0 || from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
}

void stk_hist_bucket_range(const struct stk_hist *hist, size_t i, double *low_out, double *high_out)
{
	double unit = unit_of(hist), width;
	size_t octave, sub;

	if (i < LINEAR) {
		*low_out = i == 0 ? 0 : ((double)i - 0.5) * unit;
		*high_out = ((double)i + 0.5) * unit;
		return;
	}
	if (i >= OVERFLOW_BUCKET) {
		*low_out = ldexp(unit, TOP);
		*high_out = INFINITY;
		return;
	}
	octave = (i - LINEAR) / SUB;
	sub = (i - LINEAR) % SUB;
	width = ldexp(unit, (int)octave + LINEAR_BITS - SUB_BITS);
	*low_out = (double)(SUB + sub) * width;
	*high_out = (double)(SUB + sub + 1) * width;
	if (i == LINEAR) /* the last linear bucket ends half a unit earlier */
		*low_out -= 0.5 * unit;
}

/* What stands for a bucket: its number below LINEAR, else its middle; never outside the values. */
static double middle_of(const struct stk_hist *hist, size_t i)
{
	double low, high, value;

	stk_hist_bucket_range(hist, i, &low, &high);
	if (i >= OVERFLOW_BUCKET)
		value = hist->max;
	else
		value = i < LINEAR ? (double)i * unit_of(hist) : (low + high) / 2;
	if (value < hist->min)
		return hist->min;
	return value > hist->max ? hist->max : value;
}

/* Of the values in rising order, number rank (from 0). first says where to begin looking and how
 * many values lie before; it is moved on. */
static double value_at(const struct stk_hist *hist, int64_t rank, size_t *bucket, int64_t *before)
{
	if (rank <= 0)
		return hist->min;
	if (rank >= hist->count - 1)
		return hist->max;
	while (*bucket < hist->len && *before + (int64_t)hist->buckets[*bucket] <= rank)
		*before += (int64_t)hist->buckets[(*bucket)++];
	return middle_of(hist, *bucket);
}

double stk_hist_quantile(const struct stk_hist *hist, double fraction)
{
	double place, low, high;
	int64_t rank, before = 0;
	size_t bucket = 0;

	if (hist->count == 0)
		return NAN;
	if (!(fraction > 0))
		return hist->min;
	if (fraction >= 1)
		return hist->max;
	place = fraction * (double)(hist->count - 1);
	rank = (int64_t)place;
	low = value_at(hist, rank, &bucket, &before);
	if (place == (double)rank)
		return low;
	high = value_at(hist, rank + 1, &bucket, &before);
	return low + (place - (double)rank) * (high - low);
}

double stk_hist_mean(const struct stk_hist *hist)
{
	return hist->count > 0 ? hist->sum / (double)hist->count : NAN;
}
