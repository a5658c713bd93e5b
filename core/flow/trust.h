/* trust: what A/A runs of this workflow say of the run that goes on. */
#ifndef STK_CORE_FLOW_TRUST_H
#define STK_CORE_FLOW_TRUST_H

#include "core/diff/compare.h"
#include "core/flow/session.h"

/* Look for them, once, and note in the record what they have shown (run->calibration): in the
 * file of the base commit, and in one that was made here. What cannot be read is a warning. */
void stk_trust_find(struct stk_session *session);

/* What separates two windows of one build for a profile type: as measured, or guessed where nothing
 * counts; nothing for an A/A run, which is to measure it. */
struct stk_compare_aa stk_trust_aa(struct stk_session *session, const char *short_name);

void stk_trust_free(struct stk_trust *trust); /* NULL is fine */

#endif
