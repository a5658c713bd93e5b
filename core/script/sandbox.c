/* sandbox: the allow-list of built-ins and read-only views of tables. */
#include "core/script/sandbox.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "core/script/coroutines.h"
#include "core/script/state.h"

#define BUILTINS "stk.builtins" /* registry: what every table of globals falls back to */
#define GLOBALS  "stk.globals"  /* registry: the metatable of tables of globals */
#define VIEWS    "stk.views"    /* registry: view -> table behind, weak keys */

/* clang-format off */
static const char *const base_allowed[] = { "assert", "error", "getmetatable", "ipairs", "pairs",
	"pcall", "rawequal", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
	"_VERSION", NULL };
static const char *const os_allowed[] = { "clock", "date", "difftime", "time", NULL };
static const struct { const char *name; lua_CFunction open; } libraries[] = {
	{ LUA_STRLIBNAME, luaopen_string }, { LUA_TABLIBNAME, luaopen_table },
	{ LUA_MATHLIBNAME, luaopen_math },  { LUA_UTF8LIBNAME, luaopen_utf8 },
	{ LUA_COLIBNAME, luaopen_coroutine },
};
/* clang-format on */

static int refuse_write(lua_State *lua)
{
	return stk_state_misuse(lua, "%s is read-only; it cannot be given '%s'",
		lua_tostring(lua, lua_upvalueindex(1)), luaL_tolstring(lua, 2, NULL));
}

/* The iterator of a view: next() on the table behind (upvalue 1). */
static int view_next(lua_State *lua)
{
	lua_settop(lua, 2);
	if (lua_next(lua, lua_upvalueindex(1)))
		return 2;
	lua_pushnil(lua);
	return 1;
}

static int view_pairs(lua_State *lua)
{
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_pushcclosure(lua, view_next, 1);
	lua_pushvalue(lua, 1);
	lua_pushnil(lua);
	return 3;
}

static int view_len(lua_State *lua)
{
	lua_pushinteger(lua, luaL_len(lua, lua_upvalueindex(1)));
	return 1;
}

static void set_closure(lua_State *lua, const char *name, lua_CFunction fn, int table_at)
{
	lua_pushvalue(lua, table_at);
	lua_pushcclosure(lua, fn, 1);
	lua_setfield(lua, -2, name);
}

void stk_sandbox_push_readonly(lua_State *lua, const char *name)
{
	int behind = lua_gettop(lua);
	lua_createtable(lua, 0, 0);
	lua_createtable(lua, 0, 6);
	lua_pushvalue(lua, behind);
	lua_setfield(lua, -2, "__index");
	lua_pushstring(lua, name);
	lua_pushcclosure(lua, refuse_write, 1);
	lua_setfield(lua, -2, "__newindex");
	set_closure(lua, "__pairs", view_pairs, behind);
	set_closure(lua, "__len", view_len, behind);
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_setmetatable(lua, -2);

	lua_getfield(lua, LUA_REGISTRYINDEX, VIEWS);
	lua_pushvalue(lua, -2);
	lua_pushvalue(lua, behind);
	lua_rawset(lua, -3);
	lua_pop(lua, 1);
	lua_replace(lua, behind);
}

/* Push the table behind the one at index, which counts from below, if that is a view. */
static bool push_if_view(lua_State *lua, int index)
{
	if (!lua_istable(lua, index) || !lua_getmetatable(lua, index))
		return false;
	lua_getfield(lua, LUA_REGISTRYINDEX, VIEWS);
	lua_pushvalue(lua, index);
	lua_rawget(lua, -2);
	bool is_view = !lua_isnil(lua, -1);
	if (is_view)
		lua_replace(lua, -3);
	lua_settop(lua, is_view ? -2 : -4);
	return is_view;
}

void stk_sandbox_push_behind(lua_State *lua, int index)
{
	index = lua_absindex(lua, index);
	if (!push_if_view(lua, index))
		lua_pushvalue(lua, index);
}

void stk_sandbox_see_behind(lua_State *lua, int index)
{
	index = lua_absindex(lua, index);
	if (push_if_view(lua, index))
		lua_replace(lua, index);
}

bool stk_sandbox_is_readonly(lua_State *lua, int index)
{
	if (!lua_istable(lua, index))
		return false;
	index = lua_absindex(lua, index);
	stk_sandbox_push_behind(lua, index);
	bool is_view = !lua_rawequal(lua, -1, index);
	lua_pop(lua, 1);
	return is_view;
}

/* rawset, but not into read-only tables. */
static int guarded_rawset(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	luaL_checkany(lua, 3);
	if (stk_sandbox_is_readonly(lua, 1))
		return stk_state_misuse(lua, "rawset: the table is read-only");
	lua_settop(lua, 3);
	lua_rawset(lua, 1);
	return 1;
}

/* next, rawget and rawlen would see a view as an empty table: they look behind it. */
static int seeing_next(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	lua_settop(lua, 2);
	stk_sandbox_push_behind(lua, 1);
	lua_replace(lua, 1);
	if (lua_next(lua, 1))
		return 2;
	lua_pushnil(lua);
	return 1;
}

static int seeing_rawget(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	luaL_checkany(lua, 2);
	lua_settop(lua, 2);
	stk_sandbox_push_behind(lua, 1);
	lua_insert(lua, 2);
	lua_rawget(lua, 2);
	return 1;
}

static int seeing_rawlen(lua_State *lua)
{
	luaL_argexpected(
		lua, lua_istable(lua, 1) || lua_type(lua, 1) == LUA_TSTRING, 1, "table or string");
	stk_sandbox_push_behind(lua, 1);
	lua_pushinteger(lua, (lua_Integer)lua_rawlen(lua, -1));
	return 1;
}

static const luaL_Reg own_base[] = {{"next", seeing_next}, {"rawget", seeing_rawget},
	{"rawlen", seeing_rawlen}, {"rawset", guarded_rawset}, {NULL, NULL}};

static void copy_allowed(lua_State *lua, int from, int into, const char *const *names)
{
	for (; *names; names++) {
		lua_getfield(lua, from, *names);
		lua_setfield(lua, into, *names);
	}
}

/* The methods of every text come from the string table itself: nobody may reach it. */
static void lock_text_metatable(lua_State *lua)
{
	lua_pushliteral(lua, "");
	lua_getmetatable(lua, -1);
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 2);
}

static void open_libraries(lua_State *lua, int builtins)
{
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		lua_pushcfunction(lua, libraries[i].open);
		lua_pushstring(lua, libraries[i].name);
		lua_call(lua, 1, 1);
		if (libraries[i].open == luaopen_string) {
			lua_pushnil(lua);
			lua_setfield(lua, -2, "dump"); /* bytecode */
		}
		if (libraries[i].open == luaopen_coroutine)
			stk_coroutines_open(lua);
		stk_sandbox_push_readonly(lua, libraries[i].name);
		lua_setfield(lua, builtins, libraries[i].name);
	}
	lua_pushcfunction(lua, luaopen_os);
	lua_call(lua, 0, 1);
	lua_createtable(lua, 0, 4);
	copy_allowed(lua, lua_gettop(lua) - 1, lua_gettop(lua), os_allowed);
	stk_sandbox_push_readonly(lua, "os");
	lua_setfield(lua, builtins, "os");
	lua_pop(lua, 1);
}

void stk_sandbox_open(lua_State *lua)
{
	lua_newtable(lua);
	lua_newtable(lua);
	lua_pushliteral(lua, "k");
	lua_setfield(lua, -2, "__mode");
	lua_setmetatable(lua, -2);
	lua_setfield(lua, LUA_REGISTRYINDEX, VIEWS);

	lua_newtable(lua);
	int builtins = lua_gettop(lua);
	lua_pushcfunction(lua, luaopen_base);
	lua_call(lua, 0, 1);
	copy_allowed(lua, lua_gettop(lua), builtins, base_allowed);
	lua_pop(lua, 1);
	lua_pushvalue(lua, builtins);
	luaL_setfuncs(lua, own_base, 0);
	lua_pop(lua, 1);
	open_libraries(lua, builtins);
	lock_text_metatable(lua);

	lua_createtable(lua, 0, 2);
	lua_pushvalue(lua, builtins);
	lua_setfield(lua, -2, "__index");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_setfield(lua, LUA_REGISTRYINDEX, GLOBALS);
	lua_setfield(lua, LUA_REGISTRYINDEX, BUILTINS);
}

void stk_sandbox_push_builtins(lua_State *lua)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, BUILTINS);
}

void stk_sandbox_push_globals(lua_State *lua)
{
	lua_createtable(lua, 0, 1);
	lua_pushvalue(lua, -1);
	lua_setfield(lua, -2, "_G");
	lua_getfield(lua, LUA_REGISTRYINDEX, GLOBALS);
	lua_setmetatable(lua, -2);
}
