/* expect: which statuses a script expects, of a request, a virtual user or the whole test. */
#ifndef STK_CORE_SCRIPT_EXPECT_H
#define STK_CORE_SCRIPT_EXPECT_H

#include "core/base/err.h"
#include "core/load/plan.h"

struct lua_State;

/* Append what the value at index says to *ranges: 201, "2xx", { min = 200, max = 299 }, or a list
 * of such; false: nothing is judged, which *unjudged tells in any case. STK_E_INVAL says what may
 * stand there. May raise (memory). */
int stk_expect_read(struct lua_State *lua, int index, struct stk_status_ranges *ranges,
	bool *unjudged, struct stk_err *err) STK_MUST_CHECK;

#endif
