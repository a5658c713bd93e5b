/* env: everything of the process that a command may touch, passed down so tests can stand in. */
#ifndef STK_CORE_BASE_ENV_H
#define STK_CORE_BASE_ENV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/base/clock.h"

struct stk_env {
	const char *const *environ_; /* NAME=value, NULL at the end */
	FILE *in;
	FILE *out; /* the product */
	FILE *err; /* talk */
	bool out_tty;
	bool err_tty;
	int width;       /* columns of the terminal, 80 if unknown */
	bool color;      /* NO_COLOR and the terminal considered */
	const char *exe; /* path of this program, for guards and children */
	const struct stk_clock *clock;
	/* Counts interrupts: 0 none, 1 stop gently, 2 stop now; signal_no is the last one. */
	atomic_int *interrupts;
	atomic_int *signal_no;
	atomic_int *pauses; /* counts SIGUSR1: each pauses or goes on; may be NULL */
};

/* A variable's value, borrowed; NULL if unset. */
const char *stk_env_get(const struct stk_env *env, const char *name);

#endif
