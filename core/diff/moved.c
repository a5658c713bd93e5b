/* moved: findings whose cost only sits in another function now (reference regression 6.11). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/package.h"
#include "core/diff/paired.h"
#include "core/diff/rename.h"
#include "core/diff/verdict.h"
#include "core/stats/order.h"
#include "core/stats/student.h"

#define EXPLAINED_MAX      0.25 /* of the change may be left over */
#define EXCLUDED           0.5  /* of the change must be outside the interval */
#define NAME_SIMILAR       0.8
#define NEIGHBOURS_SIMILAR 0.7
#define PACKAGE_SHARE_MAX  0.3 /* a domain that is half of the program explains anything */
#define DOMAIN_SHARE_MAX   0.6

/* Entries, by number; the first is the finding itself. */
STK_VEC_TYPE(domain, size_t);

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

/* Mean change of a whole domain and the half width of its 90 % interval. */
static double domain_change(
	const struct stk_paired *paired, const struct domain *domain, double *half_out)
{
	size_t pairs = paired->matrix.pairs;
	double *sums = stk_xcalloc(pairs, sizeof *sums);
	double counting = 0.0, mean, variance;

	for (size_t pair = 0; pair < pairs; pair++) {
		for (size_t i = 0; i < domain->len; i++)
			sums[pair] += change_in(paired, domain->items[i], pair, &counting);
	}
	mean = stk_order_mean(sums, pairs);
	variance = fmax(stk_order_variance(sums, pairs), counting / (double)pairs);
	*half_out =
		stk_student_quantile(0.95, (double)pairs - 1.0) * sqrt(variance / (double)pairs);
	free(sums);
	return mean;
}

static double own_change(const struct stk_paired *paired, size_t entry)
{
	size_t one[1] = {entry};
	struct domain domain = {one, 1, 1};
	double half;

	return domain_change(paired, &domain, &half);
}

static bool explains(const struct stk_paired *paired, const struct domain *domain)
{
	double own = own_change(paired, domain->items[0]);
	double half, all = domain_change(paired, domain, &half);

	return fabs(all) <= EXPLAINED_MAX * fabs(own) && fabs(all) - half <= 0.0 &&
	       fabs(all) + half < EXCLUDED * fabs(own);
}

static bool is_function(const struct stk_paired *paired, size_t entry, uint32_t number)
{
	const struct stk_matrix_row *row = &paired->matrix.rows[paired->entries.items[entry].at];

	return row->function[STK_SIDE_BASE] == number || row->function[STK_SIDE_HEAD] == number;
}

static bool calls(const struct stk_paired *paired, size_t caller, size_t callee)
{
	const struct stk_diff_input *input = paired->matrix.input;

	for (size_t i = 0; i < input->edges.len; i++) {
		if (is_function(paired, caller, input->edges.items[i].caller) &&
			is_function(paired, callee, input->edges.items[i].callee))
			return true;
	}
	return false;
}

static const struct stk_function *function_at(const struct stk_paired *paired, size_t entry)
{
	return &paired->entries.items[entry].row.function;
}

static bool same_file(const struct stk_paired *paired, size_t a, size_t b)
{
	const char *file = function_at(paired, a)->file;

	return file[0] && strcmp(file, function_at(paired, b)->file) == 0;
}

static bool same_package(const struct stk_paired *paired, size_t a, size_t b)
{
	const struct stk_function *x = function_at(paired, a), *y = function_at(paired, b);
	struct stk_str package = stk_package_of(x->name, x->file);

	return package.len > 0 && stk_str_eq(package, stk_package_of(y->name, y->file));
}

static bool is_caller(const struct stk_paired *paired, size_t a, size_t b)
{
	return calls(paired, b, a);
}

static bool is_callee(const struct stk_paired *paired, size_t a, size_t b)
{
	return calls(paired, a, b);
}

static bool is_related(const struct stk_paired *paired, size_t a, size_t b)
{
	const struct stk_paired_entry *x = &paired->entries.items[a],
				      *y = &paired->entries.items[b];

	return same_file(paired, a, b) || is_caller(paired, a, b) || is_callee(paired, a, b) ||
	       stk_rename_similarity(x->row.function.name, y->row.function.name) >= NAME_SIMILAR ||
	       stk_rename_neighbours(&paired->matrix, x->at, y->at) >= NEIGHBOURS_SIMILAR;
}

static bool is_finding(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION || row->verdict == STK_VERDICT_IMPROVEMENT;
}

/* The one function that lost what `finding` gained (or the reverse); len when there is none. */
static size_t find_partner(const struct stk_paired *paired, size_t finding)
{
	double own = own_change(paired, finding), least = INFINITY;
	size_t best = paired->entries.len;

	for (size_t i = 0; i < paired->entries.len; i++) {
		size_t both[2] = {finding, i};
		struct domain domain = {both, 2, 2};
		double other = i == finding ? 0.0 : own_change(paired, i);

		if (own * other >= 0.0 || fabs(own + other) >= least ||
			fabs(own + other) > EXPLAINED_MAX * fabs(own))
			continue;
		if (is_related(paired, finding, i) && explains(paired, &domain)) {
			least = fabs(own + other);
			best = i;
		}
	}
	return best;
}

static double share_of(const struct stk_paired *paired, const struct domain *domain)
{
	double share = 0.0;

	for (size_t i = 0; i < domain->len; i++)
		share += stk_matrix_share(
			&paired->matrix, paired->entries.items[domain->items[i]].at);
	return share;
}

typedef bool (*belongs_fn)(const struct stk_paired *paired, size_t finding, size_t other);

static bool domain_explains(
	const struct stk_paired *paired, size_t finding, belongs_fn belongs, double share_max)
{
	struct domain domain = STK_VEC_INIT;
	bool found;

	stk_vec_push(&domain, finding);
	for (size_t i = 0; i < paired->entries.len; i++) {
		if (i != finding && belongs(paired, finding, i))
			stk_vec_push(&domain, i);
	}
	found = domain.len > 1 && share_of(paired, &domain) <= share_max &&
		explains(paired, &domain);
	stk_vec_release(&domain);
	return found;
}

/* The smallest domain that explains a finding, as the words for it; NULL if none does. */
static const char *explanation(const struct stk_paired *paired, size_t finding)
{
	if (domain_explains(paired, finding, is_caller, DOMAIN_SHARE_MAX))
		return "cost moved between it and its callers";
	if (domain_explains(paired, finding, is_callee, DOMAIN_SHARE_MAX))
		return "cost moved between it and what it calls";
	if (domain_explains(paired, finding, same_file, DOMAIN_SHARE_MAX))
		return "cost moved within its file";
	if (domain_explains(paired, finding, same_package, PACKAGE_SHARE_MAX))
		return "cost moved within its package";
	return NULL;
}

static void mark_moved(struct stk_paired *paired, size_t entry, size_t partner, const char *reason)
{
	struct stk_row *row = &paired->entries.items[entry].row;

	row->verdict = STK_VERDICT_MOVED;
	row->reason = reason;
	if (partner < paired->entries.len)
		row->partner = paired->entries.items[partner].row.function;
}

static void settle_one(struct stk_paired *paired, size_t finding)
{
	size_t partner = find_partner(paired, finding);
	const char *reason;

	if (partner < paired->entries.len) {
		struct stk_row *other = &paired->entries.items[partner].row;

		mark_moved(paired, finding, partner, "moved");
		if (is_finding(other) || other->verdict == STK_VERDICT_NEW ||
			other->verdict == STK_VERDICT_VANISHED)
			mark_moved(paired, partner, finding, "moved");
		return;
	}
	/* Groups lie in each other: their sums over a file or a package say nothing. */
	reason = paired->is_groups ? NULL : explanation(paired, finding);
	if (reason)
		mark_moved(paired, finding, paired->entries.len, reason);
}

void stk_paired_find_moved(struct stk_paired *paired)
{
	if (paired->matrix.pairs < 2)
		return;
	for (size_t i = 0; i < paired->entries.len; i++) {
		if (is_finding(&paired->entries.items[i].row))
			settle_one(paired, i);
	}
}
