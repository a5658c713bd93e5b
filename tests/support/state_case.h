/* state_case: a Lua state of stoker's for tests of what is bound to it. */
#ifndef STK_TESTS_SUPPORT_STATE_CASE_H
#define STK_TESTS_SUPPORT_STATE_CASE_H

#include "core/script/state.h"

struct state_case {
	struct stk_state *state;
	struct lua_State *lua;
	struct stk_err err;
};

/* For cmocka: *state is a struct state_case. */
int state_case_set_up(void **state);
int state_case_tear_down(void **state);

#endif
