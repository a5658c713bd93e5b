/* exit: the exit codes of every command, in one place. */
#ifndef STK_CMD_EXIT_H
#define STK_CMD_EXIT_H

#include "core/base/err.h"

/* The highest line wins when several hold. */
enum stk_exit {
	STK_EXIT_TERMINATED = 143,  /* SIGTERM: what was measured is saved as partial */
	STK_EXIT_INTERRUPTED = 130, /* SIGINT: the same */
	STK_EXIT_SCRIPT = 4,        /* error in a workflow or load script */
	STK_EXIT_WORLD = 3, /* network, server, disk, permission, a service that does not start */
	STK_EXIT_USAGE = 2, /* the command line */
	STK_EXIT_FAULT = 1, /* a fault of stoker */
	STK_EXIT_THRESHOLD = 99,    /* a threshold was crossed (k6's number) */
	STK_EXIT_REGRESSION = 10,   /* regression, and a gate is set */
	STK_EXIT_INCONCLUSIVE = 11, /* inconclusive, and --strict */
	STK_EXIT_OK = 0
};

/* One code and what it means, for --help, the manual and the tests; ends with meaning NULL. */
struct stk_exit_row {
	int code;
	const char *meaning;
};
extern const struct stk_exit_row stk_exit_rows[];

/* The exit code for an enum stk_errc: SCRIPT 4, INVAL 2, INTERNAL 1, ABORTED 130, others 3. */
int stk_exit_of_error(int code);

/* Of two codes the one that is higher in the list above. */
int stk_exit_worse(int a, int b);

#endif
