/* kept_check: may a window be compared with what was kept, and what does the pair say in total? */
#ifndef STK_CORE_FLOW_KEPT_CHECK_H
#define STK_CORE_FLOW_KEPT_CHECK_H

#include "core/flow/session.h"

/* Preconditions of a comparison of a window with the session's kept base: the load, its errors and
 * its mix, the machine, A/A runs, enough slices, and whether the base agrees with itself; those of
 * the windows once for all types. The first time also the exact totals of both (run->totals). In
 * mode idle, which concludes nothing, they warn. */
void stk_kept_check(
	struct stk_session *session, size_t window, const struct stk_comparison *comparison);

#endif
