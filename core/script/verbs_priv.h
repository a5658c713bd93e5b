/* verbs_priv: what verbs.c and verbs_result.c share. */
#ifndef STK_CORE_SCRIPT_VERBS_PRIV_H
#define STK_CORE_SCRIPT_VERBS_PRIV_H

#include "core/base/arena.h"
#include "core/script/verbs.h"

struct lua_State;

/* One flow on its way; what its calls read lives in the arena. */
struct stk_flow_call {
	struct stk_script *script;
	const struct stk_verbs *verbs;
	struct stk_arena arena;
};

/* Push the rows of a comparison or of hotspots as a list of tables. */
void stk_verbs_push_rows(struct lua_State *lua, const struct stk_comparison *comparison);
void stk_verbs_push_hotspots(struct lua_State *lua, const struct stk_hotspots *hotspots);
/* Push an empty profile object, for the caller to fill; freed by Lua. */
struct stk_pulled *stk_verbs_push_pulled(struct lua_State *lua);

#endif
