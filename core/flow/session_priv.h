/* session_priv: parts of opening a session that have a file of their own. */
#ifndef STK_CORE_FLOW_SESSION_PRIV_H
#define STK_CORE_FLOW_SESSION_PRIV_H

#include "core/flow/session.h"

/* The embedded store and server with a port per side, or the source that the workflow names. */
int stk_session_open_sources(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

/* Is this side's source a scrape of its own, to be opened when its address is known? */
bool stk_session_scrapes(const struct stk_session *session, int side);
int stk_session_open_scrape(
	struct stk_session *session, int side, const char *url, struct stk_err *err) STK_MUST_CHECK;

#endif
