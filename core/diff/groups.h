/* groups: functions with all they call, and packages, as rows of a comparison of their own.
 *
 * Family F3 of reference regression 6.7. A group's value stands where a function's own cost
 * stands, so that whatever tests functions tests groups. */
#ifndef STK_CORE_DIFF_GROUPS_H
#define STK_CORE_DIFF_GROUPS_H

#include <stdbool.h>

#include "core/diff/input.h"
#include "core/diff/matrix.h"

struct stk_groups {
	const struct stk_matrix *functions; /* borrowed */
	struct stk_diff_input input;        /* function number i = group i */
	size_t totals;               /* the groups before it are functions, the others packages */
	uint32_t *rows;              /* of a group that is a function: its row in `functions` */
	uint32_t *total_of;          /* by row: its group, or STK_GROUPS_NONE */
	uint32_t *package_of;        /* by row: its package's group, or STK_GROUPS_NONE */
	uint32_t *row_of[STK_SIDES]; /* by function number: its row; differs when renamed */
};

#define STK_GROUPS_NONE UINT32_MAX

/* Groups with at least min_share of the pooled total that say more than a row or the whole
 * does: a function whose cost is its own is its row, what holds nearly everything is the
 * total, and a package is more than one function. A runtime's housekeeping belongs to no
 * package. Rows of `functions` are joined (renamed) before. */
void stk_groups_init(
	struct stk_groups *groups, const struct stk_matrix *functions, double min_share);
void stk_groups_release(struct stk_groups *groups);

/* A finding: a row of the matrix made from groups->input. */
struct stk_groups_found {
	size_t at;
	struct stk_row *row;
};

/* The findings in a fit of groups, and by row of `functions` what is named already. */
struct stk_groups_folding {
	const struct stk_matrix *matrix; /* of the groups */
	double shift;                    /* log; taken out of head's costs */
	struct stk_groups_found *found;
	size_t len;
	bool *named; /* functions->len flags; what stays a finding is added */
};

/* The reason of a finding that was folded. */
#define STK_GROUPS_FOLDED "runs through what is named already"

/* Take back the word of each finding of which 80 % runs through what is named: functions, then
 * packages, then functions with all they call from the smallest up (reference regression 6.7).
 * Of a function with several callers each gets its part of what is below. */
void stk_groups_fold(const struct stk_groups *groups, struct stk_groups_folding *folding);

#endif
