/* sandbox: which of Lua's built-ins a user's file sees; read-only tables; own globals. */
#ifndef STK_CORE_SCRIPT_SANDBOX_H
#define STK_CORE_SCRIPT_SANDBOX_H

#include <stdbool.h>

struct lua_State;

/* Open the allowed built-ins into the state's registry. May raise: call it protected. */
void stk_sandbox_open(struct lua_State *lua);
/* Push a new table of globals: empty, with the built-ins behind it. May raise (memory). */
void stk_sandbox_push_globals(struct lua_State *lua);
/* Push the shared table behind all globals: bindings add their functions (load, require). */
void stk_sandbox_push_builtins(struct lua_State *lua);

/* Replace the table on top of the stack by a read-only view of it that reads, counts and
 * iterates like it; what messages call it is name. */
void stk_sandbox_push_readonly(struct lua_State *lua, const char *name);
/* The value at index is such a view. */
bool stk_sandbox_is_readonly(struct lua_State *lua, int index);
/* For C that must walk a view: push the table behind it (the value itself if it is none). */
void stk_sandbox_push_behind(struct lua_State *lua, int index);
/* The same in place: a view at index gives way to its table, anything else stays. */
void stk_sandbox_see_behind(struct lua_State *lua, int index);

#endif
