/* summary_priv: the one call of summary under way, between its engine, the driver and Lua. */
#ifndef STK_CORE_SCRIPT_SUMMARY_PRIV_H
#define STK_CORE_SCRIPT_SUMMARY_PRIV_H

#include <stddef.h>

#include "core/base/err.h"
#include "core/script/summary.h"

struct lua_State;
struct stk_vu_lua;

struct stk_summary_run {
	const struct stk_summary_call *call;
	struct stk_summary_result *out;
	size_t bytes;       /* of the texts so far */
	struct stk_err err; /* what it raised; code 0: nothing */
};

/* From now on iterations of STK_EXEC_SUMMARY are this call's; NULL: there are none. */
void stk_script_driver_set_summary(struct stk_script_driver *driver, struct stk_summary_run *run);
/* The call that vu runs; NULL if it runs something else. */
struct stk_summary_run *stk_vu_lua_summary(const struct stk_vu_lua *vu);
/* Push what setup gave for head, nil if nothing. */
void stk_vu_lua_push_setup(struct stk_vu_lua *vu, struct lua_State *lua);
/* Push the function of one argument, the script's summary, that calls it with data and keeps what
 * it returns; it may wait. */
void stk_summary_push_body(struct lua_State *lua);

#endif
