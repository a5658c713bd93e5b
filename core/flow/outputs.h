/* outputs: out = {…} and --out of a run: samples sent while its load is on. */
#ifndef STK_CORE_FLOW_OUTPUTS_H
#define STK_CORE_FLOW_OUTPUTS_H

#include "core/flow/session.h"

/* Open what the workflow asks for (workflow.out); nothing for an A/A run. STK_E_INVAL for a setting
 * that cannot be, or a load by another program; STK_E_IO. */
int stk_outputs_start(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;
/* Once no engine runs: the outputs get what is left; what went wrong becomes a warning. */
void stk_outputs_stop(struct stk_session *session);
/* Take a plan from the heap over, whose engine is gone: it is released when no output reads of it
 * any more. NULL: none was made. */
void stk_outputs_keep_plan(struct stk_session *session, struct stk_plan *plan_take);

#endif
