/* changed: what differs between the commits of base and head of a session. */
#ifndef STK_CORE_FLOW_CHANGED_H
#define STK_CORE_FLOW_CHANGED_H

#include "core/flow/session.h"

struct stk_changes;

/* Read at the first call, with notes for the record; the session's. NULL when a side has no commit
 * or the workflow lies in no repository; what else stands in the way is a warning, never an error:
 * a run is not worth less for it. */
struct stk_changes *stk_session_changes(struct stk_session *session);

/* Of a session that measures one side: what its commit changes against the base that it would be
 * compared with. Read at the first call. Without a base, or on the base itself, nothing differs,
 * and only the files of the commit are known. NULL outside a repository, or where it cannot be
 * told: that is no error, nor worth a warning. */
struct stk_changes *stk_session_own_changes(struct stk_session *session);

#endif
