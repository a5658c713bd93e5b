/* state: a Lua state with a counting allocator and a sandbox; every entry into Lua is here. */
#ifndef STK_CORE_SCRIPT_STATE_H
#define STK_CORE_SCRIPT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

struct lua_State;
struct stk_script;
struct stk_state;
struct stk_vu_lua;

/* A fresh state for script (NULL: only our own modules, no user's files): allow-listed and
 * read-only built-ins, our modules in reach of require. memory_max 0 = no limit. */
int stk_state_new(struct stk_script *script, size_t memory_max, struct stk_state **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_state_free(struct stk_state *state); /* NULL is fine */

struct lua_State *stk_state_lua(struct stk_state *state);
struct stk_state *stk_state_of(struct lua_State *lua);        /* of any thread of it */
size_t stk_state_bytes(const struct stk_state *state);        /* Lua's memory now */
struct stk_script *stk_state_script(struct stk_state *state); /* NULL if it has none */

/* Call the function below its args on the stack, leaving results or nothing. An error becomes
 * STK_E_SCRIPT: the message (with the user's file and line) first, the traceback on lines of
 * its own behind it. An error that a verb raised by stk_state_raise keeps its code. */
int stk_state_call(struct stk_state *state, struct lua_State *lua, int args, int results,
	struct stk_err *err) STK_MUST_CHECK;
/* As above for C: run fn(L) with ctx as its only argument, protected. */
int stk_state_run(struct stk_state *state, int (*fn)(struct lua_State *lua), void *ctx,
	struct stk_err *err) STK_MUST_CHECK;

/* Start or continue a coroutine with args on its stack: 1 it yielded (what it yielded was
 * dropped), 0 it ended (results on its stack, *results_out many), or STK_E_SCRIPT; then the
 * coroutine is closed and may not be resumed. */
int stk_state_resume(struct stk_state *state, struct lua_State *co, int args, int *results_out,
	struct stk_err *err) STK_MUST_CHECK;
/* End a suspended coroutine: its to-be-closed variables are closed. It can be used again. */
void stk_state_close_thread(struct stk_state *state, struct lua_State *co);

/* Raise a C error through Lua so that stk_state_call gives it back unchanged (code, hint). Does
 * not return; the int is for "return stk_state_raise(...)". err is copied. */
int stk_state_raise(struct lua_State *lua, const struct stk_err *err);

/* Raise a misuse with the caller's file and line. Does not return. */
int stk_state_misuse(struct lua_State *lua, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Compile text (never bytecode) as chunk name; leaves the function on lua, or
 * STK_E_SCRIPT. */
int stk_state_compile(struct lua_State *lua, const char *text, size_t len, const char *name,
	struct stk_err *err) STK_MUST_CHECK;

#endif
