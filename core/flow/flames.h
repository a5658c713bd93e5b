/* flames: the flame graphs of a run, from the profiles that its session keeps. */
#ifndef STK_CORE_FLOW_FLAMES_H
#define STK_CORE_FLOW_FLAMES_H

#include "core/flow/session.h"

/* Write one flame graph per comparison and hotspot table beside run.json. */
int stk_flames_write(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

#endif
