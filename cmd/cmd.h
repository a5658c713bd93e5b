/* cmd: what a command is, the table of all commands, and how one is chosen. */
#ifndef STK_CMD_CMD_H
#define STK_CMD_CMD_H

#include <stdbool.h>

#include "cmd/opts.h"
#include "core/base/env.h"

/* One command, one file cmd/<name>.c with `const struct stk_command stk_cmd_<name>`. */
struct stk_command {
	const char *name;
	const char *summary;  /* one line for the list of commands, no full stop */
	const char *synopsis; /* what stands behind "stoker NAME ": "[options] SCRIPT" */
	const char
		*about; /* paragraphs for --help and the manual, blank line between; may be NULL */
	const char *examples;               /* lines "command  # what it does"; may be NULL */
	const struct stk_opts_row *options; /* ends with a row whose name is NULL; may be NULL */
	/* argv[0] is the command's name. Returns an enum stk_exit. */
	int (*run)(struct stk_env *env, int argc, char **argv);
	bool hidden; /* not in the list of commands, nor in the docs */
};

/* All commands in the order they are listed; ends with NULL. */
extern const struct stk_command *const stk_cmd_table[];

/* By name; NULL if unknown. */
const struct stk_command *stk_cmd_find(const char *name);

/* The whole program behind main(): argv[0] is the program. Runs a command, or prints the list
 * of commands (--help), or the version (--version). Unknown command: 2, naming the nearest.
 * Checks that env->out took everything; a full disk there is 3. Returns the exit code. */
int stk_cmd_main(struct stk_env *env, int argc, char **argv);

/* Version of this build, from git; static text. */
const char *stk_cmd_version(void);

/* A command's --help: usage, about, options, examples. */
void stk_cmd_format_help(const struct stk_command *command, struct stk_buf *buf);

#endif
