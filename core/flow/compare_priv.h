/* compare_priv: slices of a session as the input of a comparison, shared by compare.c and kept.c.
 */
#ifndef STK_CORE_FLOW_COMPARE_PRIV_H
#define STK_CORE_FLOW_COMPARE_PRIV_H

#include "core/diff/input.h"
#include "core/flow/session.h"

/* Where a slice of the type goes; false: it does not count. */
typedef bool (*stk_place_fn)(
	const struct stk_slice *slice, struct stk_diff_place *place, void *ctx);

/* An empty input for the type. */
void stk_compare_init_input(struct stk_diff_input *input, const struct stk_session_type *type);
/* The session's profiles of the type whose slices place_of takes. */
int stk_compare_fill_input(const struct stk_session *session, const struct stk_session_type *type,
	struct stk_diff_input *input, stk_place_fn place_of, void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

#endif
