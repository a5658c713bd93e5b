/* bind_http: http.get and its family: read the arguments, submit, wait, give the answers. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/bind.h"
#include "core/script/bind_jar.h"
#include "core/script/bind_response.h"
#include "core/script/expect.h"
#include "core/script/http_op.h"
#include "core/script/keys.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

static int answered(lua_State *lua, int status, lua_KContext ctx)
{
	struct stk_vu_lua *vu = (struct stk_vu_lua *)ctx;

	(void)status;
	stk_vu_lua_push_answer(lua, vu, 0);
	stk_vu_lua_end_op(vu);
	return 1;
}

/* One request: url_at, then (with a body) the body, then the options. */
static int send_one(lua_State *lua, const char *fn, const char *method, int url_at, bool with_body)
{
	int opts_at = url_at + 1 + with_body;
	struct stk_vu_lua *vu;
	struct stk_http_op *op = stk_vu_lua_begin_op(lua, fn, &vu);

	if (lua_gettop(lua) > opts_at)
		return stk_state_misuse(
			lua, "%s takes %s and options", fn, with_body ? "a url, a body" : "a url");
	lua_settop(lua, opts_at);
	stk_http_op_add(op, lua, fn, method, url_at);
	stk_http_op_options(op, lua, fn, opts_at);
	if (with_body)
		stk_http_op_body(op, lua, fn, url_at + 1);
	stk_http_op_compress(op, lua, fn);
	stk_vu_lua_submit_op(vu);
	return lua_yieldk(lua, 0, (lua_KContext)vu, answered);
}

static int http_get(lua_State *lua)
{
	return send_one(lua, "http.get", "GET", 1, false);
}

static int http_head(lua_State *lua)
{
	return send_one(lua, "http.head", "HEAD", 1, false);
}

static int http_delete(lua_State *lua)
{
	return send_one(lua, "http.delete", "DELETE", 1, false);
}

static int http_options(lua_State *lua)
{
	return send_one(lua, "http.options", "OPTIONS", 1, false);
}

static int http_post(lua_State *lua)
{
	return send_one(lua, "http.post", "POST", 1, true);
}

static int http_put(lua_State *lua)
{
	return send_one(lua, "http.put", "PUT", 1, true);
}

static int http_patch(lua_State *lua)
{
	return send_one(lua, "http.patch", "PATCH", 1, true);
}

/* A token as RFC 9110 has it, in capitals. */
static const char *method_at(lua_State *lua, int at, const char *fn)
{
	struct stk_str method = stk_arg_text(lua, at, fn, "method");
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

	for (size_t i = 0; i < method.len; i++)
		if (!memchr(letters, method.ptr[i], sizeof letters - 1))
			method.len = 0;
	if (method.len == 0 || method.len > 32)
		(void)stk_state_misuse(
			lua, "%s: '%s' is no method (GET, POST ...)", fn, lua_tostring(lua, at));
	return method.ptr;
}

static int http_request(lua_State *lua)
{
	return send_one(lua, "http.request", method_at(lua, 1, "http.request"), 2, true);
}

/* --- batch ------------------------------------------------------------------------ */

/* Push field key or position at of the item on index. */
static int push_part(lua_State *lua, int item, const char *key, int at)
{
	lua_rawgeti(lua, item, at);
	if (lua_isnil(lua, -1)) {
		lua_pop(lua, 1);
		lua_getfield(lua, item, key);
	}
	return lua_gettop(lua);
}

/* Options beside method, url and body: { method = , url = , headers = } is also an item. */
static int push_flat_options(lua_State *lua, int item)
{
	lua_newtable(lua);
	int flat = lua_gettop(lua);
	lua_pushnil(lua);
	while (lua_next(lua, item)) {
		struct stk_str key = stk_text_at(lua, -2);
		if (key.ptr && !stk_str_is(key, "method") && !stk_str_is(key, "url") &&
			!stk_str_is(key, "body") && !stk_str_is(key, "opts")) {
			lua_pushvalue(lua, -2);
			lua_pushvalue(lua, -2);
			lua_rawset(lua, flat);
		}
		lua_pop(lua, 1);
	}
	return flat;
}

/* Everything that the request borrows stays on the stack, below the answer. */
static void add_batch_item(lua_State *lua, struct stk_http_op *op, int item)
{
	static const char fn[] = "http.batch";

	luaL_checkstack(lua, 100, "http.batch");
	if (lua_type(lua, item) == LUA_TSTRING || stk_secret_at(lua, item)) {
		stk_http_op_add(op, lua, fn, "GET", item);
		return;
	}
	if (!lua_istable(lua, item))
		(void)stk_state_misuse(lua,
			"http.batch: an item is { method, url, body, opts } or a url, not %s",
			luaL_typename(lua, item));
	int method = push_part(lua, item, "method", 1);
	int url = push_part(lua, item, "url", 2);
	int body = push_part(lua, item, "body", 3);
	int opts = push_part(lua, item, "opts", 4);
	if (lua_isnil(lua, opts))
		opts = push_flat_options(lua, item);
	stk_http_op_add(
		op, lua, fn, lua_isnil(lua, method) ? "GET" : method_at(lua, method, fn), url);
	stk_http_op_options(op, lua, fn, opts);
	stk_http_op_body(op, lua, fn, body);
	stk_http_op_compress(op, lua, fn);
}

static int batch_answered(lua_State *lua, int status, lua_KContext ctx)
{
	struct stk_vu_lua *vu = (struct stk_vu_lua *)ctx;

	(void)status;
	lua_createtable(lua, (int)vu->op->len, 0);
	for (size_t i = 0; i < vu->op->len; i++) {
		lua_rawgeti(lua, 2, (lua_Integer)i + 1); /* its key */
		stk_vu_lua_push_answer(lua, vu, i);
		lua_rawset(lua, -3);
	}
	stk_vu_lua_end_op(vu);
	return 1;
}

/* Collect the keys of the items at index 1 into a list at index 2: 1, 2, ... then names sorted. */
static size_t collect_keys(lua_State *lua)
{
	size_t len = 0;

	lua_newtable(lua);
	for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(lua, 1); i++) {
		lua_pushinteger(lua, i);
		lua_rawseti(lua, 2, (lua_Integer)++len);
	}
	size_t listed = len;
	const char **names = NULL;
	lua_newuserdatauv(lua, 0, 0);
	for (int pass = 0; pass < 2; pass++) {
		size_t count = 0;
		lua_pushnil(lua);
		while (lua_next(lua, 1)) {
			lua_pop(lua, 1);
			if (lua_type(lua, -1) == LUA_TSTRING) {
				if (names)
					names[count] = lua_tostring(lua, -1);
				count++;
			} else if (!lua_isinteger(lua, -1) || lua_tointeger(lua, -1) < 1 ||
				   (size_t)lua_tointeger(lua, -1) > listed)
				(void)stk_state_misuse(
					lua, "http.batch: the list of requests has holes");
		}
		if (pass == 0) {
			len += count;
			names = lua_newuserdatauv(lua, (count + 1) * sizeof *names, 0);
			lua_replace(lua, 3);
		}
	}
	stk_keys_sort(names, len - listed);
	for (size_t i = listed; i < len; i++) {
		lua_pushstring(lua, names[i - listed]);
		lua_rawseti(lua, 2, (lua_Integer)i + 1);
	}
	lua_settop(lua, 2);
	return len;
}

static int http_batch(lua_State *lua)
{
	struct stk_vu_lua *vu;
	struct stk_http_op *op = stk_vu_lua_begin_op(lua, "http.batch", &vu);

	if (!lua_istable(lua, 1) || lua_gettop(lua) > 1)
		return stk_state_misuse(lua, "http.batch takes one table of requests");
	stk_sandbox_push_behind(lua, 1);
	lua_replace(lua, 1);
	size_t len = collect_keys(lua);
	if (len > STK_BATCH_MAX)
		return stk_state_misuse(lua, "http.batch: over %d requests", STK_BATCH_MAX);
	for (size_t i = 1; i <= len; i++) {
		luaL_checkstack(lua, 100, "http.batch");
		lua_rawgeti(lua, 2, (lua_Integer)i);
		lua_rawget(lua, 1);
		stk_sandbox_push_behind(lua, -1);
		add_batch_item(lua, op, lua_gettop(lua));
	}
	if (len == 0) {
		stk_vu_lua_end_op(vu);
		lua_newtable(lua);
		return 1;
	}
	stk_vu_lua_submit_op(vu);
	return lua_yieldk(lua, 0, (lua_KContext)vu, batch_answered);
}

/* (expect): of all further requests of the virtual user; nil: nothing is judged, as in k6. At the
 * file's top level each virtual user does it for itself. */
static int http_set_response_callback(lua_State *lua)
{
	static const char fn[] = "http.set_response_callback";
	struct stk_vu_lua *vu = stk_state_vu(lua); /* NULL: the file is looked at */
	struct stk_expect expect = {STK_VEC_INIT, false};
	struct stk_err err = STK_ERR_INIT;
	int rc = 0;

	if (lua_gettop(lua) != 1)
		return stk_state_misuse(lua, "%s takes what expect of a request takes, or nil", fn);
	if (lua_isnil(lua, 1))
		expect.unjudged = true;
	else
		rc = stk_expect_read(lua, 1, &expect.ranges, &expect.unjudged, &err);
	if (rc == 0 && vu) {
		stk_vu_lua_set_expect(vu, &expect);
		return 0;
	}
	stk_vec_release(&expect.ranges);
	return rc == 0 ? 0 : stk_raise_misuse(lua, fn, &err);
}

int luaopen_stk_http(lua_State *lua)
{
	static const luaL_Reg funcs[] = {{"get", http_get}, {"head", http_head},
		{"delete", http_delete}, {"options", http_options}, {"post", http_post},
		{"put", http_put}, {"patch", http_patch}, {"request", http_request},
		{"batch", http_batch}, {"sse", stk_http_sse},
		{"set_response_callback", http_set_response_callback}, {NULL, NULL}};

	stk_response_open(lua);
	luaL_newlib(lua, funcs);
	stk_jar_open(lua);
	return 1;
}
