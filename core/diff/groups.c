/* groups: functions with all they call, and packages, as rows of a comparison of their own. */
#include "core/diff/groups.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/diff/package.h"
#include "core/diff/runtime.h"

/* Of a group: from here on one function is all of it; of the program: it is the whole. */
#define ALONE 0.9
#define WHOLE 0.95

struct package {
	struct stk_str name;
	double sum, largest;
	uint32_t functions;
};

STK_VEC_TYPE(packages, struct package);

static const struct stk_diff_function *shown_function(const struct stk_matrix *matrix, size_t row)
{
	const struct stk_matrix_row *one = &matrix->rows[row];
	int side = one->total[STK_SIDE_HEAD] > 0.0 ? STK_SIDE_HEAD : STK_SIDE_BASE;

	return &matrix->input->functions.items[one->function[side]];
}

static double everything(const struct stk_matrix *matrix)
{
	return matrix->all_total[STK_SIDE_BASE] + matrix->all_total[STK_SIDE_HEAD];
}

static bool is_share_of_interest(const struct stk_matrix *matrix, double value, double min_share)
{
	double all = everything(matrix);

	return value > 0.0 && value >= min_share * all && value <= WHOLE * all;
}

static void number_rows(struct stk_groups *groups)
{
	const struct stk_matrix *matrix = groups->functions;

	for (int side = 0; side < STK_SIDES; side++) {
		groups->row_of[side] = stk_xcalloc(matrix->len + 1, sizeof(uint32_t));
		for (size_t i = 0; i < matrix->len; i++)
			groups->row_of[side][i] = (uint32_t)i;
	}
	for (size_t i = 0; i < matrix->len; i++) {
		if (matrix->rows[i].renamed)
			groups->row_of[STK_SIDE_HEAD][matrix->rows[i].function[STK_SIDE_HEAD]] =
				(uint32_t)i;
	}
}

static void add_totals(struct stk_groups *groups, double min_share)
{
	const struct stk_matrix *matrix = groups->functions;

	for (size_t i = 0; i < matrix->len; i++) {
		const struct stk_matrix_row *row = &matrix->rows[i];
		double total = row->total[0] + row->total[1], self = row->value[0] + row->value[1];

		groups->total_of[i] = STK_GROUPS_NONE;
		if (self > ALONE * total || !is_share_of_interest(matrix, total, min_share))
			continue;
		groups->total_of[i] = (uint32_t)groups->input.functions.len;
		groups->rows[groups->input.functions.len] = (uint32_t)i;
		stk_vec_push(&groups->input.functions, *shown_function(matrix, i));
	}
	groups->totals = groups->input.functions.len;
}

/* Packages of the rows; package_of: number in the list. */
static void collect_packages(struct stk_groups *groups, struct packages *out)
{
	const struct stk_matrix *matrix = groups->functions;
	struct stk_map index = STK_MAP_INIT;

	for (size_t i = 0; i < matrix->len; i++) {
		const struct stk_matrix_row *row = &matrix->rows[i];
		const struct stk_diff_function *function = shown_function(matrix, i);
		struct stk_str name = stk_package_of(function->name, function->file);
		double self = row->value[0] + row->value[1];
		union stk_map_value *slot;
		struct package *one;
		bool added;

		groups->package_of[i] = STK_GROUPS_NONE;
		if (name.len == 0 || !(self > 0.0) || stk_runtime_is_own(function->name))
			continue;
		slot = stk_map_put(&index, name, &added);
		if (added) {
			slot->num = out->len;
			one = stk_vec_push_new(out);
			one->name = name;
		}
		one = &out->items[slot->num];
		one->functions++;
		one->sum += self;
		one->largest = self > one->largest ? self : one->largest;
		groups->package_of[i] = (uint32_t)slot->num;
	}
	stk_map_release(&index);
}

static void add_packages(struct stk_groups *groups, double min_share)
{
	const struct stk_matrix *matrix = groups->functions;
	struct packages packages = STK_VEC_INIT;
	uint32_t *group;

	collect_packages(groups, &packages);
	group = stk_xcalloc(packages.len + 1, sizeof *group);
	for (size_t i = 0; i < packages.len; i++) {
		const struct package *one = &packages.items[i];

		group[i] = STK_GROUPS_NONE;
		if (one->functions < 2 || one->largest > ALONE * one->sum ||
			!is_share_of_interest(matrix, one->sum, min_share))
			continue;
		group[i] = (uint32_t)groups->input.functions.len;
		stk_vec_push(&groups->input.functions,
			(struct stk_diff_function){
				.name = stk_arena_str(&groups->input.arena, one->name),
				.file = ""});
	}
	for (size_t i = 0; i < matrix->len; i++) {
		if (groups->package_of[i] != STK_GROUPS_NONE)
			groups->package_of[i] = group[groups->package_of[i]];
	}
	free(group);
	stk_vec_release(&packages);
}

/* What a slice holds of a group; moment: sum of value * value per sample. */
struct cell {
	int64_t value;
	double moment;
};

static void add_to_cell(struct cell *cells, uint32_t group, int64_t value, double samples)
{
	if (group == STK_GROUPS_NONE || value <= 0)
		return;
	cells[group].value += value;
	if (samples > 0.0)
		cells[group].moment += (double)value * (double)value / samples;
}

static void add_slice(
	struct stk_groups *groups, const struct stk_diff_slice *from, struct cell *cells)
{
	size_t len = groups->input.functions.len;
	struct stk_diff_slice *slice =
		stk_diff_input_slice(&groups->input, from->side, from->pair, from->requests);

	slice->instance = from->instance;
	slice->total = from->total;
	slice->samples = from->samples;
	memset(cells, 0, len * sizeof *cells);
	for (size_t i = 0; i < from->values.len; i++) {
		const struct stk_diff_value *one = &from->values.items[i];
		uint32_t row = groups->row_of[from->side][one->function];

		add_to_cell(cells, groups->total_of[row], one->total, one->n_total);
		add_to_cell(cells, groups->package_of[row], one->self, one->n_self);
	}
	for (size_t i = 0; i < len; i++) {
		const struct cell *cell = &cells[i];
		double samples = cell->moment > 0.0
					 ? (double)cell->value * (double)cell->value / cell->moment
					 : 0.0;
		struct stk_diff_value value = {
			(uint32_t)i, cell->value, cell->value, samples, samples};

		if (cell->value > 0)
			stk_diff_slice_add(slice, &value);
	}
}

static void add_edges(struct stk_groups *groups)
{
	const struct stk_diff_input *input = groups->functions->input;

	for (size_t i = 0; i < input->edges.len; i++) {
		const struct stk_diff_edge *edge = &input->edges.items[i];

		for (int side = 0; side < STK_SIDES; side++) {
			uint32_t caller = groups->total_of[groups->row_of[side][edge->caller]];
			uint32_t callee = groups->total_of[groups->row_of[side][edge->callee]];

			if (caller != STK_GROUPS_NONE && callee != STK_GROUPS_NONE &&
				edge->value[side] > 0)
				stk_diff_input_edge(
					&groups->input, caller, callee, side, edge->value[side]);
		}
	}
}

void stk_groups_init(
	struct stk_groups *groups, const struct stk_matrix *functions, double min_share)
{
	const struct stk_diff_input *input = functions->input;
	size_t rows = functions->len;
	struct cell *cells;

	*groups = (struct stk_groups){.functions = functions,
		.rows = stk_xcalloc(rows + 1, sizeof(uint32_t)),
		.total_of = stk_xcalloc(rows + 1, sizeof(uint32_t)),
		.package_of = stk_xcalloc(rows + 1, sizeof(uint32_t))};
	stk_diff_input_init(&groups->input, input->type_id, input->short_name, input->unit);
	groups->input.is_level = input->is_level;
	groups->input.period = input->period;
	groups->input.tick_ns = input->tick_ns;
	number_rows(groups);
	add_totals(groups, min_share);
	add_packages(groups, min_share);
	cells = stk_xcalloc(groups->input.functions.len + 1, sizeof *cells);
	for (size_t i = 0; i < input->slices.len; i++) {
		if (input->slices.items[i].side >= 0 && input->slices.items[i].side < STK_SIDES)
			add_slice(groups, &input->slices.items[i], cells);
	}
	free(cells);
	add_edges(groups);
}

void stk_groups_release(struct stk_groups *groups)
{
	stk_diff_input_release(&groups->input);
	for (int side = 0; side < STK_SIDES; side++)
		free(groups->row_of[side]);
	free(groups->rows);
	free(groups->total_of);
	free(groups->package_of);
	*groups = (struct stk_groups){0};
}
