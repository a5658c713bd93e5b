/* sequential_moved: moved cost of two windows apart in time (reference regression 6.11, 6.5). */
#ifndef STK_CORE_DIFF_SEQUENTIAL_MOVED_H
#define STK_CORE_DIFF_SEQUENTIAL_MOVED_H

#include "core/diff/compare.h"
#include "core/diff/moved.h"

/* The slices of a side in the order of time; arrays are the caller's. */
struct stk_sequential_slices {
	size_t len;
	const int *places;      /* their number in the window, ascending */
	const double *requests; /* per slice; a level has 1 */
};

/* Where a place stands among ascending ones, -1 if it does not. */
ptrdiff_t stk_sequential_find_place(const int *places, size_t len, int place);

struct stk_sequential_moved {
	const struct stk_matrix *matrix; /* one column */
	struct stk_sequential_slices sides[STK_SIDES];
	const struct stk_compare_aa *aa;
	double shift; /* log */
	bool is_groups;
};

/* Mark those of the judged rows whose cost only moved, as stk_moved_find does; by the sums of their
 * costs per slice, and what separates two windows of the same build. */
void stk_sequential_find_moved(
	const struct stk_sequential_moved *windows, struct stk_moved_row *rows, size_t len);

#endif
