/* lua_case: a script written to a folder of its own, loaded, for tests of the script room. */
#ifndef STK_TESTS_SUPPORT_LUA_CASE_H
#define STK_TESTS_SUPPORT_LUA_CASE_H

#include "core/base/buf.h"
#include "core/script/script.h"

struct lua_case {
	char *dir;                   /* removed at the end */
	struct stk_script *script;   /* NULL until loaded */
	struct stk_err err;          /* of the load, the folder cut out of its text */
	struct stk_buf talk;         /* lines: "print: ...", "warn: ...", "error: ..." */
	const char *const *vars;     /* -e values, NULL at the end; may be NULL */
	const char *const *environ_; /* may be NULL */
};

void lua_case_init(struct lua_case *lc);
void lua_case_release(struct lua_case *lc);
/* Write a file into the folder. */
void lua_case_file(struct lua_case *lc, const char *name, const char *text);
/* Write text as case.lua, load it; the result of stk_script_load. */
int lua_case_load(struct lua_case *lc, const char *text);
/* The message with the folder's path cut out, so that goldens hold anywhere. */
const char *lua_case_message(struct lua_case *lc, const struct stk_err *err);
/* What was said so far, cut likewise. */
const char *lua_case_talk(struct lua_case *lc);

#endif
