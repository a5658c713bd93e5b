/* links: how rows hang together with the lines that differ between base and head.
 *
 * A function is changed when a changed range of lines lies in it, on either side: from its first
 * line to where its source ends, or as far as samples saw it. A stack runs through the change at
 * the innermost frame whose function is changed or whose own line is. A changed function that
 * nearly all cost runs through (main) only counts by its lines: it would explain anything. */
#ifndef STK_CORE_DIFF_LINKS_H
#define STK_CORE_DIFF_LINKS_H

#include "core/diff/matrix.h"
#include "core/record/run.h"

struct stk_links;

/* From the profiles of the matrix's input, once over their samples; the matrix is borrowed. NULL
 * when the input knows no changes. */
struct stk_links *stk_links_new(const struct stk_matrix *matrix);
void stk_links_free(struct stk_links *links); /* NULL is fine */

/* row->link of a row of the matrix; text goes into run's arena. by_increase: what the row gained
 * (or lost) decides who it is called from, and link.share is told; else its whole cost, and it is
 * not. */
void stk_links_fill_row(const struct stk_links *links, size_t at, bool by_increase,
	struct stk_run *run, struct stk_row *row);

/* Share of the increase of the comparison's regressions that runs through changed lines, weighted
 * by their size; of the total's increase when only that is one. NaN when nothing increased, or
 * without links (NULL is fine). */
double stk_links_share(const struct stk_links *links, const struct stk_comparison *comparison);

#endif
