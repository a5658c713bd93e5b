/* acceptances: which regressions of a run the base has accepted. */
#ifndef STK_CORE_FLOW_ACCEPTANCES_H
#define STK_CORE_FLOW_ACCEPTANCES_H

#include "core/flow/session.h"

/* Read .stoker/accepted.json as the base commit has it (without one as it lies here) and mark the
 * rows of the judged run. A file that cannot be read accepts nothing, and a warning says so. */
void stk_session_apply_accepted(struct stk_session *session);

#endif
