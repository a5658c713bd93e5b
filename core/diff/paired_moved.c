/* paired_moved: moved cost of paired blocks: what rows together changed by in each pair. */
#include <math.h>
#include <stdlib.h>

#include "core/diff/moved.h"
#include "core/diff/paired.h"
#include "core/stats/order.h"
#include "core/stats/student.h"

/* Change of cost of one entry in one pair, common shift taken out, and its counting error. */
static double change_in(const struct stk_paired *paired, size_t entry, size_t pair, double *var)
{
	const struct stk_matrix *matrix = &paired->matrix;
	size_t at = paired->entries.items[entry].at;
	double unit = matrix->rows[at].unit, out[STK_SIDES];

	for (int side = 0; side < STK_SIDES; side++) {
		double scale = 1.0 / matrix->requests[side][pair];
		double value = matrix->cells[side][at * matrix->pairs + pair];

		if (side == STK_SIDE_HEAD)
			scale *= exp(-paired->shift[pair]);
		out[side] = value * scale;
		*var += unit * value * scale * scale;
	}
	return out[STK_SIDE_HEAD] - out[STK_SIDE_BASE];
}

/* As stk_moved_change_fn: a t interval over the pairs, never narrower than counting allows. */
static double change_together(const size_t *numbers, size_t len, double *half_out, const void *ctx)
{
	const struct stk_paired *paired = ctx;
	size_t pairs = paired->matrix.pairs;
	double *sums = stk_xcalloc(pairs, sizeof *sums);
	double counting = 0.0, mean, variance;

	for (size_t pair = 0; pair < pairs; pair++) {
		for (size_t i = 0; i < len; i++)
			sums[pair] += change_in(paired, numbers[i], pair, &counting);
	}
	mean = stk_order_mean(sums, pairs);
	variance = fmax(stk_order_variance(sums, pairs), counting / (double)pairs);
	*half_out =
		stk_student_quantile(0.95, (double)pairs - 1.0) * sqrt(variance / (double)pairs);
	free(sums);
	return mean;
}

void stk_paired_find_moved(struct stk_paired *paired)
{
	struct stk_moved moved = {.matrix = &paired->matrix,
		.len = paired->entries.len,
		.is_groups = paired->is_groups,
		.change = change_together,
		.ctx = paired};

	if (paired->matrix.pairs < 2)
		return;
	moved.rows = stk_xcalloc(moved.len + 1, sizeof *moved.rows);
	for (size_t i = 0; i < moved.len; i++)
		moved.rows[i] = (struct stk_moved_row){
			paired->entries.items[i].at, &paired->entries.items[i].row};
	stk_moved_find(&moved);
	free(moved.rows);
}
