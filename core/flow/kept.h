/* kept: the verbs of mode baseline: find what was kept of the base, compare with it, keep this. */
#ifndef STK_CORE_FLOW_KEPT_H
#define STK_CORE_FLOW_KEPT_H

#include "core/flow/session.h"

/* Find and read the baseline of rev (NULL: of the merge base with the workflow's base);
 * run->baseline and preconditions say what came of it. STK_E_NOT_FOUND with the reason. */
int stk_session_find_baseline(
	struct stk_session *session, const char *rev, struct stk_err *err) STK_MUST_CHECK;

/* Compare a window with the baseline that was found: a comparison in the run, *out its number. */
int stk_session_compare_kept(struct stk_session *session, const char *asked, size_t window,
	size_t *out, struct stk_err *err) STK_MUST_CHECK;

/* Keep a window under the commit that is checked out. STK_E_NOT_FOUND with the reason when there
 * is nothing to keep it under, or changes are not committed. */
int stk_session_save_baseline(struct stk_session *session, size_t window, const char **revision_out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
