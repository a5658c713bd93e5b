/* blocks: the numbers of a paired comparison: many rows, a few pairs of blocks.
 *
 * Reference regression 6.6: log ratios per pair, the pair's common shift taken out,
 * variances shrunk towards each other, never below counting error. */
#ifndef STK_CORE_STATS_BLOCKS_H
#define STK_CORE_STATS_BLOCKS_H

#include <stddef.h>

#include "core/stats/prior.h"

/* Which common shift is taken out of a pair. */
enum stk_blocks_shift {
	STK_BLOCKS_MEDIAN, /* of the rows: as the reference has it */
	STK_BLOCKS_ROBUST, /* weighted mean of the rows that stand near each other, see .c */
	STK_BLOCKS_NONE
};

/* rows x pairs, row after row: counts[row * pairs + pair]. */
struct stk_blocks_data {
	size_t rows, pairs;
	const double *base, *head;                   /* counts */
	const double *base_requests, *head_requests; /* per pair */
	enum stk_blocks_shift shift;
};

struct stk_blocks_row {
	double theta;     /* mean log ratio, common shift taken out */
	double raw;       /* with it */
	double s2, floor; /* variance between pairs; counting error of one pair */
	double s2_shrunk;
	double se, df;
	double least, most; /* theta with any one pair left out */
};

/* Owned arrays. */
struct stk_blocks {
	size_t rows, pairs;
	double *logs;       /* rows x pairs, shift not taken out */
	double *shift;      /* per pair */
	double shift_error; /* of their mean, in every row's se; 0 where no lasting shift is taken
			       out */
	double tau2;
	struct stk_prior prior;
	struct stk_blocks_row *items;
};

/* At least two pairs and one row. */
void stk_blocks_fit(const struct stk_blocks_data *data, struct stk_blocks *out);
void stk_blocks_release(struct stk_blocks *blocks);

/* ln((head + 1/2)/R_head) - ln((base + 1/2)/R_base). */
double stk_blocks_log_ratio(double base, double head, double base_requests, double head_requests);

#endif
