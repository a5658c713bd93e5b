/* order: medians, mean and variance. */
#include "core/stats/order.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"

struct weighted {
	double value, weight;
};

static int compare_values(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static struct weighted *sorted(const double *values, const double *weights, size_t len)
{
	struct weighted *items = stk_xcalloc(len, sizeof *items);

	for (size_t i = 0; i < len; i++)
		items[i] = (struct weighted){values[i], weights ? weights[i] : 1.0};
	qsort(items, len, sizeof *items, compare_values);
	return items;
}

double stk_order_median(const double *values, size_t len)
{
	struct weighted *items;
	double median;

	if (len == 0)
		return NAN;
	items = sorted(values, NULL, len);
	median = len % 2 ? items[len / 2].value
			 : 0.5 * (items[len / 2 - 1].value + items[len / 2].value);
	free(items);
	return median;
}

double stk_order_median_weighted(const double *values, const double *weights, size_t len)
{
	struct weighted *items;
	double all = 0.0, reached = 0.0, median = NAN;

	for (size_t i = 0; i < len; i++)
		all += weights[i];
	if (!(all > 0.0))
		return NAN;
	items = sorted(values, weights, len);
	for (size_t i = 0; i < len; i++) {
		reached += items[i].weight;
		if (reached >= 0.5 * all) {
			median = items[i].value;
			break;
		}
	}
	free(items);
	return median;
}

double stk_order_mean(const double *values, size_t len)
{
	double sum = 0.0;

	for (size_t i = 0; i < len; i++)
		sum += values[i];
	return len ? sum / (double)len : NAN;
}

double stk_order_variance(const double *values, size_t len)
{
	double mean = stk_order_mean(values, len), sum = 0.0;

	if (len < 2)
		return NAN;
	for (size_t i = 0; i < len; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sum / (double)(len - 1);
}
