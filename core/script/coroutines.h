/* coroutines: resume and wrap for scripts: as Lua's own, but a stop reaches what runs inside. */
#ifndef STK_CORE_SCRIPT_COROUTINES_H
#define STK_CORE_SCRIPT_COROUTINES_H

struct lua_State;

/* Put resume and wrap into the library table on top of the stack. */
void stk_coroutines_open(struct lua_State *lua);

#endif
