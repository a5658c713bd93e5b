/* single_priv: both sides with everything pooled, shared by single.c and sequential.c. */
#ifndef STK_CORE_DIFF_SINGLE_PRIV_H
#define STK_CORE_DIFF_SINGLE_PRIV_H

#include <stdbool.h>

#include "core/diff/compare.h"
#include "core/diff/matrix.h"

/* Of the pooled total: rows below it are not listed. */
#define STK_SINGLE_SHARE_LISTED 0.0005

/* Assumed, for want of replicates: dispersion of counts, and how far two windows of the same
 * build lie apart. */
#define STK_SINGLE_DISPERSION 1.5
#define STK_SINGLE_WINDOW_CV  0.05

enum { STK_SINGLE_SHIFT_ROWS_MIN = 5 }; /* below it no common shift is taken out */

struct stk_single {
	const struct stk_compare_opts *opts;
	struct stk_run *run;
	struct stk_matrix matrix; /* one column */
	double shift;
	bool requests_known;
	struct stk_links *links; /* NULL: no changes are known */
};

/* Enough samples on both sides, and a share that matters (reference regression 6.4). */
bool stk_single_is_testable(const struct stk_single *single, size_t at);
/* A row with its costs, samples, share and impact, not yet judged. */
struct stk_row stk_single_describe(const struct stk_single *single, size_t at);
bool stk_single_knows_requests(const struct stk_diff_input *input);
/* Of judged rows (at: their numbers in the matrix) those become STK_VERDICT_MOVED whose cost lies
 * in another function now, as stk_moved_find says. */
void stk_single_find_moved(
	const struct stk_single *single, const size_t *at, struct stk_row *rows, size_t len);

#endif
