/* check_program: the short load of a check by k6 or another command, call after call. */
#ifndef STK_CORE_FLOW_CHECK_PROGRAM_H
#define STK_CORE_FLOW_CHECK_PROGRAM_H

#include "core/flow/session.h"
#include "core/stats/hist.h"

struct stk_generator;

/* Calls at the sides in turn, one at a time, until it is asked to stop. */
struct stk_check_program {
	struct stk_session *session;
	int64_t call_ns; /* how long one call lasts */
	struct stk_generator *generator;
	int side;
	int64_t began_mono_ns; /* of the call */
	size_t ended;          /* calls */
	/* of all calls that have ended */
	int64_t requests, failed, start_ns, end_ns; /* wall; 0 unknown */
	double seconds;
	struct stk_hist duration_ms; /* of k6 and results with times; empty: p95_ms */
	double p95_ms;               /* the worst call's; NaN unknown */
};

void stk_check_program_init(
	struct stk_check_program *program, struct stk_session *session, int64_t call_ns);
/* Kills what still runs. */
void stk_check_program_release(struct stk_check_program *program);
/* The first call. */
int stk_check_program_start(struct stk_check_program *program, struct stk_err *err) STK_MUST_CHECK;
/* Let it run until mono_ns; a call that is over is followed by the next. Errors as those of
 * stk_generator_finish, and STK_E_SCRIPT after a call without a request. */
int stk_check_program_until(
	struct stk_check_program *program, int64_t mono_ns, struct stk_err *err) STK_MUST_CHECK;
/* True when each side had its call. */
bool stk_check_program_is_enough(const struct stk_check_program *program);
/* So far, those of the call under way included. */
void stk_check_program_count(
	const struct stk_check_program *program, int64_t *requests_out, int64_t *failed_out);
/* End the call under way, and count it if it has come far enough to tell. */
void stk_check_program_stop(struct stk_check_program *program);

#endif
