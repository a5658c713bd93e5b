/* matrix: the input as a matrix: one row per function, one column per pair, for both sides. */
#include "core/diff/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/tick.h"

/* Slices and requests of one pair number. */
struct column {
	int pair;
	int slices[STK_SIDES];
	int instances[STK_SIDES]; /* how many different ones */
	double requests[STK_SIDES];
};

STK_VEC_TYPE(columns, struct column);

static struct column *find_column(struct columns *columns, int pair)
{
	for (size_t i = 0; i < columns->len; i++) {
		if (columns->items[i].pair == pair)
			return &columns->items[i];
	}
	return NULL;
}

static int compare_columns(const void *a, const void *b)
{
	const struct column *x = a, *y = b;

	return (x->pair > y->pair) - (x->pair < y->pair);
}

static bool is_complete(const struct column *column, bool requests_needed)
{
	for (int side = 0; side < STK_SIDES; side++) {
		if (column->slices[side] == 0)
			return false;
		if (requests_needed && !(column->requests[side] > 0.0))
			return false;
	}
	return true;
}

static int slice_pair(const struct stk_diff_slice *slice, bool pool)
{
	return pool ? 0 : slice->pair;
}

/* True if no slice before number `at` is of the same side, pair and instance. */
static bool is_first_of_instance(const struct stk_diff_input *input, size_t at, bool pool)
{
	const struct stk_diff_slice *slice = &input->slices.items[at];

	for (size_t i = 0; i < at; i++) {
		const struct stk_diff_slice *before = &input->slices.items[i];

		if (before->side == slice->side && before->instance == slice->instance &&
			slice_pair(before, pool) == slice_pair(slice, pool))
			return false;
	}
	return true;
}

static void collect_columns(const struct stk_diff_input *input, bool pool, struct columns *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];
		struct column *column;

		if (slice->side < 0 || slice->side >= STK_SIDES || slice_pair(slice, pool) < 0)
			continue;
		column = find_column(out, slice_pair(slice, pool));
		if (!column) {
			column = stk_vec_push_new(out);
			column->pair = slice_pair(slice, pool);
		}
		column->slices[slice->side]++;
		column->requests[slice->side] += slice->requests;
		column->instances[slice->side] += is_first_of_instance(input, i, pool);
	}
	for (size_t i = 0; i < out->len; i++) {
		if (is_complete(&out->items[i], !pool && !input->is_level))
			out->items[kept++] = out->items[i];
	}
	out->len = kept;
	if (kept > 0)
		qsort(out->items, kept, sizeof *out->items, compare_columns);
}

static void allocate(const struct stk_diff_input *input, size_t pairs, struct stk_matrix *out)
{
	*out = (struct stk_matrix){.input = input, .pairs = pairs, .len = input->functions.len};
	out->rows = stk_xcalloc(out->len + 1, sizeof *out->rows);
	for (int side = 0; side < STK_SIDES; side++) {
		out->cells[side] = stk_xcalloc(out->len * pairs + 1, sizeof(double));
		out->requests[side] = stk_xcalloc(pairs + 1, sizeof(double));
		out->totals[side] = stk_xcalloc(pairs + 1, sizeof(double));
		out->samples[side] = stk_xcalloc(pairs + 1, sizeof(double));
	}
	for (size_t row = 0; row < out->len; row++)
		out->rows[row].function[0] = out->rows[row].function[1] = (uint32_t)row;
}

/* What a slice's values are divided by: levels are averaged over the slices of an instance. */
static double slice_weight(
	const struct stk_diff_input *input, const struct column *column, int side)
{
	if (!input->is_level)
		return 1.0;
	return (double)column->instances[side] / (double)column->slices[side];
}

static void add_slice(
	const struct stk_diff_slice *slice, size_t pair, double weight, struct stk_matrix *out)
{
	int side = slice->side;

	out->slices[side]++;
	out->totals[side][pair] += weight * (double)slice->total;
	out->samples[side][pair] += weight * slice->samples;
	for (size_t i = 0; i < slice->values.len; i++) {
		const struct stk_diff_value *value = &slice->values.items[i];
		struct stk_matrix_row *row = &out->rows[value->function];
		double self = (double)value->self;

		row->total[side] +=
			weight * (double)(value->total > value->self ? value->total : value->self);
		if (value->self <= 0)
			continue;
		out->cells[side][value->function * out->pairs + pair] += weight * self;
		if (value->n_self > 0.0)
			row->moment += weight * self * self / value->n_self;
	}
}

static void fill(const struct columns *columns, bool pool, const struct stk_diff_input *input,
	struct stk_matrix *out)
{
	for (size_t pair = 0; pair < columns->len; pair++) {
		const struct column *column = &columns->items[pair];

		for (int side = 0; side < STK_SIDES; side++) {
			double instances = (double)column->instances[side];

			out->requests[side][pair] =
				input->is_level ? 1.0 : column->requests[side] / instances;
		}
		for (size_t i = 0; i < input->slices.len; i++) {
			const struct stk_diff_slice *slice = &input->slices.items[i];

			if (slice->side >= 0 && slice->side < STK_SIDES &&
				slice_pair(slice, pool) == column->pair)
				add_slice(
					slice, pair, slice_weight(input, column, slice->side), out);
		}
	}
}

/* Unknown requests on a side make both sides count as one: costs are totals then. */
static void settle_requests(struct stk_matrix *matrix)
{
	if (matrix->requests[STK_SIDE_BASE][0] > 0.0 && matrix->requests[STK_SIDE_HEAD][0] > 0.0)
		return;
	matrix->requests[STK_SIDE_BASE][0] = matrix->requests[STK_SIDE_HEAD][0] = 1.0;
}

static void sum_row(struct stk_matrix *matrix, size_t at)
{
	struct stk_matrix_row *row = &matrix->rows[at];
	double all;

	for (int side = 0; side < STK_SIDES; side++) {
		row->value[side] = 0.0;
		for (size_t pair = 0; pair < matrix->pairs; pair++)
			row->value[side] += matrix->cells[side][at * matrix->pairs + pair];
	}
	all = row->value[0] + row->value[1];
	row->unit = all > 0.0 ? row->moment / all : 0.0;
	for (int side = 0; side < STK_SIDES; side++)
		row->n[side] = row->unit > 0.0 ? row->value[side] / row->unit : 0.0;
}

static void sum_all(struct stk_matrix *matrix)
{
	for (size_t row = 0; row < matrix->len; row++)
		sum_row(matrix, row);
	for (int side = 0; side < STK_SIDES; side++) {
		for (size_t pair = 0; pair < matrix->pairs; pair++) {
			matrix->all_requests[side] += matrix->requests[side][pair];
			matrix->all_total[side] += matrix->totals[side][pair];
			matrix->all_samples[side] += matrix->samples[side][pair];
		}
	}
}

int stk_matrix_build(
	const struct stk_diff_input *input, bool pool, struct stk_matrix *out, struct stk_err *err)
{
	struct columns columns = STK_VEC_INIT;

	collect_columns(input, pool, &columns);
	if (columns.len == 0) {
		stk_vec_release(&columns);
		return stk_err_set(err, STK_E_NOT_FOUND,
			"'%s': no pair has slices and requests on both sides", input->short_name);
	}
	allocate(input, columns.len, out);
	fill(&columns, pool, input, out);
	if (pool)
		settle_requests(out);
	sum_all(out);
	stk_vec_release(&columns);
	return 0;
}

void stk_matrix_release(struct stk_matrix *matrix)
{
	for (int side = 0; side < STK_SIDES; side++) {
		free(matrix->cells[side]);
		free(matrix->requests[side]);
		free(matrix->totals[side]);
		free(matrix->samples[side]);
	}
	free(matrix->rows);
	*matrix = (struct stk_matrix){0};
}

void stk_matrix_join(struct stk_matrix *matrix, size_t base, size_t head)
{
	size_t bytes = matrix->pairs * sizeof(double);
	double *cells = matrix->cells[STK_SIDE_HEAD];

	memcpy(&cells[base * matrix->pairs], &cells[head * matrix->pairs], bytes);
	memset(&cells[head * matrix->pairs], 0, bytes);
	matrix->rows[base].function[STK_SIDE_HEAD] = (uint32_t)head;
	matrix->rows[base].renamed = true;
	matrix->rows[base].moment += matrix->rows[head].moment;
	matrix->rows[base].total[STK_SIDE_HEAD] = matrix->rows[head].total[STK_SIDE_HEAD];
	matrix->rows[head].moment = matrix->rows[head].total[STK_SIDE_HEAD] = 0.0;
	sum_row(matrix, base);
	sum_row(matrix, head);
}

double stk_matrix_count(const struct stk_matrix *matrix, size_t row, int side, size_t pair)
{
	double unit = matrix->rows[row].unit;

	return unit > 0.0 ? matrix->cells[side][row * matrix->pairs + pair] / unit : 0.0;
}

double stk_matrix_cost(const struct stk_matrix *matrix, size_t row, int side)
{
	return matrix->rows[row].value[side] / matrix->all_requests[side];
}

double stk_matrix_total_cost(const struct stk_matrix *matrix, int side)
{
	return matrix->all_total[side] / matrix->all_requests[side];
}

double stk_matrix_share(const struct stk_matrix *matrix, size_t row)
{
	double all = matrix->all_total[0] + matrix->all_total[1];

	return all > 0.0 ? (matrix->rows[row].value[0] + matrix->rows[row].value[1]) / all : 0.0;
}

double stk_matrix_tick_error(const struct stk_matrix *matrix)
{
	double base = stk_matrix_total_cost(matrix, STK_SIDE_BASE);
	double head = stk_matrix_total_cost(matrix, STK_SIDE_HEAD);

	return stk_tick_error(matrix->input->tick_ns, 0.5 * (base + head), log(head / base));
}

double stk_matrix_row_tick_error(const struct stk_matrix *matrix, size_t row)
{
	return stk_matrix_tick_error(matrix) * (1.0 - stk_matrix_share(matrix, row));
}
