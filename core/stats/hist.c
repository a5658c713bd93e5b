/* hist: log-linear buckets, exact merge, percentiles with k6's interpolation between ranks. */
#include "core/stats/hist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum {
	SUB_BITS = STK_HIST_SUB_BITS,
	SUB = STK_HIST_SUB,
	LINEAR_BITS = STK_HIST_LINEAR_BITS,
	LINEAR = STK_HIST_LINEAR,
	TOP = STK_HIST_TOP,
	OVERFLOW_BUCKET = STK_HIST_OVERFLOW
};

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

void stk_hist_grow(struct stk_hist *hist, size_t want)
{
	size_t len = (want + SUB - 1) / SUB * SUB;

	hist->buckets = stk_xreallocarray(hist->buckets, len, sizeof *hist->buckets);
	memset(hist->buckets + hist->len, 0, (len - hist->len) * sizeof *hist->buckets);
	hist->len = len;
}

void stk_hist_add_n(struct stk_hist *hist, double value, uint64_t n)
{
	if (n > 0)
		stk_hist_count(hist, value, n);
}

void stk_hist_merge(struct stk_hist *into, const struct stk_hist *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0)
		into->unit = from->unit;
	if (stk_hist_unit(into) != stk_hist_unit(from))
		STK_BUG("histograms of different units: %g, %g", stk_hist_unit(into),
			stk_hist_unit(from));
	if (from->len > into->len)
		stk_hist_grow(into, from->len);
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
	double unit = stk_hist_unit(hist), width;
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
		value = i < LINEAR ? (double)i * stk_hist_unit(hist) : (low + high) / 2;
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
