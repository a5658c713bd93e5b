/* bind: raw modules into a state; arguments; who may wait. */
#include "core/script/bind.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/bind_names.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

/* clang-format off */
static const struct { const char *name; lua_CFunction open; } modules[] = {
	{ "_core", luaopen_stk_core },   { "_env", luaopen_stk_env },
	{ "_data", luaopen_stk_data },   { "_value", luaopen_stk_value },
	{ "_vu", luaopen_stk_vu },       { "_http", luaopen_stk_http },
	{ "_metrics", luaopen_stk_metrics }, { "_check", luaopen_stk_check },
	{ "_code", luaopen_stk_code },
	{ "_summary", luaopen_stk_summary },
};
/* clang-format on */

void stk_bind_open(lua_State *lua)
{
	lua_newtable(lua);
	lua_setfield(lua, LUA_REGISTRYINDEX, STK_OWN_LOADED);
	lua_newtable(lua);
	lua_newtable(lua);
	lua_pushliteral(lua, "k");
	lua_setfield(lua, -2, "__mode");
	lua_setmetatable(lua, -2);
	lua_setfield(lua, LUA_REGISTRYINDEX, STK_USER_LOADED);
	lua_newtable(lua);
	lua_setfield(lua, LUA_REGISTRYINDEX, STK_USER_CHUNKS);

	stk_sandbox_push_builtins(lua);
	lua_pushcfunction(lua, stk_require);
	lua_setfield(lua, -2, "require");
	lua_pushcfunction(lua, stk_load_text);
	lua_setfield(lua, -2, "load");
	lua_pushcfunction(lua, stk_print);
	lua_setfield(lua, -2, "print");
	lua_pop(lua, 1);

	lua_getfield(lua, LUA_REGISTRYINDEX, STK_OWN_LOADED);
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		lua_pushcfunction(lua, modules[i].open);
		lua_call(lua, 0, 1);
		lua_setfield(lua, -2, modules[i].name);
	}
	lua_pop(lua, 1);
}

struct stk_str stk_arg_text(lua_State *lua, int at, const char *fn, const char *name)
{
	if (lua_type(lua, at) != LUA_TSTRING)
		(void)stk_state_misuse(
			lua, "%s: %s must be text, not %s", fn, name, luaL_typename(lua, at));
	return stk_text_at(lua, at);
}

int stk_raise_misuse(lua_State *lua, const char *fn, const struct stk_err *err)
{
	return stk_state_misuse(
		lua, "%s: %s%s%s", fn, err->msg, err->hint[0] ? "\n  " : "", err->hint);
}

/* Functions of Lua's own that call back and cannot be left in the middle. */
static const char *name_of_wall(lua_State *lua)
{
	static const char *const walls[][2] = {{"table", "sort"}, {"string", "gsub"},
		{NULL, "tostring"}, {NULL, "require"}, {NULL, "load"}, {"table", "concat"}};
	lua_Debug frame;

	for (int level = 1; lua_getstack(lua, level, &frame); level++) {
		lua_getinfo(lua, "Sf", &frame);
		bool is_c = frame.what[0] == 'C';
		for (size_t i = 0; is_c && i < sizeof walls / sizeof *walls; i++) {
			stk_sandbox_push_builtins(lua);
			if (walls[i][0]) {
				lua_getfield(lua, -1, walls[i][0]);
				lua_remove(lua, -2);
			}
			lua_getfield(lua, -1, walls[i][1]);
			bool same = lua_rawequal(lua, -1, -3);
			lua_pop(lua, 2);
			if (same) {
				lua_pop(lua, 1);
				return walls[i][1];
			}
		}
		lua_pop(lua, 1);
	}
	return NULL;
}

void stk_check_can_wait(lua_State *lua, const char *fn)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);

	if (!vu)
		(void)stk_state_misuse(lua,
			"%s is for functions of a running test, not for the file's top level: move "
			"the call into default, exec, setup or teardown",
			fn);
	if (lua_isyieldable(lua) && stk_vu_lua_thread(vu) == lua)
		return;
	if (lua_isyieldable(lua))
		(void)stk_state_misuse(lua,
			"%s waits, and cannot do so inside a coroutine of your own: call it "
			"outside",
			fn);
	const char *wall = name_of_wall(lua);
	(void)stk_state_misuse(lua,
		"%s waits, and cannot do so inside %s: move the call out of there", fn,
		wall ? wall : "a function that C calls");
}
