/* commit: which commit is checked out where a run happens. */
#ifndef STK_CORE_FLOW_COMMIT_H
#define STK_CORE_FLOW_COMMIT_H

#include "core/flow/session.h"

/* Note in the record that head is the commit that is checked out here, with its branch, its
 * repository, and whether changes are not committed. Outside a repository nothing is noted. For
 * runs that build nothing themselves: what they look at is taken to be that commit. */
int stk_session_note_commit(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

#endif
