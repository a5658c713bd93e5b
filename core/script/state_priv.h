/* state_priv: which virtual user runs in a state now. */
#ifndef STK_CORE_SCRIPT_STATE_PRIV_H
#define STK_CORE_SCRIPT_STATE_PRIV_H

struct lua_State;
struct stk_state;
struct stk_vu_lua;

/* The virtual user whose code calls, NULL at file level, in flows and in setup of none. */
struct stk_vu_lua *stk_state_vu(struct lua_State *lua);
/* From now on vu runs with the globals of that registry reference; NULL: the file's own. */
void stk_state_enter_vu(struct stk_state *state, struct stk_vu_lua *vu, int globals_ref);
/* Push the table of globals of what runs now. */
void stk_state_push_globals(struct stk_state *state, struct lua_State *lua);

#endif
