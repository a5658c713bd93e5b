/* rename: which function of base is which function of head under another name. */
#include "core/diff/rename.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIMILAR       0.8
#define NEIGHBOURS_SIMILAR 0.7
/* Cost may change with the name, but not beyond all likeness. */
#define COST_RATIO_MAX 4.0

/* Of the pooled total: names below it are not worth the search. */
#define SHARE_MIN 0.001

enum { SAMPLES_MIN = 5, CANDIDATES_MAX = 60 };

STK_VEC_TYPE(row_list, size_t);

static struct stk_str last_part(struct stk_str name, struct stk_str *before_out)
{
	size_t cut = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '.' || name.ptr[i] == ':' || name.ptr[i] == '/')
			cut = i + 1;
	}
	*before_out = stk_str_sub(name, 0, cut);
	return stk_str_skip(name, cut);
}

double stk_rename_similarity(const char *a, const char *b)
{
	struct stk_str before_a, before_b;
	struct stk_str last_a = last_part(stk_str_of(a), &before_a);
	struct stk_str last_b = last_part(stk_str_of(b), &before_b);
	size_t longest = last_a.len > last_b.len ? last_a.len : last_b.len;

	if (strcmp(a, b) == 0)
		return 1.0;
	if (longest == 0 || !stk_str_eq_nocase(before_a, before_b))
		return 0.0;
	if (stk_str_eq_nocase(last_a, last_b))
		return 1.0;
	return 1.0 - (double)stk_str_distance(last_a, last_b, longest) / (double)longest;
}

/* Functions of head that were joined count under their base number. */
static uint32_t *identities(const struct stk_matrix *matrix)
{
	uint32_t *same = stk_xcalloc(matrix->len + 1, sizeof *same);

	for (size_t i = 0; i < matrix->len; i++)
		same[i] = (uint32_t)i;
	for (size_t i = 0; i < matrix->len; i++) {
		if (matrix->rows[i].renamed)
			same[matrix->rows[i].function[STK_SIDE_HEAD]] = (uint32_t)i;
	}
	return same;
}

static double edge_value(const struct stk_diff_edge *edge, int side)
{
	return edge->value[side] > 0 ? (double)edge->value[side] : 0.0;
}

/* Where the cost of a function comes from (first half) and goes to (second half, its own cost
 * last). Callers add up to one, callees with the own cost too. */
static double *neighbour_weights(
	const struct stk_matrix *matrix, const uint32_t *same, uint32_t function, int side)
{
	const struct stk_diff_input *input = matrix->input;
	double *weight = stk_xcalloc(2 * matrix->len + 1, sizeof *weight);
	double callers = 0.0, below = 0.0, self = 0.0;

	for (size_t pair = 0; pair < matrix->pairs; pair++)
		self += matrix->cells[side][function * matrix->pairs + pair];
	weight[2 * matrix->len] = below = self;
	for (size_t i = 0; i < input->edges.len; i++) {
		const struct stk_diff_edge *edge = &input->edges.items[i];
		double value = edge_value(edge, side);

		if (edge->callee == function) {
			weight[same[edge->caller]] += value;
			callers += value;
		} else if (edge->caller == function) {
			weight[matrix->len + same[edge->callee]] += value;
			below += value;
		}
	}
	for (size_t i = 0; i <= 2 * matrix->len; i++) {
		double sum = i < matrix->len ? callers : below;

		weight[i] = sum > 0.0 ? weight[i] / sum : 0.0;
	}
	return weight;
}

static double compare_weights(const double *a, const double *b, size_t len)
{
	double both = 0.0, either = 0.0;

	for (size_t i = 0; i < len; i++) {
		both += fmin(a[i], b[i]);
		either += fmax(a[i], b[i]);
	}
	return either > 0.0 ? both / either : 0.0;
}

double stk_rename_neighbours(const struct stk_matrix *matrix, size_t a, size_t b)
{
	uint32_t *same = identities(matrix);
	double *left = neighbour_weights(
		matrix, same, matrix->rows[a].function[STK_SIDE_BASE], STK_SIDE_BASE);
	double *right = neighbour_weights(
		matrix, same, matrix->rows[b].function[STK_SIDE_HEAD], STK_SIDE_HEAD);
	double score = compare_weights(left, right, 2 * matrix->len + 1);

	free(left);
	free(right);
	free(same);
	return score;
}

static double cost_distance(const struct stk_matrix *matrix, size_t a, size_t b)
{
	double base = matrix->rows[a].value[STK_SIDE_BASE] / matrix->all_requests[STK_SIDE_BASE];
	double head = matrix->rows[b].value[STK_SIDE_HEAD] / matrix->all_requests[STK_SIDE_HEAD];

	return fabs(log(head / base));
}

/* 0 = not the same function; else the higher the surer. */
static double score_pair(const struct stk_matrix *matrix, size_t a, size_t b)
{
	const struct stk_diff_function *old = &matrix->input->functions.items[a];
	const struct stk_diff_function *new = &matrix->input->functions.items[b];
	bool same_file = strcmp(old->file, new->file) == 0;
	double name = stk_rename_similarity(old->name, new->name);
	double distance = cost_distance(matrix, a, b), neighbours;

	if (!(distance < log(COST_RATIO_MAX)))
		return 0.0;
	if (name < NAME_SIMILAR && !same_file)
		return 0.0;
	neighbours = stk_rename_neighbours(matrix, a, b);
	if (name < NAME_SIMILAR && neighbours < NEIGHBOURS_SIMILAR)
		return 0.0;
	return 1.0 + name + neighbours + (same_file ? 0.5 : 0.0) - 0.5 * distance;
}

static void collect(const struct stk_matrix *matrix, int present, struct row_list *out)
{
	for (size_t i = 0; i < matrix->len; i++) {
		const struct stk_matrix_row *row = &matrix->rows[i];

		if (!row->renamed && row->total[!present] <= 0.0 &&
			row->n[present] >= SAMPLES_MIN && stk_matrix_share(matrix, i) >= SHARE_MIN)
			stk_vec_push(out, i);
	}
}

/* The dearest first, so that the cap leaves out only what hardly matters. */
static void cap(const struct stk_matrix *matrix, int side, struct row_list *list)
{
	while (list->len > CANDIDATES_MAX) {
		size_t least = 0;

		for (size_t i = 1; i < list->len; i++) {
			if (matrix->rows[list->items[i]].value[side] <
				matrix->rows[list->items[least]].value[side])
				least = i;
		}
		list->items[least] = list->items[--list->len];
	}
}

static bool join_best(struct stk_matrix *matrix, struct row_list *gone, struct row_list *come)
{
	double best = 0.0;
	size_t at_gone = 0, at_come = 0;

	for (size_t i = 0; i < gone->len; i++) {
		for (size_t k = 0; k < come->len; k++) {
			double score = score_pair(matrix, gone->items[i], come->items[k]);

			if (score > best) {
				best = score;
				at_gone = i;
				at_come = k;
			}
		}
	}
	if (best <= 0.0)
		return false;
	stk_matrix_join(matrix, gone->items[at_gone], come->items[at_come]);
	gone->items[at_gone] = gone->items[--gone->len];
	come->items[at_come] = come->items[--come->len];
	return true;
}

size_t stk_rename_join(struct stk_matrix *matrix)
{
	struct row_list gone = STK_VEC_INIT, come = STK_VEC_INIT;
	size_t joined = 0;

	collect(matrix, STK_SIDE_BASE, &gone);
	collect(matrix, STK_SIDE_HEAD, &come);
	cap(matrix, STK_SIDE_BASE, &gone);
	cap(matrix, STK_SIDE_HEAD, &come);
	while (gone.len > 0 && come.len > 0 && join_best(matrix, &gone, &come))
		joined++;
	stk_vec_release(&gone);
	stk_vec_release(&come);
	return joined;
}
