/* bind_jar: http.cookie_jar, the cookies of the virtual user that runs, and http.new_cookie_jar. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/http/url.h"
#include "core/load/cookies.h"
#include "core/script/bind.h"
#include "core/script/bind_jar.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/vu_lua.h"

#define JAR "stk.jar"

static const char fn[] = "cookie jar";

/* What a script holds. */
struct jar_value {
	bool is_own;             /* else it stands for that of the virtual user that runs */
	int side;                /* whose cookies are in it */
	struct stk_cookies kept; /* of one's own */
};

struct jar_call {
	struct stk_cookies *jar;
	struct stk_url url; /* in text that is left on the stack */
	int64_t wall_ns;
};

/* What one side set is never sent to the other: ports do not part cookies. */
static struct stk_cookies *cookies_of(struct jar_value *value, const struct stk_vu_lua *vu)
{
	if (!value->is_own)
		return stk_vu_cookies(vu->vu);
	if (value->side != vu->iteration->side)
		stk_cookies_clear(&value->kept);
	value->side = vu->iteration->side;
	return &value->kept;
}

struct stk_cookies *stk_jar_at(lua_State *lua, int index)
{
	const struct stk_vu_lua *vu = stk_vu_lua_running(lua, fn);
	struct jar_value *value = luaL_testudata(lua, index, JAR);

	return value ? cookies_of(value, vu) : NULL;
}

/* The jar at argument 1, and the URL at argument 2: absolute, or a path behind base_url. */
static void begin(lua_State *lua, struct jar_call *call)
{
	struct stk_vu_lua *vu = stk_vu_lua_running(lua, fn);
	struct stk_buf joined = STK_BUF_EMPTY;
	struct stk_str text, base;

	call->jar = stk_jar_at(lua, 1);
	if (!call->jar)
		(void)stk_state_misuse(
			lua, "%s: its functions are called with ':', as jar:set", fn);
	text = stk_arg_text(lua, 2, fn, "url");
	call->wall_ns = stk_vu_wall_ns(vu->vu);
	base = stk_str_of(vu->iteration->base_url);
	if (base.len > 0 && stk_str_find(text, STK_STR("://")) <= 0) {
		stk_url_join(&joined, base, text);
		lua_pushlstring(lua, joined.ptr, joined.len);
		stk_buf_release(&joined);
		text = stk_text_at(lua, -1);
	}
	if (stk_url_parse(text, &call->url, NULL) < 0)
		(void)stk_state_misuse(lua, "%s: '%.*s' is no URL", fn, STK_STR_ARG(text));
}

/* Text that may stand in a cookie: nothing in it ends it. */
static struct stk_str arg_part(lua_State *lua, int at, const char *name, const char *ends)
{
	struct stk_str text = stk_arg_text(lua, at, fn, name);

	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ')
			(void)stk_state_misuse(
				lua, "%s: %s cannot hold a control character", fn, name);
		else if (strchr(ends, text.ptr[i]))
			(void)stk_state_misuse(
				lua, "%s: %s cannot hold '%c'", fn, name, text.ptr[i]);
	return text;
}

static void add_attribute(lua_State *lua, struct stk_str key)
{
	int at = lua_gettop(lua);

	if (stk_str_is(key, "path"))
		(void)lua_pushfstring(lua, "; Path=%s", arg_part(lua, at, "path", ";").ptr);
	else if (stk_str_is(key, "domain"))
		(void)lua_pushfstring(lua, "; Domain=%s", arg_part(lua, at, "domain", ";").ptr);
	else if (stk_str_is(key, "max_age") && lua_isinteger(lua, at))
		(void)lua_pushfstring(lua, "; Max-Age=%I", (LUAI_UACINT)lua_tointeger(lua, at));
	else if (stk_str_is(key, "secure") && lua_isboolean(lua, at))
		lua_pushstring(lua, lua_toboolean(lua, at) ? "; Secure" : "");
	else
		(void)stk_state_misuse(lua,
			"%s: '%.*s' is none of domain, path (text), max_age (whole seconds), "
			"secure (true or false)",
			fn, STK_STR_ARG(key));
}

/* What a server would have sent, left on the stack. */
static struct stk_str set_cookie_line(lua_State *lua)
{
	(void)lua_pushfstring(lua, "%s=%s", arg_part(lua, 3, "name", "=; ").ptr,
		arg_part(lua, 4, "value", ";").ptr);
	if (lua_isnoneornil(lua, 5))
		return stk_text_at(lua, -1);
	if (!lua_istable(lua, 5))
		(void)stk_state_misuse(
			lua, "%s: options must be a table, not %s", fn, luaL_typename(lua, 5));
	int line = lua_gettop(lua);
	stk_sandbox_push_behind(lua, 5);
	lua_pushnil(lua);
	while (lua_next(lua, line + 1)) {
		struct stk_str key = stk_text_at(lua, -2);
		add_attribute(lua, key.ptr ? key : STK_STR("[a list item]"));
		lua_pushvalue(lua, line);
		lua_insert(lua, -2);
		lua_concat(lua, 2);
		lua_replace(lua, line);
		lua_pop(lua, 1);
	}
	lua_settop(lua, line);
	return stk_text_at(lua, line);
}

/* (jar, url, name, value, options) */
static int jar_set(lua_State *lua)
{
	struct jar_call call;
	struct stk_str line;

	lua_settop(lua, 5);
	begin(lua, &call);
	line = set_cookie_line(lua);
	if (!stk_cookies_put(call.jar, &call.url, line, call.wall_ns))
		return stk_state_misuse(lua,
			"%s: '%.*s' may not set this cookie: it is of another domain, or longer "
			"than %d bytes",
			fn, STK_STR_ARG(call.url.host), STK_COOKIE_BYTES_MAX);
	return 0;
}

/* (jar, url): a table of names and values that would be sent there; the closest path counts. */
static int jar_cookies_for_url(lua_State *lua)
{
	struct stk_buf sent = STK_BUF_EMPTY;
	struct stk_str rest, pair;
	struct jar_call call;

	lua_settop(lua, 2);
	begin(lua, &call);
	stk_cookies_format(call.jar, &call.url, call.wall_ns, &sent);
	lua_pushlstring(lua, sent.len > 0 ? sent.ptr : "", sent.len);
	stk_buf_release(&sent);
	rest = stk_text_at(lua, -1);
	lua_newtable(lua);
	while (rest.len > 0 && stk_str_cut(&rest, ';', &pair)) {
		ptrdiff_t equals = stk_str_find_byte(pair, '=');
		struct stk_str name = stk_str_trim(stk_str_sub(pair, 0, (size_t)equals));
		lua_pushlstring(lua, name.ptr, name.len);
		lua_pushvalue(lua, -1);
		if (lua_rawget(lua, -3) == LUA_TNIL) {
			lua_pushlstring(lua, pair.ptr + equals + 1, pair.len - (size_t)equals - 1);
			lua_replace(lua, -2);
			lua_rawset(lua, -3);
		} else
			lua_pop(lua, 2);
	}
	return 1;
}

/* (jar, url, name): forget the cookies of that name that would be sent there. */
static int jar_delete(lua_State *lua)
{
	struct jar_call call;

	lua_settop(lua, 3);
	begin(lua, &call);
	if (lua_isnil(lua, 3))
		return stk_state_misuse(
			lua, "%s: delete takes a url and a name; clear forgets all", fn);
	stk_cookies_remove(call.jar, &call.url, arg_part(lua, 3, "name", "=; "), call.wall_ns);
	return 0;
}

/* (jar, url): forget all that would be sent there. */
static int jar_clear(lua_State *lua)
{
	struct jar_call call;

	lua_settop(lua, 2);
	begin(lua, &call);
	stk_cookies_remove(call.jar, &call.url, STK_STR(""), call.wall_ns);
	return 0;
}

static int jar_newindex(lua_State *lua)
{
	return stk_state_misuse(lua, "the %s is read-only; it cannot be given '%s'", fn,
		luaL_tolstring(lua, 2, NULL));
}

static int jar_gc(lua_State *lua)
{
	struct jar_value *value = luaL_checkudata(lua, 1, JAR);

	stk_cookies_release(&value->kept);
	return 0;
}

static void push_jar(lua_State *lua, bool is_own)
{
	struct jar_value *value = lua_newuserdatauv(lua, sizeof *value, 0);

	value->is_own = is_own;
	value->side = 0;
	stk_cookies_init(&value->kept);
	luaL_setmetatable(lua, JAR);
}

/* One value stands for the jar of whoever runs. */
static int cookie_jar(lua_State *lua)
{
	lua_pushvalue(lua, lua_upvalueindex(1));
	return 1;
}

static int new_cookie_jar(lua_State *lua)
{
	push_jar(lua, true);
	return 1;
}

void stk_jar_open(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"set", jar_set},
		{"cookies_for_url", jar_cookies_for_url}, {"delete", jar_delete},
		{"clear", jar_clear}, {NULL, NULL}};
	static const luaL_Reg meta[] = {
		{"__newindex", jar_newindex}, {"__gc", jar_gc}, {NULL, NULL}};

	luaL_newmetatable(lua, JAR);
	luaL_setfuncs(lua, meta, 0);
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	luaL_newlib(lua, methods);
	stk_sandbox_push_readonly(lua, "the cookie jar");
	lua_setfield(lua, -2, "__index");
	lua_pop(lua, 1);
	push_jar(lua, false);
	lua_pushcclosure(lua, cookie_jar, 1);
	lua_setfield(lua, -2, "cookie_jar");
	lua_pushcfunction(lua, new_cookie_jar);
	lua_setfield(lua, -2, "new_cookie_jar");
}
