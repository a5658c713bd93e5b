/* compare: the slices of a session as the input of a comparison, or of hotspots. */
#ifndef STK_CORE_FLOW_COMPARE_H
#define STK_CORE_FLOW_COMPARE_H

#include "core/flow/session.h"

/* Compare base and head by their counted slices: a comparison in the run, *out its number. */
int stk_session_compare(struct stk_session *session, const char *asked, size_t *out,
	struct stk_err *err) STK_MUST_CHECK;

/* What load costs beyond idle, from the slices wholly inside the two windows. */
int stk_session_hotspots(struct stk_session *session, const char *asked, const size_t windows[2],
	size_t *out, struct stk_err *err) STK_MUST_CHECK;

#endif
