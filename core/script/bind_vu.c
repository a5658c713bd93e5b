/* bind_vu: sleep, random, fail, abort, and what a script may know of its virtual user. */
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/script/bind.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/table.h"
#include "core/script/vu_lua.h"

static int64_t arg_duration(lua_State *lua, int at)
{
	struct stk_err err = STK_ERR_INIT;
	int64_t ns = 0;

	if (stk_value_duration(lua, at, &ns, &err) < 0)
		(void)stk_raise_misuse(lua, "sleep", &err);
	return ns;
}

static int slept(lua_State *lua, int status, lua_KContext ctx)
{
	(void)lua;
	(void)status;
	(void)ctx;
	return 0;
}

static int vu_sleep(lua_State *lua)
{
	stk_check_can_wait(lua, "sleep");
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, "sleep");
	int64_t from = arg_duration(lua, 1);

	if (!lua_isnoneornil(lua, 2)) {
		int64_t to = arg_duration(lua, 2);
		if (to < from)
			return stk_state_misuse(lua, "sleep: from %g s to %g s runs backwards",
				(double)from / 1e9, (double)to / 1e9);
		from = stk_rand_range(stk_vu_lua_rand(vu), from, to);
	}
	vu->asked = true;
	stk_vu_sleep_until(vu->vu, stk_vu_now_ns(vu->vu) + from);
	return lua_yieldk(lua, 0, 0, slept);
}

static lua_Integer arg_whole(lua_State *lua, int at)
{
	int is_int = 0;
	lua_Integer value = lua_tointegerx(lua, at, &is_int);

	if (!is_int || lua_type(lua, at) != LUA_TNUMBER)
		(void)stk_state_misuse(lua, "stoker.random takes whole numbers");
	return value;
}

static int vu_random(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);
	lua_Integer low = 1, high;

	if (!vu)
		return stk_state_misuse(lua,
			"stoker.random is for virtual users, not for the file's "
			"first reading: move the call into a function");
	int args = lua_gettop(lua);
	if (args == 0) {
		lua_pushnumber(lua, stk_rand_f64(stk_vu_lua_rand(vu)));
		return 1;
	}
	high = arg_whole(lua, args > 1 ? 2 : 1);
	if (args > 1)
		low = arg_whole(lua, 1);
	if (low > high)
		return stk_state_misuse(lua, "stoker.random: nothing lies between %lld and %lld",
			(long long)low, (long long)high);
	lua_pushinteger(lua, stk_rand_range(stk_vu_lua_rand(vu), low, high));
	return 1;
}

static int vu_fail(lua_State *lua)
{
	struct stk_str message = stk_arg_text(lua, 1, "stoker.fail", "the message");

	return stk_state_misuse(lua, "%.*s", STK_STR_ARG(message));
}

/* The message of an abort keeps the line that asked for it. */
static int vu_abort(lua_State *lua)
{
	struct stk_str message = stk_arg_text(lua, 1, "stoker.abort", "the message");
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, "stoker.abort");

	stk_vu_abort(vu->vu, message.ptr);
	vu->aborting = true;
	return stk_state_misuse(lua, "%.*s", STK_STR_ARG(message));
}

/* --- stoker.vu, stoker.scenario ---------------------------------------------------- */

/* tags[key] = value; nil takes it away */
static int tags_newindex(lua_State *lua)
{
	static const char fn[] = "stoker.vu.tags";
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, fn);
	struct stk_str key = stk_arg_text(lua, 2, fn, "the name");

	if (!stk_vu_set_tag(
		    vu->vu, key.ptr, lua_isnil(lua, 3) ? NULL : stk_tag_value(lua, fn, key.ptr)))
		return stk_state_misuse(lua, "stoker.vu.tags: more than %d tags", STK_VU_TAGS_MAX);
	return 0;
}

static int tags_index(lua_State *lua)
{
	const struct stk_vu_lua *vu = stk_state_vu(lua);
	struct stk_str key = stk_arg_text(lua, 2, "stoker.vu.tags", "the name");

	lua_pushstring(lua, vu ? stk_vu_tag(vu->vu, key.ptr) : NULL);
	return 1;
}

static int vu_index(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);
	struct stk_str key = stk_arg_text(lua, 2, "stoker.vu", "the name");

	if (stk_str_is(key, "id"))
		lua_pushinteger(lua, vu ? stk_vu_id(vu->vu) : 0);
	else if (stk_str_is(key, "iter"))
		lua_pushinteger(lua, vu && vu->iteration ? vu->iteration->iter : 0);
	else if (stk_str_is(key, "tags"))
		lua_pushvalue(lua, lua_upvalueindex(1));
	else
		return stk_state_misuse(
			lua, "stoker.vu has no '%.*s', only id, iter and tags", STK_STR_ARG(key));
	return 1;
}

static int scenario_index(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);
	struct stk_str key = stk_arg_text(lua, 2, "stoker.scenario", "the name");
	const struct stk_scenario *scenario = vu && vu->iteration ? vu->iteration->scenario : NULL;

	if (stk_str_is(key, "name"))
		lua_pushstring(lua, scenario ? scenario->name : NULL);
	else if (stk_str_is(key, "executor"))
		lua_pushstring(lua, scenario ? scenario->executor : NULL);
	else if (stk_str_is(key, "iter"))
		lua_pushinteger(lua, scenario ? vu->iteration->iter_in_test : 0);
	else if (stk_str_is(key, "progress")) {
		if (scenario)
			lua_pushnumber(lua, stk_vu_progress(vu->vu));
		else
			lua_pushnil(lua);
	} else
		return stk_state_misuse(lua,
			"stoker.scenario has no '%.*s', only name, executor, iter and progress",
			STK_STR_ARG(key));
	return 1;
}

static int refuse_write(lua_State *lua)
{
	return stk_state_misuse(lua, "%s is read-only", lua_tostring(lua, lua_upvalueindex(1)));
}

/* A value whose fields are asked for; index is on top of the stack and gives way to it. */
static void push_asked(lua_State *lua, lua_CFunction newindex, const char *name)
{
	lua_newuserdatauv(lua, 0, 0);
	lua_createtable(lua, 0, 3);
	lua_rotate(lua, -3, -1);
	lua_setfield(lua, -2, "__index");
	lua_pushstring(lua, name);
	lua_pushcclosure(lua, newindex, 1);
	lua_setfield(lua, -2, "__newindex");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_setmetatable(lua, -2);
}

int luaopen_stk_vu(lua_State *lua)
{
	static const luaL_Reg funcs[] = {{"sleep", vu_sleep}, {"random", vu_random},
		{"fail", vu_fail}, {"abort", vu_abort}, {NULL, NULL}};

	luaL_newlib(lua, funcs);
	lua_pushcfunction(lua, tags_index);
	push_asked(lua, tags_newindex, "stoker.vu.tags");
	lua_pushcclosure(lua, vu_index, 1);
	push_asked(lua, refuse_write, "stoker.vu");
	lua_setfield(lua, -2, "vu");
	lua_pushcfunction(lua, scenario_index);
	push_asked(lua, refuse_write, "stoker.scenario");
	lua_setfield(lua, -2, "scenario");
	return 1;
}
