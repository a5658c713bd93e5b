/* bind_core: what our own Lua modules need of C: constructors, read-only tables, misuse. */
#include <lauxlib.h>
#include <lua.h>

#include "core/script/bind.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/table.h"

/* readonly(table, name) */
static int make_readonly(lua_State *lua)
{
	const char *name = luaL_checkstring(lua, 2);

	lua_pushvalue(lua, 1);
	stk_sandbox_push_readonly(lua, name);
	return 1;
}

/* misuse(text): an error at the user's line, not at ours */
static int raise_misuse(lua_State *lua)
{
	return stk_state_misuse(lua, "%s", luaL_checkstring(lua, 1));
}

/* later(name): a function that says that this version has no stoker.name yet */
static int refuse_later(lua_State *lua)
{
	return stk_state_misuse(lua, "stoker.%s is not there yet in this version",
		lua_tostring(lua, lua_upvalueindex(1)));
}

static int make_later(lua_State *lua)
{
	luaL_checkstring(lua, 1);
	lua_settop(lua, 1);
	lua_pushcclosure(lua, refuse_later, 1);
	return 1;
}

int luaopen_stk_core(lua_State *lua)
{
	static const char *const kinds[] = {"load", "workflow", "service", "target", "pyroscope",
		"sdk", "scrape", "files", "git_notes", "dir", "s3"};
	static const luaL_Reg funcs[] = {{"readonly", make_readonly}, {"misuse", raise_misuse},
		{"later", make_later}, {NULL, NULL}};

	luaL_newlib(lua, funcs);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		stk_table_push_constructor(lua, kinds[i]);
		lua_setfield(lua, -2, kinds[i]);
	}
	return 1;
}
