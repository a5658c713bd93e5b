/* cmd_case: a whole command in this process, with files in place of the terminal. */
#ifndef STK_TESTS_SUPPORT_CMD_CASE_H
#define STK_TESTS_SUPPORT_CMD_CASE_H

#include <stdatomic.h>

#include "core/base/buf.h"
#include "core/base/env.h"

struct cmd_case {
	struct stk_env env;
	const char *environ_[8]; /* NAME=value, may be filled before a run */
	atomic_int interrupts, signal_no;
	struct stk_fake_clock clock;
	struct stk_buf out, err; /* of the last run */
};

/* cmocka setup and teardown: *state is a struct cmd_case *, 80 columns, no terminal. */
int cmd_case_setup(void **state);
int cmd_case_teardown(void **state);

/* Run `stoker LINE`, words divided by single blanks; gives the exit code. */
int cmd_case_run(struct cmd_case *cc, const char *line);
/* Append what was written to env.out and env.err since the last time to out and err. */
void cmd_case_read(struct cmd_case *cc);

#endif
