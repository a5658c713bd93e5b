/* groups_fold: which findings of groups say no more than what is named below them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/groups.h"

/* Of a finding's change, to be folded. */
#define FOLDED_MIN 0.8

/* Longer chains of calls than this count as if what is below were not named. */
enum { ROUNDS_MAX = 200 };

/* One side of the functions over all slices, by row. */
struct flow {
	double *total, *self;
	double *named; /* of total: what runs through named functions */
};

struct fold {
	const struct stk_groups *groups;
	struct stk_groups_folding *folding;
	struct flow sides[STK_SIDES];
};

static void sum_side(const struct stk_groups *groups, int side, struct flow *flow)
{
	const struct stk_diff_input *input = groups->functions->input;

	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];

		for (size_t k = 0; slice->side == side && k < slice->values.len; k++) {
			const struct stk_diff_value *value = &slice->values.items[k];
			uint32_t row = groups->row_of[side][value->function];

			flow->self[row] += (double)value->self;
			flow->total[row] += (double)value->total;
		}
	}
}

/* What of a row runs through named functions when all of a callee's parts are alike. */
static void spread(const struct fold *fold, int side, double *next)
{
	const struct stk_groups *groups = fold->groups;
	const struct stk_diff_input *input = groups->functions->input;
	const struct flow *flow = &fold->sides[side];

	for (size_t row = 0; row < groups->functions->len; row++)
		next[row] = fold->folding->named[row] ? flow->self[row] : 0.0;
	for (size_t i = 0; i < input->edges.len; i++) {
		const struct stk_diff_edge *edge = &input->edges.items[i];
		uint32_t caller = groups->row_of[side][edge->caller];
		uint32_t callee = groups->row_of[side][edge->callee];

		if (caller != callee && flow->total[callee] > 0.0)
			next[caller] += (double)edge->value[side] * flow->named[callee] /
					flow->total[callee];
	}
	for (size_t row = 0; row < groups->functions->len; row++)
		next[row] = fmin(next[row], flow->total[row]);
}

static void settle(const struct fold *fold, int side)
{
	size_t rows = fold->groups->functions->len;
	const struct flow *flow = &fold->sides[side];
	double *next = stk_xcalloc(rows + 1, sizeof *next);
	bool changed = true;

	for (size_t row = 0; row < rows; row++)
		flow->named[row] = fold->folding->named[row] ? flow->total[row] : 0.0;
	for (int round = 0; changed && round < ROUNDS_MAX; round++) {
		changed = false;
		spread(fold, side, next);
		for (size_t row = 0; row < rows; row++) {
			if (fold->folding->named[row])
				continue;
			changed |= fabs(next[row] - flow->named[row]) > 1e-9 * flow->total[row];
			flow->named[row] = next[row];
		}
	}
	free(next);
}

static void settle_both(const struct fold *fold)
{
	for (int side = 0; side < STK_SIDES; side++)
		settle(fold, side);
}

/* What of a row's total runs through named functions below it, or is its own where it is named;
 * unlike flow->named, which counts all of a named row. */
static double below(const struct fold *fold, int side, size_t row)
{
	size_t rows = fold->groups->functions->len;
	double *next = stk_xcalloc(rows + 1, sizeof *next), out;

	spread(fold, side, next);
	out = next[row];
	free(next);
	return out;
}

/* Cost per request of a group on a side, and how much of it is named. */
static double named_cost(const struct fold *fold, size_t at, int side)
{
	const struct stk_groups *groups = fold->groups;
	const struct flow *flow = &fold->sides[side];
	double all = 0.0, named = 0.0;

	if (at < groups->totals) {
		all = flow->total[groups->rows[at]];
		named = below(fold, side, groups->rows[at]);
	}
	for (size_t row = 0; at >= groups->totals && row < groups->functions->len; row++) {
		if (groups->package_of[row] != at)
			continue;
		all += flow->self[row];
		named += fold->folding->named[row] ? flow->self[row] : 0.0;
	}
	return all > 0.0 ? stk_matrix_cost(fold->folding->matrix, at, side) * named / all : 0.0;
}

static bool is_named_already(const struct fold *fold, size_t at)
{
	const struct stk_matrix *matrix = fold->folding->matrix;
	double scale = exp(-fold->folding->shift);
	double change = stk_matrix_cost(matrix, at, STK_SIDE_HEAD) * scale -
			stk_matrix_cost(matrix, at, STK_SIDE_BASE);
	double named =
		named_cost(fold, at, STK_SIDE_HEAD) * scale - named_cost(fold, at, STK_SIDE_BASE);

	return named * change > 0.0 && fabs(named) >= FOLDED_MIN * fabs(change);
}

static void name_rows(const struct fold *fold, size_t at)
{
	const struct stk_groups *groups = fold->groups;

	if (at < groups->totals) {
		fold->folding->named[groups->rows[at]] = true;
		return;
	}
	for (size_t row = 0; row < groups->functions->len; row++) {
		if (groups->package_of[row] == at)
			fold->folding->named[row] = true;
	}
}

static double size_of(const struct stk_groups_found *found)
{
	return found->row->base_cost + found->row->head_cost;
}

static int compare_size(const void *a, const void *b)
{
	const struct stk_groups_found *x = a, *y = b;
	double left = size_of(x), right = size_of(y);

	if (left != right)
		return left < right ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void fold_kind(const struct fold *fold, bool packages)
{
	for (size_t i = 0; i < fold->folding->len; i++) {
		struct stk_groups_found *one = &fold->folding->found[i];

		if ((one->at >= fold->groups->totals) != packages)
			continue;
		if (is_named_already(fold, one->at)) {
			one->row->verdict = STK_VERDICT_NONE;
			one->row->reason = STK_GROUPS_FOLDED;
			continue;
		}
		name_rows(fold, one->at);
		settle_both(fold);
	}
}

void stk_groups_fold(const struct stk_groups *groups, struct stk_groups_folding *folding)
{
	struct fold fold = {.groups = groups, .folding = folding};
	size_t rows = groups->functions->len;

	if (folding->len == 0)
		return;
	for (int side = 0; side < STK_SIDES; side++) {
		struct flow *flow = &fold.sides[side];

		flow->total = stk_xcalloc(rows + 1, sizeof(double));
		flow->self = stk_xcalloc(rows + 1, sizeof(double));
		flow->named = stk_xcalloc(rows + 1, sizeof(double));
		sum_side(groups, side, flow);
	}
	settle_both(&fold);
	qsort(folding->found, folding->len, sizeof *folding->found, compare_size);
	fold_kind(&fold, true);
	fold_kind(&fold, false);
	for (int side = 0; side < STK_SIDES; side++) {
		free(fold.sides[side].total);
		free(fold.sides[side].self);
		free(fold.sides[side].named);
	}
}
