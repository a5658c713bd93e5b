/* family: corrections for testing many rows at once. */
#include "core/stats/family.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"

struct ranked {
	double p;
	size_t at;
};

/* Ascending. Rows of equal p get equal answers, whatever their order. */
static int compare_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

static struct ranked *rank(const double *p, size_t len, size_t *known_out)
{
	struct ranked *items = stk_xcalloc(len ? len : 1, sizeof *items);
	size_t known = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isnan(p[i]))
			items[known++] = (struct ranked){p[i], i};
	}
	qsort(items, known, sizeof *items, compare_p);
	*known_out = known;
	return items;
}

void stk_family_bh(const double *p, size_t len, double *out)
{
	size_t known;
	struct ranked *items = rank(p, len, &known);
	double least = 1.0;

	for (size_t i = 0; i < len; i++)
		out[i] = NAN;
	for (size_t i = known; i-- > 0;) {
		least = fmin(least, items[i].p * (double)known / (double)(i + 1));
		out[items[i].at] = least;
	}
	free(items);
}

void stk_family_holm(const double *p, size_t len, double *out)
{
	size_t known;
	struct ranked *items = rank(p, len, &known);
	double most = 0.0;

	for (size_t i = 0; i < len; i++)
		out[i] = NAN;
	for (size_t i = 0; i < known; i++) {
		most = fmax(most, fmin(1.0, items[i].p * (double)(known - i)));
		out[items[i].at] = most;
	}
	free(items);
}

double stk_family_fcr_level(double q, size_t selected, size_t tested)
{
	if (tested == 0)
		return 1.0 - q;
	return 1.0 - q * (double)(selected ? selected : 1) / (double)tested;
}
