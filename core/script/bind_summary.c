/* bind_summary: stoker.summary.text. */
#include <lauxlib.h>
#include <lua.h>

#include "core/base/env.h"
#include "core/script/bind.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/summary_priv.h"
#include "core/script/table.h"

/* Is the metric still among data.metrics, at index 1? */
static bool has_metric(void *ctx, const char *metric)
{
	lua_State *lua = ctx;
	bool has;

	lua_pushstring(lua, metric);
	has = lua_rawget(lua, 1) != LUA_TNIL;
	lua_pop(lua, 1);
	return has;
}

/* text(metrics, color, full): color nil is what stdout takes. */
static int summary_text(lua_State *lua)
{
	struct stk_summary_run *run = stk_vu_lua_summary(stk_state_vu(lua));
	struct stk_summary_wish wish = {.has = has_metric, .ctx = lua};
	struct stk_buf text = STK_BUF_EMPTY;

	if (!run || !run->call->text)
		return stk_state_misuse(
			lua, "stoker.summary.text is for the function summary of a load script");
	if (!lua_istable(lua, 1))
		return stk_state_misuse(lua, "stoker.summary.text takes what summary was given");
	wish.color = lua_isnil(lua, 2) ? run->call->color : lua_toboolean(lua, 2);
	wish.full = lua_toboolean(lua, 3);
	run->call->text(run->call->ctx, &wish, &text);
	lua_pushlstring(lua, text.ptr ? text.ptr : "", text.len);
	stk_buf_release(&text);
	return 1;
}

int luaopen_stk_summary(lua_State *lua)
{
	static const luaL_Reg funcs[] = {{"text", summary_text}, {NULL, NULL}};

	luaL_newlib(lua, funcs);
	return 1;
}
