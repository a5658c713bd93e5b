/* state_priv: which virtual user runs in a state now, and how it is stopped. */
#ifndef STK_CORE_SCRIPT_STATE_PRIV_H
#define STK_CORE_SCRIPT_STATE_PRIV_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/base/str.h"

struct lua_State;
struct stk_state;
struct stk_vu_lua;

/* The virtual user whose code calls, NULL at file level, in flows and in setup of none. */
struct stk_vu_lua *stk_state_vu(struct lua_State *lua);
/* From now on vu runs with the globals of that registry reference; NULL: the file's own. */
void stk_state_enter_vu(struct stk_state *state, struct stk_vu_lua *vu, int globals_ref);
/* Push the table of globals of what runs now. */
void stk_state_push_globals(struct stk_state *state, struct lua_State *lua);

/* What each response needs: its metatable, faster to find than by a key of the registry, and the
 * body that came last, for mostly the next one is the same. */
struct stk_state_responses {
	int ref;             /* of the metatable, in the registry */
	const void *at;      /* lua_topointer of it */
	int kept_ref;        /* of a table in the registry; the body is its item 1 */
	struct stk_str body; /* that item's text; ptr NULL: none yet */
};
struct stk_state_responses *stk_state_of_responses(struct lua_State *lua);

/* --- ending code that does not end by itself; nothing of it costs anything until it is asked for
 * --- */

#define STK_STATE_STOPPED "interrupted"
/* Code of this state raises STK_E_ABORTED once interrupts is more than 0; NULL: no more. For the
 * time in which a file is read. */
void stk_state_heed(struct stk_state *state, const atomic_int *interrupts);
/* What runs in state now is to raise, whatever it catches. Async-signal-safe on its own thread. */
void stk_state_stop(struct stk_state *state);
/* Forget a stop, for the coroutine that ran; true: there was one. */
bool stk_state_clear_stop(struct stk_state *state, struct lua_State *co);
/* lua runs Lua code from now on (NULL: none does); returns the one that did. */
struct lua_State *stk_state_run_in(struct stk_state *state, struct lua_State *lua);

#endif
