/* trusted_file: a file of the repository that decides about a run, as a change cannot alter it. */
#ifndef STK_CORE_FLOW_TRUSTED_FILE_H
#define STK_CORE_FLOW_TRUSTED_FILE_H

#include "core/base/buf.h"
#include "core/flow/session.h"

/* Append the file as the base branch has it now, or the run's base commit where that is not the
 * merge base with a branch; where there is no repository, or no base commit is known, as it lies
 * here. 1 there is one, 0 there is none, or an error. */
int stk_trusted_file_read(const struct stk_session *session, const char *path, struct stk_buf *text,
	struct stk_err *err) STK_MUST_CHECK;

/* Append the file as it lies in the work tree, if it was made here: what the commit that is checked
 * out has is the change's own word. 1, 0 or an error. */
int stk_trusted_file_read_local(
	const char *path, struct stk_buf *text, struct stk_err *err) STK_MUST_CHECK;

#endif
