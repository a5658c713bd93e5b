/* coroutines: who runs is noted around lua_resume, and a stop is no error that resume may return.
 */
#include "core/script/coroutines.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "core/script/state.h"
#include "core/script/state_priv.h"

/* Results on top of lua, how many; -1: an error value on top. As in Lua's own, a coroutine that is
 * dead or that runs already is an error of the call. */
static int resume(lua_State *lua, lua_State *co, int args)
{
	struct stk_state *state = stk_state_of(lua);
	int results = 0;

	if (!lua_checkstack(co, args)) {
		lua_pushliteral(lua, "too many arguments to resume");
		return -1;
	}
	lua_xmove(lua, co, args);
	lua_State *before = stk_state_run_in(state, co);
	int status = lua_resume(co, lua, args, &results);
	(void)stk_state_run_in(state, before);
	if (status != LUA_OK && status != LUA_YIELD) {
		lua_xmove(co, lua, 1);
		return -1;
	}
	if (!lua_checkstack(lua, results + 1)) {
		lua_pop(co, results);
		lua_pushliteral(lua, "too many results to resume");
		return -1;
	}
	lua_xmove(co, lua, results);
	return results;
}

static int resume_call(lua_State *lua)
{
	lua_State *co = lua_tothread(lua, 1);

	luaL_argexpected(lua, co, 1, "coroutine");
	int results = resume(lua, co, lua_gettop(lua) - 1);
	lua_pushboolean(lua, results >= 0);
	lua_insert(lua, results >= 0 ? -(results + 1) : -2);
	return results >= 0 ? results + 1 : 2;
}

/* The function that wrap gives: an error goes on to the caller, with the place where it stands. */
static int wrapped_call(lua_State *lua)
{
	lua_State *co = lua_tothread(lua, lua_upvalueindex(1));
	int results = resume(lua, co, lua_gettop(lua));

	if (results >= 0)
		return results;
	if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD) {
#if LUA_VERSION_RELEASE_NUM >= 50406
		(void)lua_closethread(co, lua);
#else
		(void)lua_resetthread(co);
#endif
	}
	if (lua_type(lua, -1) == LUA_TSTRING) {
		luaL_where(lua, 1);
		lua_insert(lua, -2);
		lua_concat(lua, 2);
	}
	return lua_error(lua);
}

static int wrap(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TFUNCTION);
	lua_State *co = lua_newthread(lua);
	lua_pushvalue(lua, 1);
	lua_xmove(lua, co, 1);
	lua_pushcclosure(lua, wrapped_call, 1);
	return 1;
}

void stk_coroutines_open(lua_State *lua)
{
	lua_pushcfunction(lua, resume_call);
	lua_setfield(lua, -2, "resume");
	lua_pushcfunction(lua, wrap);
	lua_setfield(lua, -2, "wrap");
}
