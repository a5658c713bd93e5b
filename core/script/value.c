/* value: JSON in and out; null and arrays. */
#include "core/script/value.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/vec.h"
#include "core/script/bind.h"
#include "core/script/bind_names.h"
#include "core/script/sandbox.h"

static int null_text(lua_State *lua)
{
	lua_pushliteral(lua, "null");
	return 1;
}

void stk_value_open(lua_State *lua)
{
	luaL_newmetatable(lua, STK_ARRAY);
	lua_pop(lua, 1);
	lua_newuserdatauv(lua, 0, 0);
	lua_createtable(lua, 0, 3);
	lua_pushcfunction(lua, null_text);
	lua_setfield(lua, -2, "__tostring");
	lua_pushliteral(lua, "null");
	lua_setfield(lua, -2, "__name");
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_setmetatable(lua, -2);
	lua_setfield(lua, LUA_REGISTRYINDEX, STK_NULL);
}

void stk_value_push_null(lua_State *lua)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, STK_NULL);
}

bool stk_value_is_null(lua_State *lua, int index)
{
	if (lua_type(lua, index) != LUA_TUSERDATA)
		return false;
	index = lua_absindex(lua, index);
	stk_value_push_null(lua);
	bool same = lua_rawequal(lua, -1, index);
	lua_pop(lua, 1);
	return same;
}

bool stk_value_is_array(lua_State *lua, int index)
{
	if (!lua_istable(lua, index) || !lua_getmetatable(lua, index))
		return false;
	luaL_getmetatable(lua, STK_ARRAY);
	bool same = lua_rawequal(lua, -1, -2);
	lua_pop(lua, 2);
	return same;
}

void stk_value_push_plain(lua_State *lua, int index)
{
	if (lua_type(lua, index) != LUA_TUSERDATA || !stk_data_push_plain(lua, index))
		stk_sandbox_push_behind(lua, index);
}

/* --- to JSON ---------------------------------------------------------------------- */

struct writer {
	lua_State *lua;
	struct stk_buf *out;
	struct stk_err *err;
	int depth;
	struct stk_buf path; /* for messages */
	bool hides;          /* secrets are *** */
	bool indents;        /* a line for each item, two blanks for each level */
};

static int write_value(struct writer *writer, int index);

static int refuse(struct writer *writer, const char *what)
{
	return stk_err_set(writer->err, STK_E_INVAL, "%s%s%s cannot be JSON", writer->path.ptr,
		writer->path.len ? ": " : "", what);
}

static void break_line(struct writer *writer, int level)
{
	if (writer->indents)
		stk_buf_addf(writer->out, "\n%*s", 2 * level, "");
}

static int write_text(struct writer *writer, struct stk_str text)
{
	static const char hex[] = "0123456789abcdef";
	struct stk_buf *out = writer->out;

	if (!stk_str_is_utf8(text))
		return refuse(writer, "text that is not UTF-8");
	stk_buf_add_byte(out, '"');
	for (size_t from = 0, i = 0; i <= text.len; i++) {
		unsigned char c = i < text.len ? (unsigned char)text.ptr[i] : '"';
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		stk_buf_add(out, text.ptr + from, i - from);
		from = i + 1;
		if (i == text.len)
			break;
		const char *at = strchr("\"\"\\\\\nn\rr\tt", c);
		if (c == '"' || c == '\\') {
			stk_buf_add_byte(out, '\\');
			stk_buf_add_byte(out, (char)c);
		} else if (c && at)
			stk_buf_addf(out, "\\%c", at[1]);
		else
			stk_buf_addf(out, "\\u00%c%c", hex[c >> 4], hex[c & 15]);
	}
	stk_buf_add_byte(out, '"');
	return 0;
}

static int write_number(struct writer *writer, int index)
{
	char text[40];

	if (lua_isinteger(writer->lua, index)) {
		stk_buf_addf(writer->out, "%lld", (long long)lua_tointeger(writer->lua, index));
		return 0;
	}
	double value = lua_tonumber(writer->lua, index), back = 0;
	if (!isfinite(value))
		return refuse(writer, isnan(value) ? "NaN" : "an infinite number");
	for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back the same */
		snprintf(text, sizeof text, "%.*g", digits, value);
		back = strtod(text, NULL);
		if (back == value)
			break;
	}
	stk_buf_add_text(writer->out, text);
	return 0;
}

static int write_member(struct writer *writer, int table, struct stk_str key)
{
	size_t mark = writer->path.len;

	stk_buf_addf(&writer->path, "/%.*s", STK_STR_ARG(key));
	lua_pushlstring(writer->lua, key.ptr, key.len);
	lua_rawget(writer->lua, table);
	int rc = write_value(writer, lua_gettop(writer->lua));
	lua_pop(writer->lua, 1);
	stk_buf_truncate(&writer->path, mark);
	return rc;
}

static int write_array(struct writer *writer, int table, lua_Integer count)
{
	size_t mark = writer->path.len;
	int rc = 0;

	stk_buf_add_byte(writer->out, '[');
	for (lua_Integer i = 1; rc == 0 && i <= count; i++) {
		if (i > 1)
			stk_buf_add_byte(writer->out, ',');
		break_line(writer, writer->depth);
		stk_buf_addf(&writer->path, "/%lld", (long long)i);
		lua_rawgeti(writer->lua, table, i);
		rc = write_value(writer, lua_gettop(writer->lua));
		lua_pop(writer->lua, 1);
		stk_buf_truncate(&writer->path, mark);
	}
	if (count > 0)
		break_line(writer, writer->depth - 1);
	stk_buf_add_byte(writer->out, ']');
	return rc;
}

static int by_bytes(const void *a, const void *b)
{
	return stk_str_cmp(*(const struct stk_str *)a, *(const struct stk_str *)b);
}

static int write_object(struct writer *writer, int table)
{
	STK_VEC(struct stk_str) keys = STK_VEC_INIT;
	int rc = 0;

	lua_pushnil(writer->lua);
	while (lua_next(writer->lua, table)) {
		lua_pop(writer->lua, 1);
		stk_vec_push(&keys, stk_text_at(writer->lua, -1)); /* the table holds it */
	}
	if (keys.len > 1)
		qsort(keys.items, keys.len, sizeof *keys.items, by_bytes);
	stk_buf_add_byte(writer->out, '{');
	for (size_t i = 0; rc == 0 && i < keys.len; i++) {
		if (i)
			stk_buf_add_byte(writer->out, ',');
		break_line(writer, writer->depth);
		rc = write_text(writer, keys.items[i]);
		stk_buf_add_text(writer->out, writer->indents ? ": " : ":");
		if (rc == 0)
			rc = write_member(writer, table, keys.items[i]);
	}
	if (keys.len > 0)
		break_line(writer, writer->depth - 1);
	stk_buf_add_byte(writer->out, '}');
	stk_vec_release(&keys);
	return rc;
}

/* Counts of a table's text keys, list items and other keys. */
static void count_keys(
	lua_State *lua, int table, lua_Integer *texts, lua_Integer *items, bool *other)
{
	*texts = *items = 0;
	*other = false;
	lua_pushnil(lua);
	while (lua_next(lua, table)) {
		lua_pop(lua, 1);
		if (lua_type(lua, -1) == LUA_TSTRING)
			++*texts;
		else if (lua_isinteger(lua, -1))
			++*items;
		else
			*other = true;
	}
}

static int write_table(struct writer *writer, int index)
{
	lua_State *lua = writer->lua;
	lua_Integer texts, items;
	bool other;

	if (writer->depth >= STK_VALUE_DEPTH_MAX || !lua_checkstack(lua, 20))
		return refuse(writer, "a table nested this deeply (or in a circle)");
	stk_value_push_plain(lua, index);
	int table = lua_gettop(lua);
	count_keys(lua, table, &texts, &items, &other);
	lua_Integer length = (lua_Integer)lua_rawlen(lua, table);
	int rc;
	writer->depth++;
	if (other)
		rc = refuse(writer, "a table with keys that are neither text nor 1, 2, 3 ...");
	else if (texts && items)
		rc = refuse(writer, "a table with both named keys and list items");
	else if (items != length)
		rc = refuse(writer, "a list with holes");
	else if (items || stk_value_is_array(lua, table))
		rc = write_array(writer, table, items);
	else
		rc = write_object(writer, table);
	writer->depth--;
	lua_pop(lua, 1);
	return rc;
}

static int write_value(struct writer *writer, int index)
{
	lua_State *lua = writer->lua;
	struct stk_str text;

	switch (lua_type(lua, index)) {
	case LUA_TNIL:
		stk_buf_add_text(writer->out, "null");
		return 0;
	case LUA_TBOOLEAN:
		stk_buf_add_text(writer->out, lua_toboolean(lua, index) ? "true" : "false");
		return 0;
	case LUA_TNUMBER:
		return write_number(writer, index);
	case LUA_TTABLE:
		return write_table(writer, index);
	default:
		if (stk_value_is_null(lua, index)) {
			stk_buf_add_text(writer->out, "null");
			return 0;
		}
		if (writer->hides && stk_secret_at(lua, index))
			return write_text(writer, STK_STR("***"));
		if (stk_text_or_secret(lua, index, &text))
			return write_text(writer, text);
		if (stk_data_at(lua, index))
			return write_table(writer, index);
		return refuse(writer, luaL_typename(lua, index));
	}
}

static int write_json(struct writer *writer, int index)
{
	stk_buf_init(&writer->path, STK_ERR_MSG_MAX);
	int rc = write_value(writer, lua_absindex(writer->lua, index));

	stk_buf_release(&writer->path);
	return rc < 0 ? rc : stk_buf_check(writer->out, writer->err);
}

int stk_value_to_json(lua_State *lua, int index, struct stk_buf *out, struct stk_err *err)
{
	struct writer writer = {.lua = lua, .out = out, .err = err};

	return write_json(&writer, index);
}

int stk_value_to_shown_json(
	lua_State *lua, int index, bool indented, struct stk_buf *out, struct stk_err *err)
{
	struct writer writer = {
		.lua = lua, .out = out, .err = err, .hides = true, .indents = indented};

	return write_json(&writer, index);
}

/* --- from JSON -------------------------------------------------------------------- */

static int push_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	lua_State *lua = ctx;

	lua_pushlstring(lua, key.ptr, key.len);
	stk_value_push_json(lua, value);
	lua_rawset(lua, -3);
	return 0;
}

/* Depth is bounded by the parser's limit; each level takes four slots of the stack. */
void stk_value_push_json(lua_State *lua, struct stk_json *value)
{
	struct stk_str text;

	if (!value) {
		lua_pushnil(lua);
		return;
	}
	luaL_checkstack(lua, 8, "JSON nested too deeply");
	switch (stk_json_type(value)) {
	case STK_JSON_NULL:
		stk_value_push_null(lua);
		return;
	case STK_JSON_BOOL:
		lua_pushboolean(lua, stk_json_bool(value, false));
		return;
	case STK_JSON_INT:
		lua_pushinteger(lua, stk_json_int(value, 0));
		return;
	case STK_JSON_REAL:
		lua_pushnumber(lua, stk_json_real(value, 0));
		return;
	case STK_JSON_STRING:
		text = stk_json_str(value);
		lua_pushlstring(lua, text.ptr, text.len);
		return;
	case STK_JSON_ARRAY:
		lua_createtable(lua, (int)stk_json_len(value), 0);
		for (size_t i = 0; i < stk_json_len(value); i++) {
			stk_value_push_json(lua, stk_json_at(value, i));
			lua_rawseti(lua, -2, (lua_Integer)i + 1);
		}
		luaL_setmetatable(lua, STK_ARRAY);
		return;
	case STK_JSON_OBJECT:
		lua_createtable(lua, 0, (int)stk_json_len(value));
		(void)stk_json_each(value, push_member, lua);
		return;
	}
}
