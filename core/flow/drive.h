/* drive: load on the sides: one window at one side, or alternating blocks at both. */
#ifndef STK_CORE_FLOW_DRIVE_H
#define STK_CORE_FLOW_DRIVE_H

#include "core/flow/session.h"
#include "core/script/verbs.h"

/* Load at head for spec's duration (or the scenarios as written): a window of kind LOAD in the
 * run, and the run's metrics, thresholds, series. *out is its number. */
int stk_drive_load(struct stk_session *session, const char *name, const struct stk_load_spec *spec,
	size_t *out, struct stk_err *err) STK_MUST_CHECK;

/* Warm-up at both sides until their slices are known, then pairs of blocks in ABBA order, the
 * first one at the start of a slice. Interrupted once, the block under way ends and what was
 * measured stays; the record is marked partial and 0 is returned. */
int stk_drive_abba(struct stk_session *session, const struct stk_load_spec *spec,
	struct stk_abba_result *out, struct stk_err *err) STK_MUST_CHECK;

/* A window without load of ns. */
int stk_drive_wait(struct stk_session *session, const char *name, int64_t ns, size_t *out,
	struct stk_err *err) STK_MUST_CHECK;

/* A plan of the workflow's own load, thrown away: mistakes in the load script's table come before
 * anything is built or started. */
int stk_drive_try(struct stk_session *session, struct stk_err *err) STK_MUST_CHECK;

#endif
