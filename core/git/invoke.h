/* invoke: the git command, for what libgit2 cannot do: run it in a repository, take its output. */
#ifndef STK_CORE_GIT_INVOKE_H
#define STK_CORE_GIT_INVOKE_H

#include <stdatomic.h>

#include "core/base/buf.h"

/* What to run; all borrowed for the call. */
struct stk_invoke {
	const char *dir;         /* git -C */
	const char *const *args; /* behind "git", NULL at the end */
	const char *const *env;  /* NAME=value, NULL at the end; may be NULL */
	int64_t timeout_ns;      /* 0 = five minutes */
	const atomic_int *interrupts;
};

/* Run it and append its stdout to out (may be NULL). Variables that bind git to a repository
 * (GIT_DIR and others, set in hooks) are taken away; it never asks for a password, runs no hooks
 * and leaves the index alone where it only wanted to refresh it. STK_E_IO with the exit status and
 * git's own last words; STK_E_NOT_FOUND when there is no git. */
int stk_invoke_run(
	const struct stk_invoke *invoke, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* The same, with an exit status of 1 as an answer: 0 or 1, or an error. */
int stk_invoke_ask(
	const struct stk_invoke *invoke, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

/* The variables of environ_ without those that bind git to a repository; an array of borrowed texts
 * with NULL at the end, the caller frees it. What stoker starts must not inherit them. */
const char **stk_invoke_clean_env(const char *const *environ_);

#endif
