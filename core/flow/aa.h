/* aa: A/A runs: a workflow with one build on both sides, and what such a run has measured. */
#ifndef STK_CORE_FLOW_AA_H
#define STK_CORE_FLOW_AA_H

#include "core/base/arena.h"
#include "core/baseline/calibration.h"
#include "core/record/run.h"
#include "core/script/workflow.h"

/* The name that windows of an A/A run are kept under. */
#define STK_AA_NAME "aa"

/* What a calibration of this workflow holds for. file is that of the run, whose load script it may
 * be; machine as stk_kept_machine has it. Text goes into arena. STK_E_IO when a load script cannot
 * be read. */
int stk_aa_key(const struct stk_workflow *workflow, const char *file, const char *machine,
	struct stk_arena *arena, struct stk_calibration_key *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Give both sides of a paired workflow one build: the commit that is checked out, or the command of
 * head. Mode baseline stays as it is. STK_E_INVAL for other modes, which judge nothing, and for two
 * sides that run already, which nothing makes one. */
int stk_aa_prepare(struct stk_workflow *workflow, struct stk_err *err) STK_MUST_CHECK;

/* Add what a judged A/A run has measured. Else NULL is not returned but the reason why it does not
 * count: it ended early, or a precondition failed. Text goes into the calibration's arena. */
const char *stk_aa_take(const struct stk_run *run, struct stk_calibration *calibration);

#endif
