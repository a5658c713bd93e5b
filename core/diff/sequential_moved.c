/* sequential_moved: moved cost of two windows apart in time (reference regression 6.11, 6.5). */
#include "core/diff/sequential_moved.h"

#include <math.h>
#include <stdlib.h>

#include "core/stats/order.h"
#include "core/stats/student.h"

struct state {
	const struct stk_sequential_moved *windows;
	const struct stk_moved_row *rows;
	double *cells[STK_SIDES]; /* rows x slices: values */
};

/* What some rows together cost per request on one side. */
struct cost {
	double mean, variance; /* the variance of that mean */
};

ptrdiff_t stk_sequential_find_place(const int *places, size_t len, int place)
{
	for (size_t i = 0; i < len; i++) {
		if (places[i] == place)
			return (ptrdiff_t)i;
	}
	return -1;
}

static void fill_cells(struct state *state, size_t len, int number)
{
	const struct stk_matrix *matrix = state->windows->matrix;
	const struct stk_sequential_slices *side = &state->windows->sides[number];
	size_t *row_of = stk_xcalloc(matrix->input->functions.len + 1, sizeof *row_of);

	state->cells[number] = stk_xcalloc(len * side->len + 1, sizeof(double));
	for (size_t row = 0; row < len; row++)
		row_of[matrix->rows[state->rows[row].at].function[number]] = row + 1;
	for (size_t i = 0; i < matrix->input->slices.len; i++) {
		const struct stk_diff_slice *slice = &matrix->input->slices.items[i];
		ptrdiff_t at = slice->side == number ? stk_sequential_find_place(
							       side->places, side->len, slice->pair)
						     : -1;

		for (size_t k = 0; at >= 0 && k < slice->values.len; k++) {
			size_t row = row_of[slice->values.items[k].function];

			if (row > 0)
				state->cells[number][(row - 1) * side->len + (size_t)at] +=
					(double)slice->values.items[k].self;
		}
	}
	free(row_of);
}

/* Scatter of the slices, but never less than counting samples allows. */
static struct cost cost_of(const struct state *state, int number, const size_t *rows, size_t len)
{
	const struct stk_sequential_slices *side = &state->windows->sides[number];
	double *costs = stk_xcalloc(side->len + 1, sizeof *costs);
	double requests = 0.0, value = 0.0, counting = 0.0;
	struct cost out;

	for (size_t i = 0; i < side->len; i++) {
		for (size_t k = 0; k < len; k++) {
			double cell = state->cells[number][rows[k] * side->len + i];

			costs[i] += cell;
			counting +=
				cell * state->windows->matrix->rows[state->rows[rows[k]].at].unit;
		}
		value += costs[i];
		requests += side->requests[i];
		costs[i] /= side->requests[i];
	}
	out.mean = value / requests;
	out.variance = fmax(stk_order_variance(costs, side->len) / (double)side->len,
		counting / (requests * requests));
	free(costs);
	return out;
}

static double share_of(const struct state *state, const size_t *rows, size_t len)
{
	double share = 0.0;

	for (size_t i = 0; i < len; i++)
		share += stk_matrix_share(state->windows->matrix, state->rows[rows[i]].at);
	return share;
}

/* As stk_moved_change_fn: scatter within the windows, and what separates two of the same build. */
static double change_together(const size_t *rows, size_t len, double *half_out, const void *ctx)
{
	const struct state *state = ctx;
	const struct stk_sequential_moved *windows = state->windows;
	double scale = exp(-windows->shift), sigma, within, between, df;
	struct cost base = cost_of(state, STK_SIDE_BASE, rows, len);
	struct cost head = cost_of(state, STK_SIDE_HEAD, rows, len);

	head.mean *= scale;
	head.variance *= scale * scale;
	sigma = windows->aa->sigma[stk_dispersion_band(share_of(state, rows, len))] *
		(base.mean + head.mean) / 2.0;
	within = base.variance + head.variance;
	between = sigma * sigma;
	df = (double)(windows->sides[0].len + windows->sides[1].len) - 2.0;
	df = (within + between) * (within + between) /
	     fmax(1e-300, within * within / df + between * between / windows->aa->df);
	*half_out = windows->aa->inflation * stk_student_quantile(0.95, fmax(1.0, df)) *
		    sqrt(within + between);
	return head.mean - base.mean;
}

void stk_sequential_find_moved(
	const struct stk_sequential_moved *windows, struct stk_moved_row *rows, size_t len)
{
	struct state state = {.windows = windows, .rows = rows};
	struct stk_moved moved = {.matrix = windows->matrix,
		.rows = rows,
		.len = len,
		.is_groups = windows->is_groups,
		.change = change_together,
		.ctx = &state};

	for (int side = 0; side < STK_SIDES; side++)
		fill_cells(&state, len, side);
	stk_moved_find(&moved);
	for (int side = 0; side < STK_SIDES; side++)
		free(state.cells[side]);
}
