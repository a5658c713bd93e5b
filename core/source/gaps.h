/* gaps: slices that the grid of an agent promises and the source does not have. */
#ifndef STK_CORE_SOURCE_GAPS_H
#define STK_CORE_SOURCE_GAPS_H

#include "core/source/source.h"

/* A stretch of wall time, end exclusive. */
struct stk_gap_span {
	int64_t start_ns, end_ns;
};
STK_VEC_TYPE(stk_gap_spans, struct stk_gap_span);

struct stk_gap {
	const char *instance; /* borrowed from the slices */
	int64_t start_ns, end_ns;
	int slices; /* so many are missing in a row */
};
STK_VEC_TYPE(stk_gaps, struct stk_gap);

/* Where slices are missing: places of info's grid that lie whole in one of the spans (in which the
 * side had load; a span that merely touches a place promises nothing) and that no slice of the
 * instance covers by half. Neighbours are one gap. An instance is looked at between its first and
 * its last slice only, since it may have come or gone in the meantime; with no slice at all the one
 * gap per span has the instance "". Slices in order of instance and time, as stk_source_fetch gives
 * them; info without an interval has no grid and no gaps. Appends to out; the caller releases it
 * with stk_vec_release. */
void stk_gaps_find(const struct stk_source_slices *slices, const struct stk_source_info *info,
	const struct stk_gap_spans *spans, struct stk_gaps *out);

#endif
