/* bind_response: status, body, headers, cookies, JSON and timings of an answer. */
#include "core/script/bind_response.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/json.h"
#include "core/load/transport.h"
#include "core/script/bind.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/value.h"

#define JSON          "stk.http.json"
#define BODY_KEPT_MAX ((size_t)16 << 10)

/* User values of a response: the body, and a table of what is made when it is first asked for. */
enum { AT_BODY = 1, AT_MADE, AT_COUNT = AT_MADE };
enum made { MADE_HEADERS = 1, MADE_COOKIES, MADE_TIMINGS, MADE_JSON };

/* The texts follow in one block: url, error, then the header lines, "Name: value\n" each. */
struct stk_response_value {
	int status, error_code;
	bool ok;
	char proto[12];
	struct stk_timings_ms timings;
	uint32_t url_len, error_len, head_len;
	char texts[];
};

struct json_value {
	struct stk_json *json;
};

/* Key of the registry for the metatable: found without hashing a name. */
static const char headers_type;

static struct stk_str head_of(const struct stk_response_value *value)
{
	return stk_str_n(value->texts + value->url_len + value->error_len, value->head_len);
}

static char *put_text(char *at, struct stk_str text)
{
	if (text.len)
		memcpy(at, text.ptr, text.len);
	return at + text.len;
}

/* Equal bodies of up to BODY_KEPT_MAX bytes, one after the other, are one text: it is made once,
 * and thousands of virtual users that keep an answer keep one copy. */
static void push_body(lua_State *lua, struct stk_str body)
{
	struct stk_state_responses *kept = stk_state_of_responses(lua);

	if (kept->body.ptr && stk_str_eq(kept->body, body)) {
		lua_rawgeti(lua, LUA_REGISTRYINDEX, kept->kept_ref);
		lua_rawgeti(lua, -1, 1);
		lua_replace(lua, -2);
		return;
	}
	lua_pushlstring(lua, body.ptr ? body.ptr : "", body.len);
	if (body.len > BODY_KEPT_MAX)
		return;
	lua_rawgeti(lua, LUA_REGISTRYINDEX, kept->kept_ref);
	lua_pushvalue(lua, -2);
	kept->body = stk_text_at(lua, -1);
	lua_rawseti(lua, -2, 1);
	lua_pop(lua, 1);
}

void stk_response_push(
	lua_State *lua, const struct stk_response *response, bool body_kept, bool hide_url)
{
	struct stk_str error = stk_str_of(response->error);
	struct stk_str url = hide_url ? STK_STR("***") : response->url;
	size_t size = offsetof(struct stk_response_value, texts) + url.len + error.len +
		      response->head.len;
	struct stk_response_value *value = lua_newuserdatauv(lua, size, AT_COUNT);
	size_t proto;

	value->status = response->status;
	value->error_code = response->error_code;
	value->ok = response->ok;
	proto = strnlen(response->proto, sizeof value->proto - 1);
	memcpy(value->proto, response->proto, proto);
	value->proto[proto] = '\0';
	value->timings = response->timings;
	value->url_len = (uint32_t)url.len;
	value->error_len = (uint32_t)error.len;
	value->head_len = (uint32_t)response->head.len;
	put_text(put_text(put_text(value->texts, url), error), response->head);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, stk_state_of_responses(lua)->ref);
	lua_setmetatable(lua, -2);
	if (body_kept) {
		push_body(lua, response->body);
		lua_setiuservalue(lua, -2, AT_BODY);
	}
}

const struct stk_response_value *stk_response_at(lua_State *lua, int index)
{
	const void *value = lua_touserdata(lua, index);

	if (!value || !lua_getmetatable(lua, index))
		return NULL;
	bool same = lua_topointer(lua, -1) == stk_state_of_responses(lua)->at;
	lua_pop(lua, 1);
	return same ? value : NULL;
}

static bool headers_at(lua_State *lua, int index)
{
	if (lua_type(lua, index) != LUA_TUSERDATA || !lua_getmetatable(lua, index))
		return false;
	lua_rawgetp(lua, LUA_REGISTRYINDEX, &headers_type);
	bool same = lua_rawequal(lua, -1, -2) != 0;
	lua_pop(lua, 2);
	return same;
}

static const struct stk_response_value *check_response(lua_State *lua, int at)
{
	const struct stk_response_value *value = stk_response_at(lua, at);

	if (!value)
		(void)stk_state_misuse(lua,
			"a response is wanted, not %s (methods take a colon: "
			"r:json(pointer))",
			luaL_typename(lua, at));
	return value;
}

int stk_response_status(const struct stk_response_value *value)
{
	return value->status;
}

double stk_response_duration(const struct stk_response_value *value)
{
	return value->timings.duration;
}

bool stk_response_body(lua_State *lua, int index, struct stk_str *out)
{
	(void)check_response(lua, index);
	lua_getiuservalue(lua, index, AT_BODY);
	*out = stk_text_at(lua, -1); /* the response keeps it */
	lua_pop(lua, 1);
	return out->ptr != NULL;
}

/* --- headers ---------------------------------------------------------------------- */

static void push_header(
	lua_State *lua, const struct stk_response_value *value, struct stk_str wanted)
{
	struct stk_str rest = head_of(value);
	struct stk_name_value field;
	int found = 0;

	while (stk_exchange_next_header(&rest, &field)) {
		if (!stk_str_eq_nocase(field.name, wanted))
			continue;
		if (found++)
			lua_pushliteral(lua, ", ");
		lua_pushlstring(lua, field.value.ptr, field.value.len);
		if (found > 1)
			lua_concat(lua, 3);
	}
	if (!found)
		lua_pushnil(lua);
}

void stk_response_push_header(lua_State *lua, int index, struct stk_str name)
{
	push_header(lua, check_response(lua, index), name);
}

/* The response that the headers at index 1 belong to; pushed. */
static const struct stk_response_value *owner_of(lua_State *lua)
{
	if (!headers_at(lua, 1))
		(void)stk_state_misuse(lua, "headers are wanted, not %s", luaL_typename(lua, 1));
	lua_getiuservalue(lua, 1, 1);
	return check_response(lua, -1);
}

static int headers_index(lua_State *lua)
{
	const struct stk_response_value *value = owner_of(lua);
	struct stk_str name = stk_text_at(lua, 2);

	if (name.ptr)
		push_header(lua, value, name);
	else
		lua_pushnil(lua);
	return 1;
}

/* Whether a field of that name, whatever its case, stands before the one at name. */
static bool is_repeated(const struct stk_response_value *value, struct stk_str name)
{
	struct stk_str rest = head_of(value);
	struct stk_name_value field;

	while (stk_exchange_next_header(&rest, &field) && field.name.ptr < name.ptr)
		if (stk_str_eq_nocase(field.name, name))
			return true;
	return false;
}

/* A table of its own with names as first sent, for pairs. */
static int headers_pairs(lua_State *lua)
{
	const struct stk_response_value *value = owner_of(lua);
	struct stk_str rest = head_of(value);
	struct stk_name_value field;

	lua_getglobal(lua, "next");
	lua_newtable(lua);
	while (stk_exchange_next_header(&rest, &field)) {
		if (is_repeated(value, field.name))
			continue;
		lua_pushlstring(lua, field.name.ptr, field.name.len);
		push_header(lua, value, field.name);
		lua_rawset(lua, -3);
	}
	lua_pushnil(lua);
	return 3;
}

static void make_headers(lua_State *lua, const struct stk_response_value *value)
{
	(void)value;
	lua_newuserdatauv(lua, 0, 1);
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, 1);
	lua_rawgetp(lua, LUA_REGISTRYINDEX, &headers_type);
	lua_setmetatable(lua, -2);
}

/* Name and value of each cookie that the answer set, without its attributes. */
static void make_cookies(lua_State *lua, const struct stk_response_value *value)
{
	struct stk_str rest = head_of(value), pair;
	struct stk_name_value field;

	lua_newtable(lua);
	while (stk_exchange_next_header(&rest, &field)) {
		if (!stk_str_eq_nocase(field.name, STK_STR("set-cookie")))
			continue;
		(void)stk_str_cut(&field.value, ';', &pair);
		ptrdiff_t equals = stk_str_find_byte(pair, '=');
		if (equals <= 0)
			continue;
		struct stk_str name = stk_str_trim(stk_str_sub(pair, 0, (size_t)equals));
		struct stk_str text = stk_str_trim(stk_str_skip(pair, (size_t)equals + 1));
		lua_pushlstring(lua, name.ptr, name.len);
		lua_pushlstring(lua, text.ptr, text.len);
		lua_rawset(lua, -3);
	}
}

static void make_timings(lua_State *lua, const struct stk_response_value *value)
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

/* Push what was made of the response at index before, or nil. */
static int push_made(lua_State *lua, int index, enum made which)
{
	if (lua_getiuservalue(lua, index, AT_MADE) != LUA_TTABLE)
		return LUA_TNIL; /* which is what was pushed */
	lua_rawgeti(lua, -1, which);
	lua_remove(lua, -2);
	return lua_type(lua, -1);
}

/* Keep the value on top with the response at index. */
static void keep_made(lua_State *lua, int index, enum made which)
{
	if (lua_getiuservalue(lua, index, AT_MADE) != LUA_TTABLE) {
		lua_pop(lua, 1);
		lua_createtable(lua, MADE_JSON, 0);
		lua_pushvalue(lua, -1);
		lua_setiuservalue(lua, index, AT_MADE);
	}
	lua_pushvalue(lua, -2);
	lua_rawseti(lua, -2, which);
	lua_pop(lua, 1);
}

/* Parse the body of the response at index once; the document, or the reason as text, is kept. */
static void parse_body(lua_State *lua, int index)
{
	struct stk_err err;
	struct json_value *holder = lua_newuserdatauv(lua, sizeof *holder, 0);

	holder->json = NULL;
	luaL_setmetatable(lua, JSON);
	stk_err_clear(&err);
	if (check_response(lua, index)->status == 0) {
		lua_pop(lua, 1);
		lua_pushliteral(lua, "there is no answer");
	} else if (lua_getiuservalue(lua, index, AT_BODY) != LUA_TSTRING) {
		lua_pop(lua, 2);
		lua_pushliteral(lua, "there is no body (discard)");
	} else if (stk_json_parse(stk_text_at(lua, -1), &holder->json, &err) < 0) {
		lua_pop(lua, 2);
		lua_pushfstring(lua, "the body is not JSON: %s", err.msg);
	} else
		lua_pop(lua, 1);
	keep_made(lua, index, MADE_JSON);
}

/* What was looked at on the way stays below the results. */
static int find_json(lua_State *lua, int index, struct stk_str pointer)
{
	if (pointer.len > 0 && pointer.ptr[0] != '/')
		return stk_state_misuse(lua,
			"json: a pointer begins with / (\"/items/0/id\"), not '%s'", pointer.ptr);
	if (push_made(lua, index, MADE_JSON) == LUA_TNIL) {
		lua_pop(lua, 1);
		parse_body(lua, index);
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

int stk_response_push_json(lua_State *lua, int index, struct stk_str pointer)
{
	int top = lua_gettop(lua);

	(void)check_response(lua, index);
	int results = find_json(lua, index, pointer);
	lua_rotate(lua, top + 1, results);
	lua_settop(lua, top + results);
	return results;
}

static int response_json(lua_State *lua)
{
	struct stk_str pointer = {"", 0};

	(void)check_response(lua, 1);
	if (!lua_isnoneornil(lua, 2))
		pointer = stk_arg_text(lua, 2, "json", "the pointer");
	lua_settop(lua, 2);
	return stk_response_push_json(lua, 1, pointer);
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

static enum field if_is(struct stk_str key, const char *name, enum field field)
{
	return memcmp(key.ptr, name, key.len) == 0 ? field : FIELD_NONE;
}

/* By length first: no two names that are asked for with every request are compared. */
static enum field field_of(struct stk_str key)
{
	switch (key.len) {
	case 2:
		return if_is(key, "ok", FIELD_OK);
	case 3:
		return if_is(key, "url", FIELD_URL);
	case 4:
		return key.ptr[0] == 'b' ? if_is(key, "body", FIELD_BODY)
					 : if_is(key, "json", FIELD_JSON);
	case 5:
		return key.ptr[0] == 'e' ? if_is(key, "error", FIELD_ERROR)
					 : if_is(key, "proto", FIELD_PROTO);
	case 6:
		return if_is(key, "status", FIELD_STATUS);
	case 7:
		if (key.ptr[0] == 'h')
			return if_is(key, "headers", FIELD_HEADERS);
		return key.ptr[0] == 'c' ? if_is(key, "cookies", FIELD_COOKIES)
					 : if_is(key, "timings", FIELD_TIMINGS);
	case 10:
		return if_is(key, "error_code", FIELD_ERROR_CODE);
	default:
		return FIELD_NONE;
	}
}

/* Push a part that is made once and kept; the response is at index 1. */
static int push_kept(lua_State *lua, const struct stk_response_value *value, enum made which,
	void (*make)(lua_State *lua, const struct stk_response_value *value))
{
	if (push_made(lua, 1, which) != LUA_TNIL)
		return 1;
	lua_pop(lua, 1);
	make(lua, value);
	keep_made(lua, 1, which);
	return 1;
}

/* Upvalue 1 is json. */
static int response_index(lua_State *lua)
{
	const struct stk_response_value *value = lua_touserdata(lua, 1);

	switch (field_of(stk_text_at(lua, 2))) {
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
		return push_kept(lua, value, MADE_HEADERS, make_headers);
	case FIELD_COOKIES:
		return push_kept(lua, value, MADE_COOKIES, make_cookies);
	case FIELD_ERROR:
		lua_pushlstring(lua, value->texts + value->url_len, value->error_len);
		return 1;
	case FIELD_ERROR_CODE:
		lua_pushinteger(lua, value->error_code);
		return 1;
	case FIELD_PROTO:
		lua_pushstring(lua, value->proto);
		return 1;
	case FIELD_URL:
		lua_pushlstring(lua, value->texts, value->url_len);
		return 1;
	case FIELD_TIMINGS:
		return push_kept(lua, value, MADE_TIMINGS, make_timings);
	case FIELD_JSON:
		lua_pushvalue(lua, lua_upvalueindex(1));
		return 1;
	default:
		return stk_state_misuse(lua,
			"a response has no '%s'; it has status, ok, body, headers, cookies, error, "
			"error_code, proto, url, timings and json(pointer)",
			luaL_tolstring(lua, 2, NULL));
	}
}

static int response_text(lua_State *lua)
{
	const struct stk_response_value *value = check_response(lua, 1);

	lua_pushfstring(lua, "response %d", value->status);
	return 1;
}

static int refuse_write(lua_State *lua)
{
	return stk_state_misuse(lua, "a response is read-only");
}

void stk_response_open(lua_State *lua)
{
	struct stk_state_responses *of_responses = stk_state_of_responses(lua);

	lua_newtable(lua);
	lua_pushcfunction(lua, response_json);
	lua_pushcclosure(lua, response_index, 1);
	lua_setfield(lua, -2, "__index");
	lua_pushcfunction(lua, refuse_write);
	lua_setfield(lua, -2, "__newindex");
	lua_pushcfunction(lua, response_text);
	lua_setfield(lua, -2, "__tostring");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pushliteral(lua, "response");
	lua_setfield(lua, -2, "__name");
	of_responses->at = lua_topointer(lua, -1);
	of_responses->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
	lua_createtable(lua, 1, 0);
	of_responses->kept_ref = luaL_ref(lua, LUA_REGISTRYINDEX);

	lua_newtable(lua);
	lua_pushcfunction(lua, headers_index);
	lua_setfield(lua, -2, "__index");
	lua_pushcfunction(lua, headers_pairs);
	lua_setfield(lua, -2, "__pairs");
	lua_pushcfunction(lua, refuse_write);
	lua_setfield(lua, -2, "__newindex");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pushliteral(lua, "headers");
	lua_setfield(lua, -2, "__name");
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &headers_type);

	luaL_newmetatable(lua, JSON);
	lua_pushcfunction(lua, json_gc);
	lua_setfield(lua, -2, "__gc");
	lua_pop(lua, 1);
}
