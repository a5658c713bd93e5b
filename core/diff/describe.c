/* describe: what a matrix says of a row, of everything and of itself, before anything is tested. */
#include "core/diff/describe.h"

#include <math.h>

#include "core/diff/verdict.h"

struct stk_row stk_describe_row(const struct stk_matrix *matrix, size_t at, struct stk_run *run)
{
	const struct stk_matrix_row *from = &matrix->rows[at];
	double base_total = stk_matrix_total_cost(matrix, STK_SIDE_BASE);
	int side = from->value[STK_SIDE_HEAD] > 0.0 ? STK_SIDE_HEAD : STK_SIDE_BASE;
	struct stk_row row = stk_verdict_row();

	row.function = stk_diff_input_describe(matrix->input, from->function[side], side, run);
	if (from->renamed)
		row.partner = stk_diff_input_describe(
			matrix->input, from->function[STK_SIDE_BASE], STK_SIDE_BASE, run);
	row.base_cost = stk_matrix_cost(matrix, at, STK_SIDE_BASE);
	row.head_cost = stk_matrix_cost(matrix, at, STK_SIDE_HEAD);
	row.n_base = from->n[STK_SIDE_BASE];
	row.n_head = from->n[STK_SIDE_HEAD];
	row.impact = base_total > 0.0 ? (row.head_cost - row.base_cost) / base_total : NAN;
	row.share = from->value[STK_SIDE_BASE] > 0.0
			    ? from->value[STK_SIDE_BASE] / matrix->all_total[STK_SIDE_BASE]
			    : stk_matrix_share(matrix, at);
	return row;
}

struct stk_row stk_describe_total(const struct stk_matrix *matrix)
{
	struct stk_row row = stk_verdict_row();

	row.function.name = "total";
	row.function.file = "";
	row.base_cost = stk_matrix_total_cost(matrix, STK_SIDE_BASE);
	row.head_cost = stk_matrix_total_cost(matrix, STK_SIDE_HEAD);
	row.n_base = matrix->all_samples[STK_SIDE_BASE];
	row.n_head = matrix->all_samples[STK_SIDE_HEAD];
	row.share = 1.0;
	return row;
}

struct stk_comparison stk_describe_comparison(
	const struct stk_matrix *matrix, double shift, double q, struct stk_run *run)
{
	const struct stk_diff_input *input = matrix->input;
	double all = matrix->all_total[0] + matrix->all_total[1];

	return (struct stk_comparison){.type_id = stk_run_text(run, input->type_id),
		.short_name = stk_run_text(run, input->short_name),
		.unit = stk_run_text(run, input->unit),
		.is_level = input->is_level,
		.pairs = (int)matrix->pairs,
		.slices_base = matrix->slices[STK_SIDE_BASE],
		.slices_head = matrix->slices[STK_SIDE_HEAD],
		.samples_base = matrix->all_samples[STK_SIDE_BASE],
		.samples_head = matrix->all_samples[STK_SIDE_HEAD],
		.hz = input->hz,
		.period = input->period,
		.unlabelled = NAN,
		.other = all > 0.0 ? (input->other[0] + input->other[1]) / all : 0.0,
		.common_shift = expm1(shift),
		.q_threshold = q,
		.changed_share = NAN,
		.total = stk_verdict_row()};
}
