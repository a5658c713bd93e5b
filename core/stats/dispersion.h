/* dispersion: the numbers of two unpaired groups of slices (reference regression 6.5). */
#ifndef STK_CORE_STATS_DISPERSION_H
#define STK_CORE_STATS_DISPERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/stats/prior.h"

/* One group: rows x slices, row after row. */
struct stk_dispersion_group {
	size_t slices;
	const double *counts;
	const double *requests; /* per slice */
};

/* Functions by their share of the total: below 1 %, 2 %, 5 %, and above. What lies between windows
 * is measured for each of them. */
enum { STK_DISPERSION_BANDS = 4 };
int stk_dispersion_band(double share);

struct stk_dispersion_data {
	size_t rows;
	struct stk_dispersion_group base, head; /* at least two slices each */
	double sigma_aa;                        /* between windows, on theta; 0 = none */
	const double *sigma_rows; /* the same row by row, in place of sigma_aa; NULL = alike */
	double df_aa;             /* degrees of freedom behind it; 0 = there is none */
	double inflation;         /* of standard errors; 0 = 1 */
	bool robust;              /* set bursty rows apart */
};

struct stk_dispersion_row {
	double n_base, n_head;
	double theta; /* raw log ratio */
	double phi, phi_shrunk;
	double se, df;
};

/* Owned arrays. */
struct stk_dispersion {
	size_t rows;
	double *cm_base, *cm_head; /* per slice: common mode inside a group */
	double tau2;
	struct stk_prior prior;
	double shift; /* g: lower weighted median of theta */
	struct stk_dispersion_row *items;
};

void stk_dispersion_fit(const struct stk_dispersion_data *data, struct stk_dispersion *out);
void stk_dispersion_release(struct stk_dispersion *dispersion);

#endif
