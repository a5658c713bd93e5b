/* exec: finding a load script's functions in the table it returned. */
#include "core/script/exec.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/load/driver.h"
#include "core/script/script_priv.h"

/* Places; stk_scenario.exec counts from AT_DEFAULT. */
enum { AT_SETUP, AT_TEARDOWN, AT_SUMMARY, AT_DEFAULT, AT_SCENARIOS };

int stk_exec_find(const struct stk_script *script, const char *scenario)
{
	const struct stk_texts *names = stk_script_scenarios(script);

	for (size_t i = 0; i < names->len; i++)
		if (strcmp(names->items[i], scenario) == 0)
			return STK_EXEC_SCENARIOS + (int)i;
	return -1;
}

size_t stk_exec_count(const struct stk_script *script)
{
	return AT_SCENARIOS + stk_script_scenarios(script)->len;
}

size_t stk_exec_number(const struct stk_iteration *iteration)
{
	if (iteration->kind == STK_ITERATION_SETUP)
		return AT_SETUP;
	if (iteration->kind == STK_ITERATION_TEARDOWN)
		return AT_TEARDOWN;
	return (size_t)AT_DEFAULT + (size_t)iteration->exec;
}

/* Reference to the function on top of the stack, popped. */
static int keep_top(lua_State *lua)
{
	if (lua_isfunction(lua, -1))
		return luaL_ref(lua, LUA_REGISTRYINDEX);
	lua_pop(lua, 1);
	return LUA_NOREF;
}

static int keep_scenario(
	struct stk_script *script, lua_State *lua, const char *name, int *ref, struct stk_err *err)
{
	int table = lua_gettop(lua);

	*ref = LUA_NOREF;
	if (lua_getfield(lua, -1, "scenarios") == LUA_TTABLE &&
		lua_getfield(lua, -1, name) == LUA_TTABLE) {
		if (lua_getfield(lua, -1, "exec") == LUA_TNIL) { /* then it is default */
			lua_pop(lua, 1);
			lua_getfield(lua, table, "default");
		}
		*ref = keep_top(lua);
	}
	if (*ref == LUA_NOREF)
		return stk_err_set(err, STK_E_SCRIPT,
			"%s: scenario '%s' was there when the file was first read, and is not for "
			"every virtual user",
			stk_script_path(script), name);
	return 0;
}

int stk_exec_keep(struct stk_script *script, lua_State *lua, int *refs, struct stk_err *err)
{
	static const char *const keys[] = {"setup", "teardown", "summary", "default"};
	const struct stk_texts *names = stk_script_scenarios(script);
	int table = lua_gettop(lua);

	for (size_t i = 0; i < AT_SCENARIOS; i++) {
		lua_getfield(lua, table, keys[i]);
		refs[i] = keep_top(lua);
	}
	for (size_t i = 0; i < names->len; i++) {
		int rc = keep_scenario(script, lua, names->items[i], &refs[AT_SCENARIOS + i], err);
		lua_settop(lua, table);
		if (rc < 0)
			return rc;
	}
	return 0;
}
