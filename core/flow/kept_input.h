/* kept_input: from a measured window to what is kept of it, and from that to a comparison. */
#ifndef STK_CORE_FLOW_KEPT_INPUT_H
#define STK_CORE_FLOW_KEPT_INPUT_H

#include "core/baseline/kept.h"
#include "core/diff/input.h"
#include "core/flow/session.h"

/* Add the slices of a kept type as base. */
int stk_kept_input_add(const struct stk_kept_type *type, struct stk_diff_input *input,
	struct stk_err *err) STK_MUST_CHECK;
/* Add the slices of a window as head, and mark them as counted. */
int stk_kept_input_add_window(struct stk_session *session, const struct stk_session_type *type,
	size_t window, struct stk_diff_input *input, struct stk_err *err) STK_MUST_CHECK;
/* Fill kept (its revision stands already) from a window. STK_E_NOT_FOUND without slices. */
int stk_kept_input_keep(struct stk_session *session, size_t window, struct stk_kept *kept,
	struct stk_err *err) STK_MUST_CHECK;

#endif
