/* value_copy: what setup returned, as bytes that every worker's state can read. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/bind.h"
#include "core/script/bind_names.h"
#include "core/script/sandbox.h"
#include "core/script/value.h"

/* One tag byte, then the value; tables are '{' key value ... '}'. */
static int copy_value(
	lua_State *lua, int index, struct stk_buf *out, int depth, struct stk_err *err);

static void copy_bytes(struct stk_buf *out, char tag, const void *bytes, size_t len)
{
	uint64_t count = len;

	stk_buf_add_byte(out, tag);
	stk_buf_add(out, &count, sizeof count);
	stk_buf_add(out, bytes, len);
}

static int copy_table(
	lua_State *lua, int index, struct stk_buf *out, int depth, struct stk_err *err)
{
	int rc = 0;

	if (depth >= STK_VALUE_DEPTH_MAX || !lua_checkstack(lua, 20))
		return stk_err_set(err, STK_E_INVAL, "a table nested too deeply (or in a circle)");
	stk_value_push_plain(lua, index);
	int table = lua_gettop(lua);
	stk_buf_add_byte(out, stk_value_is_array(lua, table) ? '[' : '{');
	lua_pushnil(lua);
	while (rc == 0 && lua_next(lua, table)) {
		rc = copy_value(lua, lua_gettop(lua) - 1, out, depth + 1, err);
		if (rc == 0)
			rc = copy_value(lua, lua_gettop(lua), out, depth + 1, err);
		lua_pop(lua, 1);
	}
	stk_buf_add_byte(out, '}');
	lua_settop(lua, table - 1);
	return rc;
}

static int copy_value(
	lua_State *lua, int index, struct stk_buf *out, int depth, struct stk_err *err)
{
	struct stk_str text;
	lua_Integer whole;
	lua_Number real;

	switch (lua_type(lua, index)) {
	case LUA_TNIL:
		stk_buf_add_byte(out, 'n');
		return 0;
	case LUA_TBOOLEAN:
		stk_buf_add_byte(out, lua_toboolean(lua, index) ? 't' : 'f');
		return 0;
	case LUA_TNUMBER:
		whole = lua_tointeger(lua, index);
		real = lua_tonumber(lua, index);
		if (lua_isinteger(lua, index))
			copy_bytes(out, 'i', &whole, sizeof whole);
		else
			copy_bytes(out, 'd', &real, sizeof real);
		return 0;
	case LUA_TTABLE:
		return copy_table(lua, index, out, depth, err);
	case LUA_TSTRING:
		text = stk_text_at(lua, index);
		copy_bytes(out, 's', text.ptr, text.len);
		return 0;
	default:
		if (stk_value_is_null(lua, index)) {
			stk_buf_add_byte(out, '0');
			return 0;
		}
		if (stk_secret_at(lua, index) && stk_text_or_secret(lua, index, &text)) {
			copy_bytes(out, 'x', text.ptr, text.len);
			return 0;
		}
		if (stk_data_at(lua, index))
			return copy_table(lua, index, out, depth, err);
		return stk_err_set(
			err, STK_E_INVAL, "a %s cannot be handed on", luaL_typename(lua, index));
	}
}

int stk_value_copy(lua_State *lua, int index, struct stk_buf *out, struct stk_err *err)
{
	int rc = copy_value(lua, lua_absindex(lua, index), out, 0, err);

	return rc < 0 ? rc : stk_buf_check(out, err);
}

static struct stk_str take_bytes(const char **at)
{
	uint64_t len;

	memcpy(&len, *at, sizeof len);
	struct stk_str bytes = {*at + sizeof len, (size_t)len};
	*at = bytes.ptr + bytes.len;
	return bytes;
}

static void push_number(lua_State *lua, char tag, struct stk_str bytes)
{
	lua_Integer whole;
	lua_Number real;

	if (tag == 'i') {
		memcpy(&whole, bytes.ptr, sizeof whole);
		lua_pushinteger(lua, whole);
	} else {
		memcpy(&real, bytes.ptr, sizeof real);
		lua_pushnumber(lua, real);
	}
}

/* The bytes are our own: written by stk_value_copy in this process. */
static const char *push_value(lua_State *lua, const char *at, const char *name)
{
	char tag = *at++;
	struct stk_str bytes;

	luaL_checkstack(lua, 8, "a value nested too deeply");
	switch (tag) {
	case 't':
	case 'f':
		lua_pushboolean(lua, tag == 't');
		return at;
	case '0':
		stk_value_push_null(lua);
		return at;
	case 'i':
	case 'd':
		push_number(lua, tag, take_bytes(&at));
		return at;
	case 's':
		bytes = take_bytes(&at);
		lua_pushlstring(lua, bytes.ptr, bytes.len);
		return at;
	case 'x':
		stk_secret_push(lua, take_bytes(&at));
		return at;
	case '{':
	case '[':
		lua_newtable(lua);
		while (*at != '}') {
			at = push_value(lua, at, name);
			at = push_value(lua, at, name);
			lua_rawset(lua, -3);
		}
		if (tag == '[')
			luaL_setmetatable(lua, STK_ARRAY);
		stk_sandbox_push_readonly(lua, name);
		return at + 1;
	default:
		lua_pushnil(lua);
		return at;
	}
}

void stk_value_push_copy(lua_State *lua, struct stk_str bytes, const char *name)
{
	if (bytes.len == 0)
		lua_pushnil(lua);
	else
		(void)push_value(lua, bytes.ptr, name);
}
