/* http_opts: the options of a request: headers, name, tags, timeout and so on. */
#include <lauxlib.h>
#include <lua.h>

#include "core/script/bind.h"
#include "core/script/bind_jar.h"
#include "core/script/expect.h"
#include "core/script/http_op.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/table.h"
#include "core/script/vu_lua.h"

/* Where an option is read: the newest request of op, the value on top of the stack. */
struct option_read {
	struct stk_http_op *op;
	struct stk_http_item *item;
	lua_State *lua;
	const char *fn;
	struct stk_str compress;
};

static void refuse(const struct option_read *read, const char *key, const char *wanted)
{
	(void)stk_state_misuse(read->lua, "%s: %s must be %s, not %s", read->fn, key, wanted,
		luaL_typename(read->lua, -1));
}

static bool has_break(struct stk_str text)
{
	return stk_str_find_byte(text, '\n') >= 0 || stk_str_find_byte(text, '\r') >= 0 ||
	       stk_str_find_byte(text, '\0') >= 0;
}

/* Names to texts; numbers become text that is left on the stack below, where it stays alive. */
static size_t read_fields(struct option_read *read, const char *key, struct stk_fields *out)
{
	lua_State *lua = read->lua;
	size_t before = out->len;

	if (!lua_istable(lua, -1))
		refuse(read, key, "a table");
	stk_sandbox_push_behind(lua, -1);
	int table = lua_gettop(lua);
	lua_pushnil(lua);
	while (lua_next(lua, table)) {
		struct stk_name_value field;
		luaL_checkstack(lua, 8, "headers");
		if (lua_type(lua, -2) != LUA_TSTRING)
			(void)stk_state_misuse(lua, "%s: names of %s are text", read->fn, key);
		field.name = stk_text_at(lua, -2);
		if (lua_type(lua, -1) == LUA_TNUMBER) {
			lua_pushvalue(lua, -1);
			(void)lua_tostring(lua, -1);
			lua_insert(lua, -3);
			lua_pop(lua, 1);
			field.value = stk_text_at(lua, -2);
		} else {
			if (!stk_text_or_secret(lua, -1, &field.value))
				(void)stk_state_misuse(lua, "%s: %s '%s' must be text, not %s",
					read->fn, key, field.name.ptr, luaL_typename(lua, -1));
			lua_pop(lua, 1);
		}
		if (field.name.len == 0 || has_break(field.name) || has_break(field.value))
			(void)stk_state_misuse(lua, "%s: %s '%s' is empty or has a line break",
				read->fn, key, field.name.ptr);
		stk_vec_push(out, field);
	}
	return out->len - before;
}

static void read_headers(struct option_read *read)
{
	read->item->headers_at = read->op->headers.len;
	read->item->request.headers_len = read_fields(read, "headers", &read->op->headers);
}

static void read_cookies(struct option_read *read)
{
	read->item->cookies_at = read->op->cookies.len;
	read->item->request.cookies_len = read_fields(read, "cookies", &read->op->cookies);
}

static void read_jar(struct option_read *read)
{
	read->item->request.jar = stk_jar_at(read->lua, -1);
	if (!read->item->request.jar)
		refuse(read, "jar", "http.cookie_jar() or one of http.new_cookie_jar()");
}

static void read_name(struct option_read *read)
{
	struct stk_str name = stk_text_at(read->lua, -1);

	if (!name.ptr && stk_secret_at(read->lua, -1))
		(void)stk_state_misuse(read->lua, "%s: the name is a secret", read->fn);
	if (!name.ptr)
		refuse(read, "name", "text");
	read->item->request.name = name;
}

static void read_tags(struct option_read *read)
{
	struct stk_tag tags[STK_TAGS_MAX];
	size_t len = stk_tags_at(read->lua, lua_gettop(read->lua), read->fn, tags);

	read->item->tags_at = read->op->tags.len;
	read->item->request.tags_len = len;
	for (size_t i = 0; i < len; i++)
		stk_vec_push(&read->op->tags, tags[i]);
}

static void read_timeout(struct option_read *read)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_value_duration(read->lua, -1, &read->item->request.timeout_ns, &err) < 0)
		(void)stk_state_misuse(read->lua, "%s: timeout: %s", read->fn, err.msg);
	if (read->item->request.timeout_ns == 0)
		(void)stk_state_misuse(read->lua, "%s: timeout must be above 0", read->fn);
}

static void read_redirects(struct option_read *read)
{
	int is_int = 0;
	lua_Integer hops = lua_tointegerx(read->lua, -1, &is_int);

	if (!is_int || lua_type(read->lua, -1) != LUA_TNUMBER || hops < 0 || hops > 1000)
		refuse(read, "redirects", "a whole number from 0 to 1000");
	read->item->request.redirects = hops;
}

static struct stk_str read_word(struct option_read *read, int table, const char *key, int at)
{
	struct stk_str word = {NULL, 0};

	if (lua_getfield(read->lua, table, key) == LUA_TNIL) {
		lua_pop(read->lua, 1);
		lua_rawgeti(read->lua, table, at);
	}
	if (!stk_text_or_secret(read->lua, -1, &word))
		(void)stk_state_misuse(read->lua,
			"%s: auth is { user = \"name\", password = \"text or secret\" }", read->fn);
	return word; /* stays on the stack */
}

static void read_auth(struct option_read *read)
{
	if (!lua_istable(read->lua, -1))
		refuse(read, "auth", "{ user = \"name\", password = \"text or secret\" }");
	int table = lua_gettop(read->lua);
	read->item->request.user = read_word(read, table, "user", 1);
	read->item->request.password = read_word(read, table, "password", 2);
	lua_getfield(read->lua, table, "digest");
	if (!lua_isnil(read->lua, -1) && !lua_isboolean(read->lua, -1))
		(void)stk_state_misuse(read->lua, "%s: auth.digest is true or false", read->fn);
	read->item->request.digest = lua_toboolean(read->lua, -1) != 0;
	lua_pop(read->lua, 1);
}

static void read_expect(struct option_read *read)
{
	struct stk_request *request = &read->item->request;
	struct stk_err err; /* large: only what is used */

	stk_err_clear(&err);
	read->item->expect_at = read->op->expect.len;
	if (stk_expect_read(read->lua, -1, &read->op->expect, &request->unjudged, &err) < 0)
		(void)stk_state_misuse(read->lua, "%s: %s", read->fn, err.msg);
	request->expect_len = read->op->expect.len - read->item->expect_at;
}

static void read_discard(struct option_read *read)
{
	if (!lua_isboolean(read->lua, -1))
		refuse(read, "discard", "true or false");
	read->item->request.discard = lua_toboolean(read->lua, -1) != 0;
}

static void read_compress(struct option_read *read)
{
	if (lua_type(read->lua, -1) == LUA_TSTRING)
		read->compress = stk_text_at(read->lua, -1);
	else if (lua_isboolean(read->lua, -1))
		read->compress = stk_str_of(lua_toboolean(read->lua, -1) ? "gzip" : "");
	else
		refuse(read, "compress",
			"\"gzip\", \"deflate\", \"br\", \"zstd\" or a list of these with commas");
}

/* clang-format off */
static const struct { struct stk_str key; void (*read)(struct option_read *read); } options[] = {
	{ {"headers", 7}, read_headers }, { {"name", 4}, read_name },     { {"tags", 4}, read_tags },
	{ {"timeout", 7}, read_timeout }, { {"auth", 4}, read_auth },     { {"redirects", 9}, read_redirects },
	{ {"cookies", 7}, read_cookies }, { {"expect", 6}, read_expect }, { {"discard", 7}, read_discard },
	{ {"compress", 8}, read_compress }, { {"jar", 3}, read_jar },
};
/* clang-format on */
#define OPTIONS_LEN (sizeof options / sizeof *options)

static void unknown_option(lua_State *lua, const char *fn, struct stk_str key)
{
	const char *known[OPTIONS_LEN];

	for (size_t i = 0; i < OPTIONS_LEN; i++)
		known[i] = options[i].key.ptr;
	const char *near = stk_str_nearest(key, known, OPTIONS_LEN);
	if (near)
		(void)stk_state_misuse(lua, "%s: unknown option '%.*s', did you mean '%s'?", fn,
			STK_STR_ARG(key), near);
	(void)stk_state_misuse(lua,
		"%s: unknown option '%.*s'; known: headers, name, tags, timeout, redirects, auth, "
		"cookies, jar, expect, discard, compress",
		fn, STK_STR_ARG(key));
}

/* The option whose key and value are on top of the stack. */
static void read_one(struct option_read *read)
{
	struct stk_str key = stk_text_at(read->lua, -2);

	for (size_t i = 0; i < OPTIONS_LEN; i++)
		if (key.ptr && stk_str_eq(key, options[i].key)) {
			options[i].read(read);
			return;
		}
	unknown_option(read->lua, read->fn, key.ptr ? key : STK_STR("[a list item]"));
}

void stk_http_op_options(struct stk_http_op *op, lua_State *lua, const char *fn, int index)
{
	struct option_read read = {op, &op->items.items[op->len - 1], lua, fn, {NULL, 0}};

	if (lua_isnoneornil(lua, index))
		return;
	if (!lua_istable(lua, index))
		(void)stk_state_misuse(
			lua, "%s: options must be a table, not %s", fn, luaL_typename(lua, index));
	luaL_checkstack(lua, STK_TAGS_MAX + 40, "options");
	stk_sandbox_see_behind(lua, index);
	lua_pushnil(lua);
	while (lua_next(lua, index)) {
		int key = lua_gettop(lua) - 1;
		read_one(&read);
		lua_pushvalue(lua, key); /* the value stays below: text is borrowed of it */
	}
	read.item->compress = read.compress;
}
