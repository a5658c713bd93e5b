/* progress: lines that are redrawn in place on a terminal; plain lines in a pipe. */
#ifndef STK_CMD_PROGRESS_H
#define STK_CMD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/env.h"
#include "core/base/err.h"

struct stk_progress;

/* What one line shows:  "  pairs    ━━━━╸─────  4 of 6   200 req/s, now head      1m35s".
 * label  names the line; a line with a new label is added below the others.
 * fraction 0..1 draws a bar; negative or NaN: no bar.
 * state  what counts as a change in a pipe: a plain line is printed when it differs from the
 *        last one ("4 of 6"). NULL: the line is for terminals only.
 * detail changes all the time, shown behind the state; may be NULL.
 * right  at the right edge (time used or left); may be NULL. */
struct stk_progress_line {
	const char *label;
	double fraction;
	const char *state;
	const char *detail;
	const char *right;
};

/* Talks to env->err: bars if that is a terminal, plain lines if not, nothing if quiet. One
 * thread at a time. Never NULL. */
struct stk_progress *stk_progress_new(struct stk_env *env, bool quiet);
/* Leaves the last state of the lines on the screen, ends them with a newline. NULL is fine. */
void stk_progress_free(struct stk_progress *progress);

/* Set a line by its label and redraw (at most ten times a second, the last state always). */
void stk_progress_set(struct stk_progress *progress, const struct stk_progress_line *line);
/* The lines so far stay as they are; later ones start below. */
void stk_progress_settle(struct stk_progress *progress);
/* A line of its own above the moving ones; also in a pipe, not when quiet. */
void stk_progress_say(struct stk_progress *progress, const char *fmt, ...) STK_PRINTF(2, 3);
/* The same, also when quiet: warnings. */
void stk_progress_warn(struct stk_progress *progress, const char *fmt, ...) STK_PRINTF(2, 3);

#endif
