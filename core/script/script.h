/* script: one Lua file, loaded: what it is, what it returned, and the plan of a load script. */
#ifndef STK_CORE_SCRIPT_SCRIPT_H
#define STK_CORE_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/env.h"
#include "core/base/err.h"

struct stk_script; /* one thread at a time; must outlive plans, drivers and calls made of it */

enum stk_script_kind { STK_SCRIPT_LOAD, STK_SCRIPT_WORKFLOW };

/* Lines that a script prints, and what it should be told. Called from any worker's thread.
 * line has no newline at its end, but may hold some inside (tracebacks). */
enum stk_script_talk { STK_TALK_PRINT, STK_TALK_WARN, STK_TALK_ERROR };
typedef void (*stk_script_talk_fn)(enum stk_script_talk kind, const char *line, void *ctx);

struct stk_script_opts {
	const char
		*path; /* a file; "-" is env->in; "@demo/load.lua" is lua-lib/stoker/demo/load.lua
			* of this program, called "@demo/load.lua" in messages */
	const struct stk_env *env; /* whose variables stoker.env sees, and "-"; NULL: none */
	/* -e values: "NAME=value", or "NAME" to pass a variable of the environment on purpose;
	 * copied */
	const char *const *vars;
	size_t vars_len;
	stk_script_talk_fn talk; /* NULL: silent */
	void *talk_ctx;
	size_t memory_max; /* bytes a Lua state may take; 0 = STK_SCRIPT_MEMORY_MAX */
};
#define STK_SCRIPT_OPTS_INIT                                                                       \
	{                                                                                          \
		NULL, NULL, NULL, 0, NULL, NULL, 0                                                 \
	}
#define STK_SCRIPT_MEMORY_MAX ((size_t)4 << 30)
#define STK_SCRIPT_FILE_MAX   ((size_t)16 << 20)

/* Read, compile and run the file's top level once, and tell by what it returned which kind it
 * is. STK_E_SCRIPT with file, line and traceback; STK_E_NOT_FOUND, STK_E_IO for the file. */
int stk_script_load(const struct stk_script_opts *opts, struct stk_script **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_script_free(struct stk_script *script); /* NULL is fine */

enum stk_script_kind stk_script_kind(const struct stk_script *script);
const char *stk_script_path(const struct stk_script *script); /* as in messages */
const char *stk_script_dir(const struct stk_script *script);  /* of the file; "." for stdin */

#endif
