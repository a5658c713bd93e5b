/* program: load by k6 or another command: one window at one side, or one turn of a block. */
#ifndef STK_CORE_FLOW_PROGRAM_H
#define STK_CORE_FLOW_PROGRAM_H

#include "core/flow/session.h"

struct stk_generated;
struct stk_generator;

/* One call of the program. */
struct stk_program_turn {
	int side;
	int64_t duration_ns; /* told to it; 0 = as long as it likes */
};

/* Is it there? Its version becomes a fact of the run. STK_E_NOT_FOUND with what to do. */
int stk_program_identify(struct stk_session *session, const struct stk_load_spec *spec,
	struct stk_err *err) STK_MUST_CHECK;

/* How long one window of it is: as spec says, a minute where it has to be told a length, 0 where k6
 * ends as its script says. */
int64_t stk_program_length_ns(const struct stk_load_spec *spec);

/* Load at head until the program ends, at most for spec's duration: a window of kind LOAD whose
 * start and end are those of the load, not of the program. *out is its number. */
int stk_program_load(struct stk_session *session, const char *name,
	const struct stk_load_spec *spec, size_t *out, struct stk_err *err) STK_MUST_CHECK;

/* For abba_program: start one call; the generator is the caller's. */
int stk_program_start(struct stk_session *session, const struct stk_load_spec *spec,
	const struct stk_program_turn *turn, struct stk_generator **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Take what it found into the run: the requests always; metrics, thresholds and iterations only
 * when it counts (not in a warm-up). */
void stk_program_keep(struct stk_session *session, const struct stk_generated *found, bool counted);
/* STK_E_SCRIPT when it ended without a single request. */
int stk_program_check_any(const struct stk_session *session, const struct stk_generated *found,
	struct stk_err *err) STK_MUST_CHECK;

#endif
