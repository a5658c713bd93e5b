/* contrast: every function of two ends side by side, with intervals where there are replicates. */
#ifndef STK_CORE_DIFF_CONTRAST_H
#define STK_CORE_DIFF_CONTRAST_H

#include "core/diff/input.h"
#include "core/record/difference.h"

/* Fill out from an input whose slices are those of base and head; their `requests` are requests or
 * seconds as `per` says, 0 for STK_PER_ALL; `pair` is a slice's place in its end. With
 * STK_COMPARE_SLICES_MIN places on each side and something to divide by, intervals come from the
 * spread of the slices (stk_compare_sequential); else there are none. The comparison that they are
 * from is added to run->comparisons, for the page. Titles of the ends are the caller's to set.
 * STK_E_NOT_FOUND when a side has nothing. */
int stk_contrast_make(const struct stk_diff_input *input, enum stk_difference_per per,
	struct stk_run *run, struct stk_difference *out, struct stk_err *err) STK_MUST_CHECK;

#endif
