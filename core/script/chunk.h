/* chunk: a user's file compiled once per state, to be run with globals of any virtual user. */
#ifndef STK_CORE_SCRIPT_CHUNK_H
#define STK_CORE_SCRIPT_CHUNK_H

#include "core/base/err.h"
#include "core/base/str.h"

/* How chunks of our own are called: "[stoker]/stoker/check.lua" in tracebacks. */
#define STK_CHUNK_OURS "@[stoker]/"

struct lua_State;

/* Push on lua a function(_ENV, ...) that runs text (a whole file) with the globals it is given.
 * name is
 * "@shop.lua". The text is compiled alone first, so that syntax errors have their own lines and
 * nothing can close the wrapping function. STK_E_SCRIPT. */
int stk_chunk_compile(struct lua_State *lua, struct stk_str text, const char *name,
	struct stk_err *err) STK_MUST_CHECK;

/* Compile a file of our own (lua-lib) by its path below lua-lib ("stoker/check.lua"), chunk name
 * STK_CHUNK_OURS and the path. STK_E_NOT_FOUND if there is none. */
int stk_chunk_compile_ours(
	struct lua_State *lua, const char *path, struct stk_err *err) STK_MUST_CHECK;
/* Its text; the empty view if there is none. */
struct stk_str stk_chunk_ours(const char *path);

#endif
