/* expect: which statuses a script expects, of a request, a virtual user or the whole test. */
#include "core/script/expect.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/bind.h"
#include "core/script/sandbox.h"

static int refuse(struct stk_err *err)
{
	return stk_err_set(err, STK_E_INVAL,
		"expect is a status, \"2xx\", { min = 200, max = 299 }, a list of these, or false");
}

static bool read_status(lua_State *lua, int index, int *out)
{
	int is_int = 0;
	lua_Integer status = lua_tointegerx(lua, index, &is_int);

	*out = (int)status;
	return is_int && lua_type(lua, index) == LUA_TNUMBER && status >= 100 && status <= 999;
}

/* The value on top of the stack as one range. */
static bool read_one(lua_State *lua, struct stk_status_range *out)
{
	struct stk_str text = stk_text_at(lua, -1);
	bool ok;

	if (text.ptr) {
		if (text.len != 3 || text.ptr[0] < '1' || text.ptr[0] > '5' ||
			strcmp(text.ptr + 1, "xx") != 0)
			return false;
		out->low = (text.ptr[0] - '0') * 100;
		out->high = out->low + 99;
		return true;
	}
	if (!lua_istable(lua, -1)) {
		ok = read_status(lua, -1, &out->low);
		out->high = out->low;
		return ok;
	}
	lua_getfield(lua, -1, "min");
	lua_getfield(lua, -2, "max");
	ok = read_status(lua, -2, &out->low) && read_status(lua, -1, &out->high) &&
	     out->low <= out->high;
	lua_pop(lua, 2);
	return ok;
}

static int push_one(lua_State *lua, struct stk_status_ranges *out, struct stk_err *err)
{
	struct stk_status_range range;

	if (!read_one(lua, &range))
		return refuse(err);
	stk_vec_push(out, range);
	return 0;
}

int stk_expect_read(lua_State *lua, int index, struct stk_status_ranges *ranges, bool *unjudged,
	struct stk_err *err)
{
	int top = lua_gettop(lua), rc = 0;
	lua_Integer len = 0;

	luaL_checkstack(lua, 6, "expect");
	stk_sandbox_push_behind(lua, index);
	*unjudged = lua_isboolean(lua, -1) && !lua_toboolean(lua, -1);
	if (!*unjudged && (!lua_istable(lua, -1) || (len = (lua_Integer)lua_rawlen(lua, -1)) == 0))
		rc = push_one(lua, ranges, err);
	for (lua_Integer i = 1; rc == 0 && i <= len; i++) {
		lua_rawgeti(lua, top + 1, i);
		rc = push_one(lua, ranges, err);
		lua_settop(lua, top + 1);
	}
	lua_settop(lua, top);
	return rc;
}
