/* bind: the C functions that our Lua modules stand on, and how they look at their arguments. */
#ifndef STK_CORE_SCRIPT_BIND_H
#define STK_CORE_SCRIPT_BIND_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/str.h"

/* Make a fresh state ready: raw modules, require, load, print. May raise: call it protected. */
void stk_bind_open(struct lua_State *lua);

/* The raw modules, one file each: bind_<name>.c. They leave a table. */
int luaopen_stk_core(struct lua_State *lua);
int luaopen_stk_env(struct lua_State *lua);
int luaopen_stk_data(struct lua_State *lua);
int luaopen_stk_value(struct lua_State *lua);
int luaopen_stk_vu(struct lua_State *lua);
int luaopen_stk_http(struct lua_State *lua);
int luaopen_stk_metrics(struct lua_State *lua);
int luaopen_stk_check(struct lua_State *lua);
int luaopen_stk_code(struct lua_State *lua);
int luaopen_stk_summary(struct lua_State *lua);
/* http.sse, a file of its own (bind_sse.c). */
int stk_http_sse(struct lua_State *lua);

/* The require, load and print of user's files (bind_require.c). */
int stk_require(struct lua_State *lua);
int stk_load_text(struct lua_State *lua);
int stk_print(struct lua_State *lua);

/* Argument number at as text; raises "http.get: url is text, not nil" at the user's line. */
struct stk_str stk_arg_text(struct lua_State *lua, int at, const char *fn, const char *name);
/* The view of the text at an index that holds text; numbers are not converted. In line: there are
 * a dozen with each request. */
static inline struct stk_str stk_text_at(struct lua_State *lua, int index)
{
	struct stk_str text = {NULL, 0};

	if (lua_type(lua, index) == LUA_TSTRING)
		text.ptr = lua_tolstring(lua, index, &text.len);
	return text;
}
/* Raise err as misuse of fn at the user's line ("fn: msg"); hint goes behind it. */
int stk_raise_misuse(struct lua_State *lua, const char *fn, const struct stk_err *err);

/* Raise, naming what stands between, if the running coroutine cannot wait here. */
void stk_check_can_wait(struct lua_State *lua, const char *fn);

/* --- what stoker.data gave, for C that must read the whole of it (bind_data.c) --- */
/* The value at index is rows, a row or a part of a JSON file. */
bool stk_data_at(struct lua_State *lua, int index);
/* Push rows, a row or a part of a JSON file as tables of their own, lists as stoker.array; false
 * (and nothing pushed) if the value at index is none of them. May raise (memory). */
bool stk_data_push_plain(struct lua_State *lua, int index);

/* --- secrets: text that prints as *** (bind_env.c) --- */
void stk_secret_push(struct lua_State *lua, struct stk_str text);
bool stk_secret_at(struct lua_State *lua, int index);
/* Text, a number (as text), or the real text of a secret; false for anything else. The view is
 * valid while the value at index is. */
bool stk_text_or_secret(struct lua_State *lua, int index, struct stk_str *out);

#endif
