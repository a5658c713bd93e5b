/* moved: findings whose cost only sits in another function now (reference regression 6.11). */
#ifndef STK_CORE_DIFF_MOVED_H
#define STK_CORE_DIFF_MOVED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/diff/matrix.h"
#include "core/record/run.h"

/* A judged row and its number in the matrix. */
struct stk_moved_row {
	size_t at;
	struct stk_row *row;
};

/* By how much the cost per request of these rows together changed, the common shift taken out, and
 * half the width of the 90 % interval of that. Numbers are places in stk_moved.rows. */
typedef double (*stk_moved_change_fn)(
	const size_t *numbers, size_t len, double *half_out, const void *ctx);

struct stk_moved {
	const struct stk_matrix *matrix;
	struct stk_moved_row *rows; /* those that were judged */
	size_t len;
	bool is_groups; /* they lie in each other: only one that lost what another gained explains
			 */
	stk_moved_change_fn change;
	const void *ctx;
};

/* Regressions and improvements that another row or a small domain makes up for become
 * STK_VERDICT_MOVED, with the reason and, where it is one row, the partner. */
void stk_moved_find(const struct stk_moved *moved);

#endif
