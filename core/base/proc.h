/* proc: other programs: start, wait with a time limit, capture, stop the whole group. */
#ifndef STK_CORE_BASE_PROC_H
#define STK_CORE_BASE_PROC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* What to run. Exactly one of shell and argv is set. Everything is borrowed until the
 * call returns. The program gets a process group (and session) of its own and /dev/null as stdin.
 */
struct stk_proc_opts {
	const char *shell;       /* text for /bin/sh -c */
	const char *const *argv; /* NULL at the end; argv[0] is looked for in PATH */
	const char *const *env;  /* NAME=value added to ours or replacing them, NULL at the end */
	const char *cwd;         /* NULL = ours */
	const char *out_path;    /* stdout goes behind this file's end; NULL = /dev/null */
	const char *err_path;    /* the same for stderr; NULL = with stdout */
	bool capture;            /* stdout to a pipe, read by stk_proc_wait; out_path is not used */
	const atomic_int *interrupts; /* a wait ends when it becomes non-zero; may be NULL */
};

#define STK_PROC_OPTS_INIT                                                                         \
	{                                                                                          \
		NULL, NULL, NULL, NULL, NULL, NULL, false, NULL                                    \
	}

/* A running program, or one that ended. One thread at a time. */
struct stk_proc;

/* How a program ended. */
struct stk_proc_status {
	int exit_code; /* 0 to 255; -1 if a signal ended it */
	int signal_no; /* 0 if it exited */
};

/* Start. STK_E_NOT_FOUND or STK_E_IO (naming the program) when it cannot be run. */
int stk_proc_start(const struct stk_proc_opts *opts, struct stk_proc **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Wait for the end at most timeout_ns (negative: for ever), appending captured output to out (may
 * be NULL). STK_E_TIMEOUT and STK_E_ABORTED leave it running; STK_E_TOO_LARGE: out's limit. */
int stk_proc_wait(struct stk_proc *proc, int64_t timeout_ns, struct stk_buf *out,
	struct stk_proc_status *status_out, struct stk_err *err) STK_MUST_CHECK;
/* End its group: SIGTERM, up to grace_ns for it, then SIGKILL for all that is left of the group. */
void stk_proc_stop(struct stk_proc *proc, int64_t grace_ns);
/* Its process id, which is its group's too. */
pid_t stk_proc_pid(const struct stk_proc *proc);
/* Kills what is left of the group. NULL is fine. */
void stk_proc_free(struct stk_proc *proc);

/* Start, capture stdout, wait; stop it when the time is over. An exit status other than 0
 * is STK_E_IO: "'git': exit status 128". */
int stk_proc_run(const struct stk_proc_opts *opts, int64_t timeout_ns, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

/* "exit status 3", "signal 9 (Killed)". */
void stk_proc_format_status(const struct stk_proc_status *status, struct stk_buf *buf);

/* The environment with additions put in, as one array; both levels are the caller's: free
 * each text and the array, or stk_proc_free_env. base NULL = this process's. */
char **stk_proc_merge_env(const char *const *base, const char *const *additions);
void stk_proc_free_env(char **env);

#endif
