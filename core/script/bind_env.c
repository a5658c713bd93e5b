/* bind_env: stoker.env and stoker.secret. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/secret.h"
#include "core/script/bind.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

#define SECRET          "stk.secret"
#define SECRET_FILE_MAX ((size_t)1 << 20)

/* A secret is a userdata that holds its bytes; they are wiped when it goes. */
struct secret_value {
	size_t len;
	char text[];
};

void stk_secret_push(lua_State *lua, struct stk_str text)
{
	struct secret_value *secret = lua_newuserdatauv(lua, sizeof *secret + text.len + 1, 0);

	secret->len = text.len;
	if (text.len)
		memcpy(secret->text, text.ptr, text.len);
	secret->text[text.len] = '\0';
	luaL_setmetatable(lua, SECRET);
}

bool stk_secret_at(lua_State *lua, int index)
{
	return luaL_testudata(lua, index, SECRET) != NULL;
}

bool stk_text_or_secret(lua_State *lua, int index, struct stk_str *out)
{
	const struct secret_value *secret = luaL_testudata(lua, index, SECRET);

	if (secret)
		*out = stk_str_n(secret->text, secret->len);
	else if (lua_type(lua, index) == LUA_TSTRING || lua_type(lua, index) == LUA_TNUMBER)
		out->ptr = lua_tolstring(lua, index, &out->len);
	else
		return false;
	return true;
}

/* text .. secret is a secret again; nothing leaves by concatenation. */
static int secret_concat(lua_State *lua)
{
	struct stk_str left, right;
	luaL_Buffer both;

	for (int i = 1; i <= 2; i++)
		if (!stk_text_or_secret(lua, i, i == 1 ? &left : &right))
			return stk_state_misuse(
				lua, "a secret cannot be joined with %s", luaL_typename(lua, i));
	char *at = luaL_buffinitsize(lua, &both, left.len + right.len);
	memcpy(at, left.ptr, left.len);
	memcpy(at + left.len, right.ptr, right.len);
	stk_secret_push(lua, stk_str_n(at, left.len + right.len));
	return 1;
}

static int secret_text(lua_State *lua)
{
	lua_pushliteral(lua, "***");
	return 1;
}

static int secret_gc(lua_State *lua)
{
	struct secret_value *secret = luaL_checkudata(lua, 1, SECRET);

	explicit_bzero(secret->text, secret->len);
	return 0;
}

/* --- env -------------------------------------------------------------------------- */

/* The scenario's env, then -e, then the environment without what looks like a credential. */
static const char *find_value(lua_State *lua, const char *name)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	const char *value = vu ? stk_vu_lua_env(vu, name) : NULL;

	if (!value && script)
		value = stk_script_var(script, name);
	if (!value && script && !stk_secret_is_name(stk_str_of(name)))
		value = stk_script_environment(script, name);
	return value;
}

static int get_env(lua_State *lua)
{
	int args = lua_gettop(lua);
	const char *name = stk_arg_text(lua, 1, "stoker.env", "the name").ptr;

	if (args > 2)
		return stk_state_misuse(lua, "stoker.env takes a name and a default");
	if (args == 2 && !lua_isnil(lua, 2) && lua_type(lua, 2) != LUA_TSTRING &&
		lua_type(lua, 2) != LUA_TNUMBER && !stk_secret_at(lua, 2))
		return stk_state_misuse(lua, "stoker.env: the default of '%s' must be text, not %s",
			name, luaL_typename(lua, 2));
	const char *value = find_value(lua, name);
	if (value)
		lua_pushstring(lua, value);
	else if (args == 2) {
		lua_settop(lua, 2);
		if (lua_type(lua, 2) == LUA_TNUMBER)
			(void)lua_tostring(lua, 2);
	} else if (stk_secret_is_name(stk_str_of(name)))
		return stk_state_misuse(lua,
			"variable '%s' looks like a credential, which stoker.env does not read\n"
			"  take it by stoker.secret \"%s\", or pass it on purpose: -e %s=...",
			name, name, name);
	else
		return stk_state_misuse(lua,
			"variable '%s' is not set and has no default\n  pass it: -e %s=...", name,
			name);
	return 1;
}

/* NAME_FILE names a file with the secret, as containers mount them; one line end is cut. */
static bool push_from_file(lua_State *lua, struct stk_script *script, const char *name)
{
	struct stk_err err = STK_ERR_INIT;
	char variable[256];

	snprintf(variable, sizeof variable, "%s_FILE", name);
	const char *path = stk_script_var(script, variable);
	if (!path)
		path = stk_script_environment(script, variable);
	if (!path)
		return false;
	struct stk_buf text = STK_BUF_INIT(SECRET_FILE_MAX);
	if (stk_fs_read(path, &text, &err) < 0) {
		stk_buf_release(&text);
		(void)stk_state_misuse(lua, "stoker.secret: %s: %s", variable, err.msg);
	}
	struct stk_str bytes = stk_buf_str(&text);
	if (stk_str_ends(bytes, "\n"))
		bytes.len--;
	if (stk_str_ends(bytes, "\r"))
		bytes.len--;
	stk_secret_push(lua, bytes);
	explicit_bzero(text.ptr, text.len);
	stk_buf_release(&text);
	return true;
}

static int get_secret(lua_State *lua)
{
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	const char *name = stk_arg_text(lua, 1, "stoker.secret", "the name").ptr;
	const char *value = script ? stk_script_var(script, name) : NULL;

	if (!value && script)
		value = stk_script_environment(script, name);
	if (value)
		stk_secret_push(lua, stk_str_of(value));
	else if (!script || !push_from_file(lua, script, name))
		return stk_state_misuse(lua,
			"secret '%s' is not set\n  set the variable %s, or %s_FILE to the path of "
			"a "
			"file that holds it",
			name, name, name);
	return 1;
}

int luaopen_stk_env(lua_State *lua)
{
	static const luaL_Reg metamethods[] = {{"__concat", secret_concat},
		{"__tostring", secret_text}, {"__gc", secret_gc}, {NULL, NULL}};
	static const luaL_Reg funcs[] = {{"env", get_env}, {"secret", get_secret}, {NULL, NULL}};

	luaL_newmetatable(lua, SECRET);
	luaL_setfuncs(lua, metamethods, 0);
	lua_pushliteral(lua, "secret");
	lua_setfield(lua, -2, "__name");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);
	luaL_newlib(lua, funcs);
	return 1;
}
