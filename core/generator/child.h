/* child: a load generator as a guarded program whose points are read while it runs.
 *
 * Its points (k6's --out json) come through a FIFO that a thread reads: nothing of them lies on
 * disk, and k6 never waits for us. It has a process group of its own, so that a Ctrl-C in the
 * terminal reaches stoker alone, which passes on one. One thread controls. */
#ifndef STK_CORE_GENERATOR_CHILD_H
#define STK_CORE_GENERATOR_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/proc.h"
#include "core/generator/generated.h"

struct stk_child_opts {
	const char *const *argv; /* NULL at the end; argv[0] is looked for in PATH */
	char *const *env;        /* all of it, NULL at the end */
	const char *cwd;         /* NULL = ours */
	const char *out_path;    /* stdout begins this file anew; NULL = behind the log's end */
	const char *log_path;    /* stderr goes behind its end; NULL = /dev/null */
	const char *points_path; /* a FIFO to be made there; NULL = none */
	int64_t grace_ns;        /* between our signal and SIGKILL */
	const struct stk_clock *clock;
	struct stk_generated *out; /* for the points; the child's until finish */
};

struct stk_child;

/* All of opts is borrowed until the end. STK_E_NOT_FOUND, STK_E_IO naming the program. */
int stk_child_start(const struct stk_child_opts *opts, struct stk_child **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Wait until the monotonic time or until it has ended; true = ended. */
bool stk_child_wait_until(struct stk_child *child, int64_t mono_ns);
/* Ask it once to stop (SIGINT); killed when the grace is over, which wait_until sees to. One that
 * has not got as far as its first point would die of the signal: it is asked then. */
void stk_child_stop(struct stk_child *child);
/* End it and all that it started, now. */
void stk_child_kill(struct stk_child *child);
bool stk_child_was_asked(const struct stk_child *child);
bool stk_child_was_killed(const struct stk_child *child);
/* Of what the points told so far. */
void stk_child_count(struct stk_child *child, int64_t *requests_out, int64_t *failed_out);
/* After its end: read what is left of the points; how it ended; its CPU time into the result. */
void stk_child_finish(struct stk_child *child, struct stk_proc_status *status_out);
/* Kills what is left. NULL is fine. */
void stk_child_free(struct stk_child *child);

#endif
