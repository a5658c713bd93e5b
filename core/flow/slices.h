/* slices: from what the source has to slices in the record: discover, wait, fetch. */
#ifndef STK_CORE_FLOW_SLICES_H
#define STK_CORE_FLOW_SLICES_H

#include "core/flow/session.h"

/* Look for every asked profile type on every side: 1 all found and their slices known, 0 not
 * yet (*missing_out says what, borrowed until the next call; may be NULL), or an error. */
int stk_slices_discover(
	struct stk_session *session, const char **missing_out, struct stk_err *err) STK_MUST_CHECK;

/* For one who has waited long enough at a service without load: take what was sent up to a day ago,
 * and for a type that is not known even so the length of the others; a warning says which. 1 when
 * that is enough to go on with, 0 when nothing is known of any type. */
int stk_slices_settle(
	struct stk_session *session, int64_t waited_ns, struct stk_err *err) STK_MUST_CHECK;

/* STK_E_TIMEOUT: what has not come in waited_ns, where it was looked for, and what to do. */
int stk_slices_refuse_missing(
	struct stk_session *session, int64_t waited_ns, const char *missing, struct stk_err *err);

/* The longest slice of all types; 0 while unknown. */
int64_t stk_slices_longest_ns(const struct stk_session *session);
/* The first start of a longest slice at or after wall_ns. */
int64_t stk_slices_align_ns(const struct stk_session *session, int64_t wall_ns);

/* Wait for the last slice of the run's windows on every side and fetch those of `asked` into
 * run->slices, profiles into the session, files into the record. A second call fetches only what
 * windows that came after the first one need. STK_E_NOT_FOUND with the reason when the source has
 * no such type. */
int stk_slices_collect(
	struct stk_session *session, const char *asked, struct stk_err *err) STK_MUST_CHECK;

/* The type asked for, added if new. */
struct stk_session_type *stk_slices_type(struct stk_session *session, const char *asked);

#endif
