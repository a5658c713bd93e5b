/* matrix: the input as a matrix: one row per function, one column per pair, for both sides.
 *
 * A row is one function, or two that are one under an old and a new name. Counts are the
 * row's values over one unit (value per sample) that is the same for all its cells, so that a
 * ratio of counts is a ratio of costs. */
#ifndef STK_CORE_DIFF_MATRIX_H
#define STK_CORE_DIFF_MATRIX_H

#include "core/base/err.h"
#include "core/diff/input.h"

struct stk_matrix_row {
	uint32_t function[STK_SIDES]; /* numbers in the input; differ when renamed */
	bool renamed;
	double unit;             /* value per sample; 0 = unknown */
	double moment;           /* sum of value * unit over the cells, for joining rows */
	double value[STK_SIDES]; /* over all pairs */
	double n[STK_SIDES];
	double total[STK_SIDES]; /* with all below it, over all pairs */
};

struct stk_matrix {
	const struct stk_diff_input *input;
	size_t pairs, len;
	struct stk_matrix_row *rows;
	double *cells[STK_SIDES];    /* len x pairs: values */
	double *requests[STK_SIDES]; /* per pair; a level has 1 */
	double *totals[STK_SIDES];   /* per pair: value of everything */
	double *samples[STK_SIDES];  /* per pair */
	double all_requests[STK_SIDES], all_total[STK_SIDES], all_samples[STK_SIDES];
	int slices[STK_SIDES];
};

/* Pairs that have slices and requests on both sides, in order of their number.
 * pool: everything in one column, whatever its pair; requests may be unknown (0) then.
 * STK_E_NOT_FOUND when no pair is complete. */
int stk_matrix_build(const struct stk_diff_input *input, bool pool, struct stk_matrix *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_matrix_release(struct stk_matrix *matrix);

/* Make row `head` the head side of row `base`; `head` stays behind empty. */
void stk_matrix_join(struct stk_matrix *matrix, size_t base, size_t head);

/* Samples behind one cell. */
double stk_matrix_count(const struct stk_matrix *matrix, size_t row, int side, size_t pair);
/* Cost per request of a row over all pairs; of everything. */
double stk_matrix_cost(const struct stk_matrix *matrix, size_t row, int side);
double stk_matrix_total_cost(const struct stk_matrix *matrix, int side);
/* Share of the pooled total of both sides. */
double stk_matrix_share(const struct stk_matrix *matrix, size_t row);
/* What core/stats/tick.h grants a small row; a row, which has none of it where it holds all. */
double stk_matrix_tick_error(const struct stk_matrix *matrix);
double stk_matrix_row_tick_error(const struct stk_matrix *matrix, size_t row);

#endif
