/* fingerprint: one short text for a plan, the same for all its segments and no other plan. */
#ifndef STK_CORE_LOAD_FINGERPRINT_H
#define STK_CORE_LOAD_FINGERPRINT_H

#include "core/base/buf.h"
#include "core/load/plan.h"

/* Append 32 hex digits over scenarios, thresholds, metrics and limits of a valid plan; not over
 * what each process has of its own: segment, target, tags of the run, variables. */
void stk_plan_add_fingerprint(const struct stk_plan *plan, struct stk_buf *buf);

#endif
