/* session_priv: parts of opening a session that have a file of their own. */
#ifndef STK_CORE_FLOW_SESSION_PRIV_H
#define STK_CORE_FLOW_SESSION_PRIV_H

#include "core/flow/session.h"

/* The embedded store and server with a port per side, or the source that the workflow names. */
int stk_session_open_sources(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

/* Run the build command of a side's service in the folder where it is built; its output goes to
 * <side>-build.log of the record. */
int stk_session_build_side(
	struct stk_session *session, int side, struct stk_err *err) STK_MUST_CHECK;

/* Free a side's services, the last started first; those that run are stopped. */
void stk_session_free_services(struct stk_session_side *side);

/* Remove {out} of a side, when nothing of it runs any more. */
void stk_session_remove_out(struct stk_session_side *side);

/* Is this side's source a scrape of its own, to be opened when its address is known? */
bool stk_session_scrapes(const struct stk_session *session, int side);
int stk_session_open_scrape(
	struct stk_session *session, int side, const char *url, struct stk_err *err) STK_MUST_CHECK;

#endif
