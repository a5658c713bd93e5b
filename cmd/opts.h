/* opts: option tables: one row per option gives parsing, --help, the manual and docs/cli.md. */
#ifndef STK_CMD_OPTS_H
#define STK_CMD_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/env.h"
#include "core/base/err.h"
#include "core/base/vec.h"

struct stk_command;

/* What the member at a row's offset is. */
enum stk_opts_type {
	STK_OPTS_FLAG,     /* bool; --name sets it, --no-name clears it */
	STK_OPTS_TEXT,     /* const char *, borrowed from argv */
	STK_OPTS_INT,      /* int64_t, within min..max unless both are 0 */
	STK_OPTS_REAL,     /* double */
	STK_OPTS_DURATION, /* int64_t ns: "30s", "1m30s", "500ms", 90 */
	STK_OPTS_LIST,     /* struct stk_opts_list: the option may be repeated */
	STK_OPTS_CHOICE    /* const char *: one of `values` ("term|markdown|json") */
};

/* Texts of a repeated option, borrowed from argv; released by stk_opts_release. */
struct stk_opts_list {
	STK_VEC(const char *) texts;
};

/* One option. Tables are static const and end with a row whose name is NULL. Defaults are what
 * the struct holds before parsing; `standard` only tells people. */
struct stk_opts_row {
	const char *name; /* "vus", without dashes */
	char letter;      /* 'u', 0 if none */
	enum stk_opts_type type;
	size_t offset;        /* offsetof(struct ..., member) */
	const char *word;     /* of the argument in help: "N"; NULL for flags */
	const char *help;     /* one line, no full stop */
	const char *standard; /* default as shown, NULL if there is nothing to say */
	const char *values;   /* CHOICE: allowed ones, with | between */
	int64_t min, max;     /* INT */
	bool hidden;          /* neither in --help nor in the docs */
	/* Of the last row: what to use in place of a name that is not there; NULL: not known. */
	const char *(*instead)(struct stk_str name);
};

/* Arguments that are no options, in order; borrowed from argv. */
struct stk_opts_args {
	STK_VEC(const char *) items;
};

/* Read argv[1..] by the table (argv[0] is the command's name). Options and arguments may be
 * mixed; "--" ends options; "-" is an argument; --name=x, --name x, -n x, -nx, bundled flags
 * -qv. Unknown: STK_E_INVAL naming the nearest option. --help: STK_E_ABORTED with an empty
 * text. What was read before a failure stays in `into`. */
int stk_opts_parse(const struct stk_opts_row *rows, int argc, char **argv, void *into,
	struct stk_opts_args *args, struct stk_err *err) STK_MUST_CHECK;

/* The same for a command, talking to env: --help prints help to env->out, an error goes to
 * env->err. Returns -1 to go on, else the exit code to return. args may be NULL: then the
 * command takes no arguments. */
int stk_opts_read(struct stk_env *env, const struct stk_command *command, int argc, char **argv,
	void *into, struct stk_opts_args *args);

/* Memory of lists in `into` and of args (may be NULL). */
void stk_opts_release(const struct stk_opts_row *rows, void *into, struct stk_opts_args *args);

/* The option block of --help, lines of at most 80 columns. */
void stk_opts_format_help(const struct stk_opts_row *rows, struct stk_buf *buf);

/* "stoker: MSG" and the hint on lines of their own, to env->err; returns the exit code for
 * err->code. */
int stk_opts_fail(struct stk_env *env, const struct stk_err *err);

#endif
