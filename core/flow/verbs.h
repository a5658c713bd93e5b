/* verbs: what a flow's Lua asks for, done by the session. */
#ifndef STK_CORE_FLOW_VERBS_H
#define STK_CORE_FLOW_VERBS_H

#include "core/flow/session.h"
#include "core/script/verbs.h"

/* The table of verbs over a session; both must outlive its use. */
struct stk_verbs stk_session_verbs(struct stk_session *session);

#endif
