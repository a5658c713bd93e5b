/* http_body: request bodies: raw text, JSON, forms, multipart, files. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "core/http/form.h"
#include "core/http/url.h"
#include "core/script/bind.h"
#include "core/script/bind_file.h"
#include "core/script/http_op.h"
#include "core/script/keys.h"
#include "core/script/state.h"
#include "core/script/value.h"

#define FORM_KEYS_MAX 1000

struct body_write {
	struct stk_http_op *op;
	struct stk_http_item *item;
	lua_State *lua;
	const char *fn;
};

static void set_body(struct body_write *write, struct stk_str bytes)
{
	write->item->request.body = bytes;
	write->item->request.has_body = true;
}

static void set_type(struct body_write *write, struct stk_str type)
{
	if (!stk_http_op_has_header(write->op, "Content-Type"))
		stk_http_op_header(write->op, STK_STR("Content-Type"), type);
}

/* Text of a form's value on top of the stack; numbers are converted there. */
static struct stk_str form_text(struct body_write *write, const char *key)
{
	lua_State *lua = write->lua;
	struct stk_str text = {NULL, 0};

	if (lua_isboolean(lua, -1))
		return stk_str_of(lua_toboolean(lua, -1) ? "true" : "false");
	if (lua_type(lua, -1) == LUA_TNUMBER) {
		lua_pushvalue(lua, -1);
		lua_replace(lua, -2);
	}
	if (!stk_text_or_secret(lua, -1, &text))
		(void)stk_state_misuse(lua, "%s: form field '%s' cannot be a %s", write->fn, key,
			luaL_typename(lua, -1));
	return text;
}

typedef void (*form_fn)(struct body_write *write, const char *key);

/* Call fn for each field in byte order of the keys, a list as one field per item; the value is on
 * top of the stack. */
static void each_field(struct body_write *write, int table, form_fn fn)
{
	lua_State *lua = write->lua;
	const char *keys[FORM_KEYS_MAX];
	size_t len = 0;

	lua_pushnil(lua);
	while (lua_next(lua, table)) {
		lua_pop(lua, 1);
		if (lua_type(lua, -1) != LUA_TSTRING)
			(void)stk_state_misuse(lua, "%s: names of form fields are text", write->fn);
		if (len == FORM_KEYS_MAX)
			(void)stk_state_misuse(
				lua, "%s: over %d form fields", write->fn, FORM_KEYS_MAX);
		keys[len++] = lua_tostring(lua, -1);
	}
	stk_keys_sort(keys, len);
	for (size_t i = 0; i < len; i++) {
		lua_getfield(lua, table, keys[i]);
		stk_value_push_plain(lua, -1);
		lua_remove(lua, -2);
		lua_Integer count = lua_istable(lua, -1) ? (lua_Integer)lua_rawlen(lua, -1) : 0;
		int value = lua_gettop(lua);
		if (!lua_istable(lua, -1))
			fn(write, keys[i]);
		for (lua_Integer n = 1; n <= count; n++) {
			lua_rawgeti(lua, value, n);
			fn(write, keys[i]);
			lua_settop(lua, value);
		}
		lua_settop(lua, value - 1);
	}
}

static void add_field(struct body_write *write, const char *key)
{
	struct stk_str text = form_text(write, key);

	stk_url_query_add(&write->item->body, key, text);
}

static void write_form(struct body_write *write, int table)
{
	each_field(write, table, add_field);
	set_type(write, STK_STR("application/x-www-form-urlencoded"));
	set_body(write, stk_buf_str(&write->item->body));
}

/* --- multipart -------------------------------------------------------------------- */

/* Fixed, so that bodies are the same in every run; a part that holds it is refused. */
#define BOUNDARY "stoker-3b7c1d52f0a94e68"

static void add_part(struct body_write *write, const char *key)
{
	const struct stk_file_value *file = stk_file_value_at(write->lua, -1);
	struct stk_form_part part = {.name = stk_str_of(key)};

	if (file) {
		part.filename = file->name;
		part.has_filename = true;
		part.content_type = STK_STR("application/octet-stream");
		part.data = file->bytes;
	} else
		part.data = form_text(write, key);
	if (stk_str_contains(part.data, STK_STR(BOUNDARY)))
		(void)stk_state_misuse(write->lua,
			"%s: field '%s' holds the text that separates parts (" BOUNDARY ")",
			write->fn, key);
	stk_form_add(&write->item->body, STK_STR(BOUNDARY), &part);
}

static void write_multipart(struct body_write *write, int table)
{
	each_field(write, table, add_part);
	stk_form_end(&write->item->body, STK_STR(BOUNDARY));
	set_type(write, STK_STR("multipart/form-data; boundary=" BOUNDARY));
	set_body(write, stk_buf_str(&write->item->body));
}

static void write_json(struct body_write *write, int value)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_value_to_json(write->lua, value, &write->item->body, &err) < 0)
		(void)stk_state_misuse(write->lua, "%s: json: %s", write->fn, err.msg);
	set_type(write, STK_STR("application/json"));
	set_body(write, stk_buf_str(&write->item->body));
}

/* --- which kind ------------------------------------------------------------------- */

/* The only key of a table, or NULL. */
static const char *only_key(lua_State *lua, int table)
{
	const char *key = NULL;

	lua_pushnil(lua);
	if (lua_next(lua, table)) {
		lua_pop(lua, 1);
		if (lua_type(lua, -1) == LUA_TSTRING)
			key = lua_tostring(lua, -1);
		if (lua_next(lua, table)) {
			lua_pop(lua, 2);
			return NULL;
		}
	}
	return key;
}

/* The fields on top of the stack as a table to walk, in its place. */
static int need_table(struct body_write *write, const char *key)
{
	stk_value_push_plain(write->lua, -1);
	if (!lua_istable(write->lua, -1))
		(void)stk_state_misuse(write->lua, "%s: %s must be a table, not %s", write->fn, key,
			luaL_typename(write->lua, -1));
	return lua_gettop(write->lua);
}

static void write_table(struct body_write *write, int index)
{
	const char *key = only_key(write->lua, index);

	if (key)
		lua_getfield(write->lua, index, key);
	if (key && strcmp(key, "json") == 0)
		write_json(write, lua_gettop(write->lua));
	else if (key && strcmp(key, "form") == 0)
		write_form(write, need_table(write, key));
	else if (key && strcmp(key, "multipart") == 0)
		write_multipart(write, need_table(write, key));
	else
		write_form(write, index);
}

/* Push the table at index, or what stands behind it; false and nothing if it is none. */
static bool push_table(lua_State *lua, int index)
{
	stk_value_push_plain(lua, index);
	if (lua_istable(lua, -1))
		return true;
	lua_pop(lua, 1);
	return false;
}

void stk_http_op_body(struct stk_http_op *op, lua_State *lua, const char *fn, int index)
{
	struct body_write write = {op, &op->items.items[op->len - 1], lua, fn};
	const struct stk_file_value *file = stk_file_value_at(lua, index);
	struct stk_str text;
	struct stk_err err = STK_ERR_INIT;

	if (lua_isnoneornil(lua, index))
		return;
	luaL_checkstack(lua, 20, "body");
	if (file)
		set_body(&write, file->bytes);
	else if (lua_type(lua, index) != LUA_TNUMBER && stk_text_or_secret(lua, index, &text))
		set_body(&write, text);
	else if (push_table(lua, index))
		write_table(&write, lua_gettop(lua));
	else
		(void)stk_state_misuse(lua,
			"%s: the body must be text, a table or stoker.file, not %s", fn,
			luaL_typename(lua, index));
	if (stk_buf_check(&write.item->body, &err) < 0)
		(void)stk_raise_misuse(lua, fn, &err);
}
