/* bind_response: status, body, headers, cookies, JSON and timings of an answer. */
#include "core/script/bind_response.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/json.h"
#include "core/load/driver.h"
#include "core/script/bind.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/value.h"

#define RESPONSE "stk.http.response"
#define HEADERS  "stk.http.headers"
#define JSON     "stk.http.json"

/* User values of a response: what is made when it is first asked for. */
enum { AT_BODY = 1, AT_HEADERS, AT_COOKIES, AT_TIMINGS, AT_JSON, AT_COUNT = AT_JSON };

/* The texts follow in one block: url, error, then name and value of each field. */
struct response_value {
	int status, error_code;
	bool ok;
	char proto[12];
	struct stk_timings_ms timings;
	uint32_t url_len, error_len;
	uint32_t headers_len, cookies_len;
	uint32_t lens[][2]; /* of name and value */
};

struct json_value {
	struct stk_json *json;
};

static char *texts_of(const struct response_value *value)
{
	return (char *)&value->lens[value->headers_len + value->cookies_len];
}

static size_t fields_bytes(const struct stk_name_value *fields, size_t len)
{
	size_t bytes = len * 2 * sizeof(uint32_t);

	for (size_t i = 0; i < len; i++)
		bytes += fields[i].name.len + fields[i].value.len;
	return bytes;
}

static char *put_text(char *at, struct stk_str text)
{
	if (text.len)
		memcpy(at, text.ptr, text.len);
	return at + text.len;
}

static char *put_fields(struct response_value *value, size_t from,
	const struct stk_name_value *fields, size_t len, char *at)
{
	for (size_t i = 0; i < len; i++) {
		value->lens[from + i][0] = (uint32_t)fields[i].name.len;
		value->lens[from + i][1] = (uint32_t)fields[i].value.len;
		at = put_text(put_text(at, fields[i].name), fields[i].value);
	}
	return at;
}

void stk_response_push(
	lua_State *lua, const struct stk_response *response, bool body_kept, bool hide_url)
{
	struct stk_str error = stk_str_of(response->error);
	struct stk_str url = hide_url ? STK_STR("***") : response->url;
	size_t size = sizeof(struct response_value) + url.len + error.len +
		      fields_bytes(response->headers, response->headers_len) +
		      fields_bytes(response->cookies, response->cookies_len);
	struct response_value *value = lua_newuserdatauv(lua, size, AT_COUNT);

	value->status = response->status;
	value->error_code = response->error_code;
	value->ok = response->ok;
	snprintf(value->proto, sizeof value->proto, "%s", response->proto ? response->proto : "");
	value->timings = response->timings;
	value->url_len = (uint32_t)url.len;
	value->error_len = (uint32_t)error.len;
	value->headers_len = (uint32_t)response->headers_len;
	value->cookies_len = (uint32_t)response->cookies_len;
	char *at = put_text(put_text(texts_of(value), url), error);
	at = put_fields(value, 0, response->headers, response->headers_len, at);
	(void)put_fields(
		value, response->headers_len, response->cookies, response->cookies_len, at);
	luaL_setmetatable(lua, RESPONSE);
	if (body_kept) {
		lua_pushlstring(
			lua, response->body.ptr ? response->body.ptr : "", response->body.len);
		lua_setiuservalue(lua, -2, AT_BODY);
	}
}

bool stk_response_at(lua_State *lua, int index)
{
	return luaL_testudata(lua, index, RESPONSE) != NULL;
}

static struct response_value *check_response(lua_State *lua, int at)
{
	struct response_value *value = luaL_testudata(lua, at, RESPONSE);

	if (!value)
		(void)stk_state_misuse(lua,
			"a response is wanted, not %s (methods take a colon: "
			"r:json(pointer))",
			luaL_typename(lua, at));
	return value;
}

/* --- headers ---------------------------------------------------------------------- */

/* Name and value of field i; at steps through the texts, from where the fields start. */
static void next_field(const struct response_value *value, size_t i, const char **at,
	struct stk_str *name, struct stk_str *text)
{
	*name = stk_str_n(*at, value->lens[i][0]);
	*text = stk_str_n(*at + value->lens[i][0], value->lens[i][1]);
	*at = text->ptr + text->len;
}

/* Push the value of a header, whatever the case; repeated lines are joined by ", ". */
static int push_header(lua_State *lua, const struct response_value *value, struct stk_str wanted)
{
	const char *at = texts_of(value) + value->url_len + value->error_len;
	struct stk_str name, text;
	int found = 0;

	for (size_t i = 0; i < value->headers_len; i++) {
		next_field(value, i, &at, &name, &text);
		if (!stk_str_eq_nocase(name, wanted))
			continue;
		if (found++)
			lua_pushliteral(lua, ", ");
		lua_pushlstring(lua, text.ptr, text.len);
		if (found > 1)
			lua_concat(lua, 3);
	}
	if (!found)
		lua_pushnil(lua);
	return 1;
}

static int headers_index(lua_State *lua)
{
	luaL_checkudata(lua, 1, HEADERS);
	lua_getiuservalue(lua, 1, 1);
	const struct response_value *value = check_response(lua, -1);
	struct stk_str name = stk_text_at(lua, 2);

	if (!name.ptr) {
		lua_pushnil(lua);
		return 1;
	}
	return push_header(lua, value, name);
}

/* Whether a field of that name stands before number i. */
static bool is_repeated(const struct response_value *value, size_t i, struct stk_str name)
{
	const char *at = texts_of(value) + value->url_len + value->error_len;
	struct stk_str earlier, text;

	for (size_t k = 0; k < i; k++) {
		next_field(value, k, &at, &earlier, &text);
		if (stk_str_eq_nocase(earlier, name))
			return true;
	}
	return false;
}

/* A table of its own with names as first sent, for pairs. */
static int headers_pairs(lua_State *lua)
{
	luaL_checkudata(lua, 1, HEADERS);
	lua_getiuservalue(lua, 1, 1);
	const struct response_value *value = check_response(lua, -1);
	const char *at = texts_of(value) + value->url_len + value->error_len;
	struct stk_str name, text;

	lua_getglobal(lua, "next");
	lua_newtable(lua);
	for (size_t i = 0; i < value->headers_len; i++) {
		next_field(value, i, &at, &name, &text);
		if (is_repeated(value, i, name))
			continue;
		lua_pushlstring(lua, name.ptr, name.len);
		push_header(lua, value, name);
		lua_rawset(lua, -3);
	}
	lua_pushnil(lua);
	return 3;
}

static void make_headers(lua_State *lua, const struct response_value *value)
{
	(void)value;
	lua_newuserdatauv(lua, 0, 1);
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, 1);
	luaL_setmetatable(lua, HEADERS);
}

static void make_cookies(lua_State *lua, const struct response_value *value)
{
	const char *at = texts_of(value) + value->url_len + value->error_len;
	struct stk_str name, text;

	lua_newtable(lua);
	for (size_t i = 0; i < value->headers_len + value->cookies_len; i++) {
		next_field(value, i, &at, &name, &text);
		if (i < value->headers_len)
			continue;
		lua_pushlstring(lua, name.ptr, name.len);
		lua_pushlstring(lua, text.ptr, text.len);
		lua_rawset(lua, -3);
	}
}

static void make_timings(lua_State *lua, const struct response_value *value)
{
	const struct stk_timings_ms *ms = &value->timings;
	const struct {
		const char *key;
		double ms;
	} fields[] = {{"duration", ms->duration}, {"blocked", ms->blocked},
		{"connecting", ms->connecting}, {"tls_handshaking", ms->tls_handshaking},
		{"sending", ms->sending}, {"waiting", ms->waiting}, {"receiving", ms->receiving}};

	lua_createtable(lua, 0, 7);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		lua_pushnumber(lua, fields[i].ms);
		lua_setfield(lua, -2, fields[i].key);
	}
}

/* --- json ------------------------------------------------------------------------- */

static int json_gc(lua_State *lua)
{
	struct json_value *holder = luaL_checkudata(lua, 1, JSON);

	stk_json_free(holder->json);
	holder->json = NULL;
	return 0;
}

static int no_json(lua_State *lua, const char *why)
{
	lua_pushnil(lua);
	lua_pushstring(lua, why);
	return 2;
}

/* Parse the body once; the document, or the reason as text, is kept beside the response. */
static void parse_body(lua_State *lua)
{
	struct stk_err err = STK_ERR_INIT;
	struct json_value *holder = lua_newuserdatauv(lua, sizeof *holder, 0);

	holder->json = NULL;
	luaL_setmetatable(lua, JSON);
	if (lua_getiuservalue(lua, 1, AT_BODY) != LUA_TSTRING) {
		lua_pop(lua, 2);
		lua_pushliteral(lua, "there is no body (discard)");
	} else if (stk_json_parse(stk_text_at(lua, -1), &holder->json, &err) < 0) {
		lua_pop(lua, 2);
		lua_pushfstring(lua, "the body is not JSON: %s", err.msg);
	} else
		lua_pop(lua, 1);
	lua_pushvalue(lua, -1);
	lua_setiuservalue(lua, 1, AT_JSON);
}

static int response_json(lua_State *lua)
{
	struct stk_str pointer = {"", 0};

	(void)check_response(lua, 1);
	if (!lua_isnoneornil(lua, 2))
		pointer = stk_arg_text(lua, 2, "json", "the pointer");
	if (pointer.len > 0 && pointer.ptr[0] != '/')
		return stk_state_misuse(lua,
			"json: a pointer begins with / (\"/items/0/id\"), not '%s'", pointer.ptr);
	lua_settop(lua, 2);
	if (lua_getiuservalue(lua, 1, AT_JSON) == LUA_TNIL) {
		lua_pop(lua, 1);
		parse_body(lua);
	}
	const struct json_value *holder = luaL_testudata(lua, -1, JSON);
	if (!holder)
		return no_json(lua, lua_tostring(lua, -1));
	struct stk_json *found = stk_json_pointer(holder->json, pointer);
	if (!found) {
		lua_pushfstring(lua, "nothing at '%s'", pointer.ptr);
		return no_json(lua, lua_tostring(lua, -1));
	}
	stk_value_push_json(lua, found);
	return 1;
}

/* --- fields ----------------------------------------------------------------------- */

enum field {
	FIELD_NONE,
	FIELD_STATUS,
	FIELD_OK,
	FIELD_BODY,
	FIELD_HEADERS,
	FIELD_COOKIES,
	FIELD_ERROR,
	FIELD_ERROR_CODE,
	FIELD_PROTO,
	FIELD_URL,
	FIELD_TIMINGS,
	FIELD_JSON
};
static const char *const field_names[] = {"", "status", "ok", "body", "headers", "cookies", "error",
	"error_code", "proto", "url", "timings", "json"};

/* Push a part that is made once and kept; the response is at index 1. */
static int push_kept(lua_State *lua, const struct response_value *value, int at,
	void (*make)(lua_State *lua, const struct response_value *value))
{
	if (lua_getiuservalue(lua, 1, at) != LUA_TNIL)
		return 1;
	lua_pop(lua, 1);
	make(lua, value);
	lua_pushvalue(lua, -1);
	lua_setiuservalue(lua, 1, at);
	return 1;
}

/* The number of a field by its name: upvalue 1 holds them, upvalue 2 is json. */
static int response_index(lua_State *lua)
{
	const struct response_value *value = lua_touserdata(lua, 1);
	const char *texts = texts_of(value);

	lua_pushvalue(lua, 2);
	lua_rawget(lua, lua_upvalueindex(1));
	switch (lua_tointeger(lua, -1)) {
	case FIELD_STATUS:
		lua_pushinteger(lua, value->status);
		return 1;
	case FIELD_OK:
		lua_pushboolean(lua, value->ok);
		return 1;
	case FIELD_BODY:
		lua_getiuservalue(lua, 1, AT_BODY);
		return 1;
	case FIELD_HEADERS:
		return push_kept(lua, value, AT_HEADERS, make_headers);
	case FIELD_COOKIES:
		return push_kept(lua, value, AT_COOKIES, make_cookies);
	case FIELD_ERROR:
		lua_pushlstring(lua, texts + value->url_len, value->error_len);
		return 1;
	case FIELD_ERROR_CODE:
		lua_pushinteger(lua, value->error_code);
		return 1;
	case FIELD_PROTO:
		lua_pushstring(lua, value->proto);
		return 1;
	case FIELD_URL:
		lua_pushlstring(lua, texts, value->url_len);
		return 1;
	case FIELD_TIMINGS:
		return push_kept(lua, value, AT_TIMINGS, make_timings);
	case FIELD_JSON:
		lua_pushvalue(lua, lua_upvalueindex(2));
		return 1;
	default:
		return stk_state_misuse(lua,
			"a response has no '%s'; it has status, ok, body, headers, cookies, error, "
			"error_code, proto, url, timings and json(pointer)",
			luaL_tolstring(lua, 2, NULL));
	}
}

double stk_response_duration(lua_State *lua, int index)
{
	return check_response(lua, index)->timings.duration;
}

static int response_text(lua_State *lua)
{
	const struct response_value *value = check_response(lua, 1);

	lua_pushfstring(lua, "response %d", value->status);
	return 1;
}

static int refuse_write(lua_State *lua)
{
	return stk_state_misuse(lua, "a response is read-only");
}

void stk_response_open(lua_State *lua)
{
	luaL_newmetatable(lua, RESPONSE);
	lua_newtable(lua);
	for (lua_Integer i = 1; i <= FIELD_JSON; i++) {
		lua_pushinteger(lua, i);
		lua_setfield(lua, -2, field_names[i]);
	}
	lua_pushcfunction(lua, response_json);
	lua_pushcclosure(lua, response_index, 2);
	lua_setfield(lua, -2, "__index");
	lua_pushcfunction(lua, refuse_write);
	lua_setfield(lua, -2, "__newindex");
	lua_pushcfunction(lua, response_text);
	lua_setfield(lua, -2, "__tostring");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);

	luaL_newmetatable(lua, HEADERS);
	lua_pushcfunction(lua, headers_index);
	lua_setfield(lua, -2, "__index");
	lua_pushcfunction(lua, headers_pairs);
	lua_setfield(lua, -2, "__pairs");
	lua_pushcfunction(lua, refuse_write);
	lua_setfield(lua, -2, "__newindex");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);

	luaL_newmetatable(lua, JSON);
	lua_pushcfunction(lua, json_gc);
	lua_setfield(lua, -2, "__gc");
	lua_pop(lua, 1);
}
