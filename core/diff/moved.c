/* moved: findings whose cost only sits in another function now (reference regression 6.11). */
#include "core/diff/moved.h"

#include <math.h>
#include <string.h>

#include "core/diff/package.h"
#include "core/diff/rename.h"

#define EXPLAINED_MAX      0.25 /* of the change may be left over */
#define EXCLUDED           0.5  /* of the change must be outside the interval */
#define NAME_SIMILAR       0.8
#define NEIGHBOURS_SIMILAR 0.7
#define PACKAGE_SHARE_MAX  0.3 /* a domain that is half of the program explains anything */
#define DOMAIN_SHARE_MAX   0.6

/* Rows, by number; the first is the finding itself. */
STK_VEC_TYPE(domain, size_t);

static double own_change(const struct stk_moved *moved, size_t number)
{
	double half;

	return moved->change(&number, 1, &half, moved->ctx);
}

static bool explains(const struct stk_moved *moved, const struct domain *domain)
{
	double own = own_change(moved, domain->items[0]);
	double half, all = moved->change(domain->items, domain->len, &half, moved->ctx);

	return fabs(all) <= EXPLAINED_MAX * fabs(own) && fabs(all) - half <= 0.0 &&
	       fabs(all) + half < EXCLUDED * fabs(own);
}

static bool is_function(const struct stk_moved *moved, size_t entry, uint32_t number)
{
	const struct stk_matrix_row *row = &moved->matrix->rows[moved->rows[entry].at];

	return row->function[STK_SIDE_BASE] == number || row->function[STK_SIDE_HEAD] == number;
}

static bool calls(const struct stk_moved *moved, size_t caller, size_t callee)
{
	const struct stk_diff_input *input = moved->matrix->input;

	for (size_t i = 0; i < input->edges.len; i++) {
		if (is_function(moved, caller, input->edges.items[i].caller) &&
			is_function(moved, callee, input->edges.items[i].callee))
			return true;
	}
	return false;
}

static const struct stk_function *function_at(const struct stk_moved *moved, size_t entry)
{
	return &moved->rows[entry].row->function;
}

static bool same_file(const struct stk_moved *moved, size_t a, size_t b)
{
	const char *file = function_at(moved, a)->file;

	return file[0] && strcmp(file, function_at(moved, b)->file) == 0;
}

static bool same_package(const struct stk_moved *moved, size_t a, size_t b)
{
	const struct stk_function *x = function_at(moved, a), *y = function_at(moved, b);
	struct stk_str package = stk_package_of(x->name, x->file);

	return package.len > 0 && stk_str_eq(package, stk_package_of(y->name, y->file));
}

static bool is_caller(const struct stk_moved *moved, size_t a, size_t b)
{
	return calls(moved, b, a);
}

static bool is_callee(const struct stk_moved *moved, size_t a, size_t b)
{
	return calls(moved, a, b);
}

static bool is_related(const struct stk_moved *moved, size_t a, size_t b)
{
	const struct stk_moved_row *x = &moved->rows[a], *y = &moved->rows[b];

	return same_file(moved, a, b) || is_caller(moved, a, b) || is_callee(moved, a, b) ||
	       stk_rename_similarity(x->row->function.name, y->row->function.name) >=
		       NAME_SIMILAR ||
	       stk_rename_neighbours(moved->matrix, x->at, y->at) >= NEIGHBOURS_SIMILAR;
}

static bool is_finding(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION || row->verdict == STK_VERDICT_IMPROVEMENT;
}

/* The one function that lost what `finding` gained (or the reverse); len when there is none. */
static size_t find_partner(const struct stk_moved *moved, size_t finding)
{
	double own = own_change(moved, finding), least = INFINITY;
	size_t best = moved->len;

	for (size_t i = 0; i < moved->len; i++) {
		size_t both[2] = {finding, i};
		struct domain domain = {both, 2, 2};
		double other = i == finding ? 0.0 : own_change(moved, i);

		if (own * other >= 0.0 || fabs(own + other) >= least ||
			fabs(own + other) > EXPLAINED_MAX * fabs(own))
			continue;
		if (is_related(moved, finding, i) && explains(moved, &domain)) {
			least = fabs(own + other);
			best = i;
		}
	}
	return best;
}

static double share_of(const struct stk_moved *moved, const struct domain *domain)
{
	double share = 0.0;

	for (size_t i = 0; i < domain->len; i++)
		share += stk_matrix_share(moved->matrix, moved->rows[domain->items[i]].at);
	return share;
}

typedef bool (*belongs_fn)(const struct stk_moved *moved, size_t finding, size_t other);

static bool domain_explains(
	const struct stk_moved *moved, size_t finding, belongs_fn belongs, double share_max)
{
	struct domain domain = STK_VEC_INIT;
	bool found;

	stk_vec_push(&domain, finding);
	for (size_t i = 0; i < moved->len; i++) {
		if (i != finding && belongs(moved, finding, i))
			stk_vec_push(&domain, i);
	}
	found = domain.len > 1 && share_of(moved, &domain) <= share_max && explains(moved, &domain);
	stk_vec_release(&domain);
	return found;
}

/* The smallest domain that explains a finding, as the words for it; NULL if none does. */
static const char *explanation(const struct stk_moved *moved, size_t finding)
{
	if (domain_explains(moved, finding, is_caller, DOMAIN_SHARE_MAX))
		return "cost moved between it and its callers";
	if (domain_explains(moved, finding, is_callee, DOMAIN_SHARE_MAX))
		return "cost moved between it and what it calls";
	if (domain_explains(moved, finding, same_file, DOMAIN_SHARE_MAX))
		return "cost moved within its file";
	if (domain_explains(moved, finding, same_package, PACKAGE_SHARE_MAX))
		return "cost moved within its package";
	return NULL;
}

static void mark_moved(
	const struct stk_moved *moved, size_t entry, size_t partner, const char *reason)
{
	struct stk_row *row = moved->rows[entry].row;

	row->verdict = STK_VERDICT_MOVED;
	row->reason = reason;
	if (partner < moved->len)
		row->partner = moved->rows[partner].row->function;
}

static void settle_one(const struct stk_moved *moved, size_t finding)
{
	size_t partner = find_partner(moved, finding);
	const char *reason;

	if (partner < moved->len) {
		struct stk_row *other = moved->rows[partner].row;

		mark_moved(moved, finding, partner, "moved");
		if (is_finding(other) || other->verdict == STK_VERDICT_NEW ||
			other->verdict == STK_VERDICT_VANISHED)
			mark_moved(moved, partner, finding, "moved");
		return;
	}
	/* Groups lie in each other: their sums over a file or a package say nothing. */
	reason = moved->is_groups ? NULL : explanation(moved, finding);
	if (reason)
		mark_moved(moved, finding, moved->len, reason);
}

void stk_moved_find(const struct stk_moved *moved)
{
	for (size_t i = 0; i < moved->len; i++) {
		if (is_finding(moved->rows[i].row))
			settle_one(moved, i);
	}
}
