/* bind_value: stoker.array, stoker.null, stoker.file, stoker.json. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/script/bind.h"
#include "core/script/bind_file.h"
#include "core/script/bind_names.h"
#include "core/script/script_priv.h"
#include "core/script/shared.h"
#include "core/script/state.h"
#include "core/script/value.h"

#define FILE_TYPE "stk.file"
#define JSON_MAX  ((size_t)256 << 20)

/* A list that is a JSON array also when it is empty. */
static int make_array(lua_State *lua)
{
	if (lua_isnoneornil(lua, 1)) {
		lua_settop(lua, 0);
		lua_newtable(lua);
	} else if (!lua_istable(lua, 1))
		return stk_state_misuse(
			lua, "stoker.array takes a list, not %s", luaL_typename(lua, 1));
	lua_settop(lua, 1);
	luaL_setmetatable(lua, STK_ARRAY);
	return 1;
}

/* stoker.file(path): the bytes of a file of the script's folder, read once per process. */
static int make_file(lua_State *lua)
{
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	struct stk_str name = stk_arg_text(lua, 1, "stoker.file", "the path");
	struct stk_err err = STK_ERR_INIT;
	struct stk_str bytes;
	char *path = NULL;

	if (!script)
		return stk_state_misuse(lua, "stoker.file: there is no script's folder here");
	int rc = stk_shared_find(stk_script_dir(script), name, &path, &err);
	if (rc == 0)
		rc = stk_shared_bytes(stk_script_shared(script), path, &bytes, &err);
	free(path);
	if (rc < 0)
		return stk_raise_misuse(lua, "stoker.file", &err);
	struct stk_file_value *file = lua_newuserdatauv(lua, sizeof *file, 1);
	file->bytes = bytes;
	ptrdiff_t slash = stk_str_rfind_byte(name, '/');
	file->name = stk_str_skip(name, (size_t)(slash + 1)); /* of the text in user value 1 */
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, 1);
	luaL_setmetatable(lua, FILE_TYPE);
	return 1;
}

const struct stk_file_value *stk_file_value_at(lua_State *lua, int index)
{
	return luaL_testudata(lua, index, FILE_TYPE);
}

/* json_encode(value, indented). Misuse is raised when nothing is held any more. */
static int json_encode(lua_State *lua)
{
	struct stk_buf text = STK_BUF_INIT(JSON_MAX);
	struct stk_err err = STK_ERR_INIT;
	int rc;

	luaL_checkany(lua, 1);
	rc = stk_value_to_shown_json(lua, 1, lua_toboolean(lua, 2), &text, &err);
	if (rc == 0)
		lua_pushlstring(lua, text.ptr, text.len);
	stk_buf_release(&text);
	return rc < 0 ? stk_raise_misuse(lua, "stoker.json.encode", &err) : 1;
}

/* json_decode(text): the value; nil and the reason. */
static int json_decode(lua_State *lua)
{
	struct stk_str text = stk_arg_text(lua, 1, "stoker.json.decode", "the document");
	struct stk_err err = STK_ERR_INIT;
	struct stk_json *value = NULL;

	if (stk_json_parse(text, &value, &err) < 0) {
		lua_pushnil(lua);
		lua_pushstring(lua, err.msg);
		return 2;
	}
	stk_value_push_json(lua, value);
	stk_json_free(value);
	return 1;
}

int luaopen_stk_value(lua_State *lua)
{
	static const luaL_Reg funcs[] = {{"array", make_array}, {"file", make_file},
		{"json_encode", json_encode}, {"json_decode", json_decode}, {NULL, NULL}};

	stk_value_open(lua);
	luaL_newmetatable(lua, FILE_TYPE);
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);
	luaL_newlib(lua, funcs);
	stk_value_push_null(lua);
	lua_setfield(lua, -2, "null");
	return 1;
}
