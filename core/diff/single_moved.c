/* single_moved: moved cost of two profiles without replicates (reference regression 6.11, 6.13). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/moved.h"
#include "core/diff/single_priv.h"

/* Of 90 %, by the normal: nothing tells how much the two windows scatter. */
#define Z90 1.6448536269514722

struct state {
	const struct stk_single *single;
	const struct stk_moved_row *rows;
};

/* As stk_moved_change_fn: the counts with the dispersion and the window effect that are assumed. */
static double change_together(const size_t *numbers, size_t len, double *half_out, const void *ctx)
{
	const struct state *state = ctx;
	const struct stk_matrix *matrix = &state->single->matrix;
	double cost[STK_SIDES] = {0.0, 0.0}, variance = 0.0;

	for (int side = 0; side < STK_SIDES; side++) {
		double scale = 1.0 / matrix->all_requests[side];

		if (side == STK_SIDE_HEAD)
			scale *= exp(-state->single->shift);
		for (size_t i = 0; i < len; i++) {
			const struct stk_matrix_row *row =
				&matrix->rows[state->rows[numbers[i]].at];

			cost[side] += row->value[side] * scale;
			variance += STK_SINGLE_DISPERSION * row->value[side] * row->unit * scale *
				    scale;
		}
		variance += pow(STK_SINGLE_WINDOW_CV * cost[side], 2);
	}
	*half_out = Z90 * sqrt(variance);
	return cost[STK_SIDE_HEAD] - cost[STK_SIDE_BASE];
}

static bool is_verdict_kept(const struct stk_row *row, double q)
{
	return row->verdict != STK_VERDICT_INCONCLUSIVE || !row->tested || !(row->q < q);
}

/* A suspect is looked at as what it would be if there were replicates, and is a suspect again if
 * nothing explains it. */
void stk_single_find_moved(
	const struct stk_single *single, const size_t *at, struct stk_row *rows, size_t len)
{
	struct state state = {.single = single};
	struct stk_moved moved = {
		.matrix = &single->matrix, .len = len, .change = change_together, .ctx = &state};
	enum stk_verdict *before = stk_xcalloc(len + 1, sizeof *before);

	moved.rows = stk_xcalloc(len + 1, sizeof *moved.rows);
	state.rows = moved.rows;
	for (size_t i = 0; i < len; i++) {
		moved.rows[i] = (struct stk_moved_row){at[i], &rows[i]};
		before[i] = rows[i].verdict;
		if (!is_verdict_kept(&rows[i], single->opts->q))
			rows[i].verdict = rows[i].theta > 0 ? STK_VERDICT_REGRESSION
							    : STK_VERDICT_IMPROVEMENT;
	}
	stk_moved_find(&moved);
	for (size_t i = 0; i < len; i++)
		if (rows[i].verdict != STK_VERDICT_MOVED)
			rows[i].verdict = before[i];
	free(moved.rows);
	free(before);
}
