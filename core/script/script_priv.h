/* script_priv: what the other units of this room may see of a script. */
#ifndef STK_CORE_SCRIPT_SCRIPT_PRIV_H
#define STK_CORE_SCRIPT_SCRIPT_PRIV_H

#include "core/script/script.h"

struct lua_State;
struct stk_state;

/* The state in which the top level ran; flows run here too. */
struct stk_state *stk_script_state(struct stk_script *script);
/* Push the table that the file returned (a load script's or workflow's). */
void stk_script_push_result(struct stk_script *script, struct lua_State *lua);
/* "file:line" of the constructor that made it, or the file. Borrowed from the script. */
const char *stk_script_where(struct stk_script *script);

#endif
