/* check_priv: the steps of a check and what they share. */
#ifndef STK_CORE_FLOW_CHECK_PRIV_H
#define STK_CORE_FLOW_CHECK_PRIV_H

#include "core/flow/check.h"
#include "core/flow/session.h"

/* Below this share no function is tested (diff/compare.h, min_share). */
#define STK_CHECK_SHARE_TESTED 0.005

struct stk_checking {
	const struct stk_check_opts *opts;
	struct stk_check *check;
	struct stk_workflow workflow; /* the given one; built from git it has one side, the head */
	struct stk_flow_opts flow;
	struct stk_run run;
	struct stk_session session;
	const char *step;                   /* which line a warning of the session belongs to */
	const char *built;                  /* "head 11.9 s" */
	const char *remote;                 /* of the repository; NULL unknown */
	int64_t load_start_ns, load_end_ns; /* wall */
	int64_t written_ns;    /* how long the load is that a window of the run has; 0 unknown */
	const char *cpu_asked; /* what the workflow calls the type that samples time; NULL none */
	bool no_labels;        /* labels = false: nothing tells the service what to label */
};

/* Add a line and tell it; text as printf has it. */
void stk_checking_say(struct stk_checking *checking, enum stk_check_state state, const char *name,
	const char *fmt, ...) STK_PRINTF(4, 5);
/* The same with a hint. */
void stk_checking_add(struct stk_checking *checking, const struct stk_check_line *line);
void stk_checking_fail(struct stk_checking *checking, const char *name, const struct stk_err *err);

/* Requests for opts->load_ns and until profiles are there; their lines. An error is one that
 * ends the check, and has its line. */
int stk_check_load(struct stk_checking *checking) STK_MUST_CHECK;
/* What the profiles of the load say: samples, sampling rate, labels. */
int stk_check_profiles(struct stk_checking *checking) STK_MUST_CHECK;
/* Plan and what it will see. */
void stk_check_plan(struct stk_checking *checking);

#endif
