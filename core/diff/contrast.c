/* contrast: every function of two ends side by side, with intervals where there are replicates. */
#include "core/diff/contrast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/map.h"
#include "core/diff/compare.h"
#include "core/diff/matrix.h"
#include "core/diff/rename.h"

/* Places that a side has slices in; pods that share one are one replicate. */
static int count_places(const struct stk_diff_input *input, int side)
{
	struct stk_map places = STK_MAP_INIT;
	int count;

	for (size_t i = 0; i < input->slices.len; i++) {
		struct stk_str key = {(const char *)&input->slices.items[i].pair,
			sizeof input->slices.items[i].pair};

		if (input->slices.items[i].side == side)
			(void)stk_map_put(&places, key, NULL); /* only its presence counts */
	}
	count = (int)places.len;
	stk_map_release(&places);
	return count;
}

static bool has_spread(const struct stk_diff_input *input, enum stk_difference_per per)
{
	return per != STK_PER_ALL && count_places(input, STK_SIDE_BASE) >= STK_COMPARE_SLICES_MIN &&
	       count_places(input, STK_SIDE_HEAD) >= STK_COMPARE_SLICES_MIN;
}

/* --- rows of the comparison by name ----------------------------------------------------------- */

static void add_key(const struct stk_function *function, struct stk_buf *key)
{
	stk_buf_clear(key);
	stk_buf_add_text(key, function->name);
	stk_buf_add_byte(key, '\0');
	stk_buf_add_text(key, function->file ? function->file : "");
}

static void index_rows(const struct stk_comparison *comparison, struct stk_map *rows)
{
	struct stk_buf key = STK_BUF_EMPTY;

	for (size_t i = 0; i < comparison->rows.len; i++) {
		add_key(&comparison->rows.items[i].function, &key);
		stk_map_put(rows, stk_buf_str(&key), NULL)->num = i;
	}
	stk_buf_release(&key);
}

/* Interval and moved cost, as the comparison has them. */
static void take_judgement(const struct stk_comparison *comparison, const struct stk_map *rows,
	bool has_spread, struct stk_difference_row *row)
{
	struct stk_buf key = STK_BUF_EMPTY;
	const union stk_map_value *found;

	add_key(&row->function, &key);
	found = stk_map_find(rows, stk_buf_str(&key));
	stk_buf_release(&key);
	if (!found)
		return;
	const struct stk_row *from = &comparison->rows.items[found->num];
	if (has_spread) {
		row->lo = from->lo;
		row->hi = from->hi;
		row->is_sure = from->tested && from->q < comparison->q_threshold;
	}
	if (from->verdict != STK_VERDICT_MOVED || row->partner.name)
		return;
	if (from->partner.name)
		row->moved = from->partner;
	else
		row->moved_within = from->reason;
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct stk_difference_row describe(
	const struct stk_matrix *matrix, size_t at, double base_total, struct stk_run *run)
{
	const struct stk_matrix_row *from = &matrix->rows[at];
	bool in_head = from->total[STK_SIDE_HEAD] > 0.0;
	int side = in_head ? STK_SIDE_HEAD : STK_SIDE_BASE;
	struct stk_difference_row row = {.lo = NAN, .hi = NAN};

	row.function = stk_diff_input_describe(matrix->input, from->function[side], side, run);
	if (from->renamed)
		row.partner = stk_diff_input_describe(
			matrix->input, from->function[STK_SIDE_BASE], STK_SIDE_BASE, run);
	for (int i = 0; i < STK_SIDES; i++) {
		row.self[i] = stk_matrix_cost(matrix, at, i);
		row.total[i] = from->total[i] / matrix->all_requests[i];
		row.n[i] = from->n[i];
	}
	row.change = row.self[STK_SIDE_BASE] > 0.0
			     ? row.self[STK_SIDE_HEAD] / row.self[STK_SIDE_BASE] - 1.0
			     : NAN;
	row.impact = base_total > 0.0
			     ? (row.self[STK_SIDE_HEAD] - row.self[STK_SIDE_BASE]) / base_total
			     : NAN;
	return row;
}

static int by_change(const void *a, const void *b)
{
	const struct stk_difference_row *x = a, *y = b;
	double dx = fabs(x->self[1] - x->self[0]), dy = fabs(y->self[1] - y->self[0]);

	if (dx != dy)
		return dx < dy ? 1 : -1;
	dx = fabs(x->total[1] - x->total[0]);
	dy = fabs(y->total[1] - y->total[0]);
	if (dx != dy)
		return dx < dy ? 1 : -1;
	return strcmp(x->function.name, y->function.name);
}

static void fill_rows(const struct stk_matrix *matrix, const struct stk_comparison *comparison,
	struct stk_run *run, struct stk_difference *out)
{
	struct stk_map rows = STK_MAP_INIT;

	index_rows(comparison, &rows);
	for (size_t at = 0; at < matrix->len; at++) {
		const struct stk_matrix_row *from = &matrix->rows[at];

		if (from->total[0] <= 0.0 && from->total[1] <= 0.0)
			continue; /* joined to another, or nothing */
		struct stk_difference_row row =
			describe(matrix, at, out->ends[STK_SIDE_BASE].total, run);
		take_judgement(comparison, &rows, out->has_spread, &row);
		stk_vec_push(&out->rows, row);
	}
	if (out->rows.len > 1)
		qsort(out->rows.items, out->rows.len, sizeof *out->rows.items, by_change);
	stk_map_release(&rows);
}

static void fill_ends(const struct stk_matrix *matrix, struct stk_difference *out)
{
	for (int side = 0; side < STK_SIDES; side++) {
		out->ends[side].slices = matrix->slices[side];
		out->ends[side].samples = matrix->all_samples[side];
		out->ends[side].divisor = matrix->all_requests[side];
		out->ends[side].total = stk_matrix_total_cost(matrix, side);
	}
}

int stk_contrast_make(const struct stk_diff_input *input, enum stk_difference_per per,
	struct stk_run *run, struct stk_difference *out, struct stk_err *err)
{
	struct stk_comparison comparison = {0};
	struct stk_difference made = {.per = per, .has_spread = has_spread(input, per)};
	struct stk_matrix matrix;
	int rc = stk_matrix_build(input, true, &matrix, err);

	if (rc < 0)
		return rc;
	rc = made.has_spread ? stk_compare_sequential(input, NULL, NULL, run, &comparison, err)
			     : stk_compare_single(input, NULL, run, &comparison, err);
	if (rc < 0)
		goto out;
	(void)stk_rename_join(&matrix); /* how many is not asked */
	made.type_id = stk_run_text(run, input->type_id);
	made.short_name = stk_run_text(run, input->short_name);
	made.unit = stk_run_text(run, input->unit);
	made.change = made.lo = made.hi = NAN;
	fill_ends(&matrix, &made);
	if (made.ends[STK_SIDE_BASE].total > 0.0)
		made.change = made.ends[STK_SIDE_HEAD].total / made.ends[STK_SIDE_BASE].total - 1.0;
	if (made.has_spread) {
		made.lo = comparison.total.lo;
		made.hi = comparison.total.hi;
		made.common_shift = comparison.common_shift;
	}
	fill_rows(&matrix, &comparison, run, &made);
	stk_vec_push(&run->comparisons, comparison);
	*out = made;
	memset(&comparison, 0, sizeof comparison); /* the run's now */
out:
	stk_vec_release(&comparison.rows);
	stk_vec_release(&comparison.sensitivity);
	stk_matrix_release(&matrix);
	return rc;
}
