/* bind_require: require, load and print as user's files have them. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/script/bind.h"
#include "core/script/bind_names.h"
#include "core/script/chunk.h"
#include "core/script/sandbox.h"
#include "core/script/script_priv.h"
#include "core/script/shared.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"

#define NAME_MAX_LEN 200

int stk_print(lua_State *lua)
{
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	int count = lua_gettop(lua);
	luaL_Buffer line;

	luaL_buffinit(lua, &line);
	for (int i = 1; i <= count; i++) {
		if (i > 1)
			luaL_addchar(&line, '\t');
		luaL_tolstring(lua, i, NULL);
		luaL_addvalue(&line);
	}
	luaL_pushresult(&line);
	if (script)
		stk_script_say(script, STK_TALK_PRINT, lua_tostring(lua, -1));
	return 0;
}

/* load(text, name, mode, env): text only, never bytecode; env defaults to the caller's. */
int stk_load_text(lua_State *lua)
{
	struct stk_str text = stk_arg_text(lua, 1, "load", "the chunk");
	const char *name = luaL_optstring(lua, 2, "=(load)");
	bool own_env = !lua_isnone(lua, 4);

	if (strncmp(name, STK_CHUNK_OURS, sizeof STK_CHUNK_OURS - 1) == 0)
		name = "=(load)";
	if (luaL_loadbufferx(lua, text.ptr, text.len, name, "t") != LUA_OK) {
		lua_pushnil(lua);
		lua_insert(lua, -2);
		return 2;
	}
	if (own_env)
		lua_pushvalue(lua, 4);
	else
		stk_state_push_globals(stk_state_of(lua), lua);
	if (!lua_setupvalue(lua, -2, 1))
		lua_pop(lua, 1);
	return 1;
}

static bool called_by_ours(lua_State *lua)
{
	lua_Debug frame;

	if (!lua_getstack(lua, 1, &frame))
		return true;
	lua_getinfo(lua, "S", &frame);
	return strncmp(frame.source, STK_CHUNK_OURS, sizeof STK_CHUNK_OURS - 1) == 0;
}

/* Run the chunk on top of the stack with the globals below it, as module name; leaves its value. */
static void run_module(lua_State *lua, const char *name)
{
	lua_insert(lua, -2);
	lua_pushstring(lua, name);
	lua_call(lua, 2, 1);
	if (lua_isnil(lua, -1)) {
		lua_pop(lua, 1);
		lua_pushboolean(lua, 1);
	}
}

/* "stoker" or "stoker.http": part of the program, one for all virtual users of a worker. */
static bool push_ours(lua_State *lua, const char *name)
{
	char path[NAME_MAX_LEN + 8];
	struct stk_err err = STK_ERR_INIT;

	snprintf(path, sizeof path, "%s.lua", name);
	for (char *dot = strchr(path, '.'); dot && dot[1] && strcmp(dot, ".lua") != 0;
		dot = strchr(dot, '.'))
		*dot = '/';
	stk_sandbox_push_builtins(lua);
	int rc = stk_chunk_compile_ours(lua, path, &err);
	if (rc == STK_E_NOT_FOUND) {
		lua_pop(lua, 1);
		return false;
	}
	if (rc < 0)
		return stk_state_raise(lua, &err), false;
	run_module(lua, name);
	return true;
}

static bool is_module_name(struct stk_str name)
{
	if (name.len == 0 || name.len > NAME_MAX_LEN || stk_str_contains(name, STK_STR("..")) ||
		name.ptr[0] == '.' || name.ptr[name.len - 1] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.",
			    name.ptr[i]) ||
			name.ptr[i] == '\0')
			return false;
	return true;
}

/* Compile the user's module of that path below the script's folder. False: no such file. */
static bool push_chunk(lua_State *lua, const char *relative, struct stk_err *err)
{
	struct stk_state *state = stk_state_of(lua);
	struct stk_script *script = stk_state_script(state);
	struct stk_str text;
	char *path = NULL;
	int rc = stk_shared_find(stk_script_dir(script), stk_str_of(relative), &path, err);

	if (rc < 0)
		return false;
	rc = stk_shared_bytes(stk_script_shared(script), path, &text, err);
	free(path);
	if (rc < 0)
		return false;
	lua_getfield(lua, LUA_REGISTRYINDEX, STK_USER_CHUNKS);
	if (lua_getfield(lua, -1, relative) == LUA_TFUNCTION) {
		lua_remove(lua, -2);
		return true;
	}
	lua_pop(lua, 1);
	lua_pushfstring(lua, "@%s%s%s",
		strcmp(stk_script_dir(script), ".") ? stk_script_dir(script) : "",
		strcmp(stk_script_dir(script), ".") ? "/" : "", relative);
	if (stk_chunk_compile(lua, text, lua_tostring(lua, -1), err) < 0)
		return false;
	lua_remove(lua, -2);
	lua_pushvalue(lua, -1);
	lua_setfield(lua, -3, relative);
	lua_remove(lua, -2);
	return true;
}

/* Run the user's module; the table of the virtual user's modules is at index 2. */
static void push_users(lua_State *lua, const char *name)
{
	char path[NAME_MAX_LEN + 16];
	struct stk_err err = STK_ERR_INIT;

	snprintf(path, sizeof path, "%s.lua", name);
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++)
		if (path[i] == '.')
			path[i] = '/';
	if (!push_chunk(lua, path, &err) && err.code == STK_E_NOT_FOUND) {
		snprintf(path + len, sizeof path - len, "/init.lua");
		stk_err_clear(&err);
		(void)push_chunk(lua, path, &err);
	}
	if (err.code == STK_E_NOT_FOUND)
		(void)stk_state_misuse(lua,
			"require: module '%s' is not there: looked for %.*s.lua and %s beside the "
			"script",
			name, (int)len, path, path);
	if (err.code)
		(void)stk_state_misuse(lua, "require '%s': %s", name, err.msg);
	lua_pushboolean(lua, 0); /* being loaded */
	lua_setfield(lua, 2, name);
	stk_state_push_globals(stk_state_of(lua), lua);
	lua_insert(lua, -2);
	run_module(lua, name);
}

/* Push the table of the running virtual user's modules. */
static void push_loaded(lua_State *lua)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, STK_USER_LOADED);
	stk_state_push_globals(stk_state_of(lua), lua);
	lua_pushvalue(lua, -1);
	if (lua_rawget(lua, -3) != LUA_TTABLE) {
		lua_pop(lua, 1);
		lua_newtable(lua);
		lua_pushvalue(lua, -2);
		lua_pushvalue(lua, -2);
		lua_rawset(lua, -5);
	}
	lua_replace(lua, -3);
	lua_pop(lua, 1);
}

static int require_ours(lua_State *lua, const char *name)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, STK_OWN_LOADED);
	if (lua_getfield(lua, -1, name) != LUA_TNIL)
		return 1;
	lua_pop(lua, 1);
	if (name[0] == '_' || !push_ours(lua, name))
		return 0;
	lua_pushvalue(lua, -1);
	lua_setfield(lua, -3, name);
	return 1;
}

int stk_require(lua_State *lua)
{
	struct stk_str text = stk_arg_text(lua, 1, "require", "the name");
	const char *name = text.ptr;

	lua_settop(lua, 1);
	if (!is_module_name(text))
		return stk_state_misuse(lua,
			"require: '%s' is no module name (lib.orders is lib/orders.lua)", name);
	bool ours = strcmp(name, "stoker") == 0 || stk_str_starts(text, "stoker.");
	if (ours || (name[0] == '_' && called_by_ours(lua))) {
		if (require_ours(lua, name))
			return 1;
		if (ours)
			return stk_state_misuse(lua, "require: stoker has no module '%s'", name);
	}
	if (!stk_state_script(stk_state_of(lua)))
		return stk_state_misuse(lua, "require: module '%s' is not there", name);
	lua_settop(lua, 1);
	push_loaded(lua);
	if (lua_getfield(lua, 2, name) != LUA_TNIL) {
		if (lua_type(lua, -1) == LUA_TBOOLEAN && !lua_toboolean(lua, -1))
			return stk_state_misuse(lua, "require: module '%s' requires itself", name);
		return 1;
	}
	lua_pop(lua, 1);
	push_users(lua, name);
	lua_pushvalue(lua, -1);
	lua_setfield(lua, 2, name);
	return 1;
}
