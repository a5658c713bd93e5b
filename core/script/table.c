/* table: rows of typed options over a Lua table; nearest keys, file and line in every message. */
#include "core/script/table.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/str.h"
#include "core/base/units.h"
#include "core/script/field.h"
#include "core/script/keys.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"

#define KINDS     "stk.kinds" /* registry: table -> "kind file:line", weak keys */
#define NEST_MAX  32
#define KNOWN_MAX 128

static int mark(lua_State *lua)
{
	const char *kind = lua_tostring(lua, lua_upvalueindex(1));

	if (lua_type(lua, 1) == LUA_TSTRING) { /* stoker.scrape "http://..." */
		lua_createtable(lua, 1, 0);
		lua_pushvalue(lua, 1);
		lua_rawseti(lua, -2, 1);
		lua_replace(lua, 1);
	}
	if (lua_type(lua, 1) != LUA_TTABLE)
		return stk_state_misuse(
			lua, "stoker.%s takes a table, not %s", kind, luaL_typename(lua, 1));
	lua_settop(lua, 1);
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, KINDS);
	if (!lua_getmetatable(lua, -1)) {
		lua_newtable(lua);
		lua_pushliteral(lua, "k");
		lua_setfield(lua, -2, "__mode");
		lua_setmetatable(lua, -2);
	} else
		lua_pop(lua, 1);
	lua_pushvalue(lua, 1);
	luaL_where(lua, 1);
	lua_pushfstring(lua, "%s %s", kind, lua_tostring(lua, -1));
	lua_remove(lua, -2);
	lua_rawset(lua, 2);
	lua_settop(lua, 1);
	return 1;
}

void stk_table_push_constructor(lua_State *lua, const char *kind)
{
	lua_pushstring(lua, kind);
	lua_pushcclosure(lua, mark, 1);
}

const char *stk_table_kind(lua_State *lua, int index, const char **where_out)
{
	static const char none[] = "";
	const char *kind = none;

	if (where_out)
		*where_out = NULL;
	index = lua_absindex(lua, index);
	if (!lua_istable(lua, index) || lua_getfield(lua, LUA_REGISTRYINDEX, KINDS) != LUA_TTABLE) {
		lua_settop(lua, lua_istable(lua, index) ? -2 : -1);
		return none;
	}
	lua_pushvalue(lua, index);
	if (lua_rawget(lua, -2) == LUA_TSTRING) {
		kind = lua_tostring(lua, -1); /* lives as long as the table: the mark holds it */
		if (where_out)
			*where_out = strchr(kind, ' ') + 1;
	}
	lua_pop(lua, 2);
	return kind;
}

/* The mark is "load shop.lua:12: ": both words as arena texts. */
static void read_mark(struct stk_table *table)
{
	const char *where = NULL;
	const char *kind = stk_table_kind(table->lua, table->index, &where);

	table->kind = "";
	if (!where)
		return;
	table->kind = stk_arena_str(table->arena, stk_str_n(kind, (size_t)(where - 1 - kind)));
	struct stk_str place = stk_str_of(where);
	if (stk_str_ends(place, ": "))
		place.len -= 2;
	if (place.len)
		table->where = stk_arena_str(table->arena, place);
}

int stk_table_init(struct stk_table *table, lua_State *lua, int index, const char *where,
	struct stk_arena *arena, struct stk_err *err)
{
	struct stk_table made = {.lua = lua,
		.index = lua_absindex(lua, index),
		.where = where,
		.path = "",
		.kind = "",
		.arena = arena};

	if (!lua_istable(lua, index))
		return stk_err_set(err, STK_E_SCRIPT, "%s: a table is wanted, not %s", where,
			luaL_typename(lua, index));
	if (!lua_checkstack(lua, 20))
		return stk_err_set(err, STK_E_TOO_LARGE, "%s: tables nested too deeply", where);
	read_mark(&made);
	*table = made;
	return 0;
}

int stk_table_fail(
	const struct stk_table *table, const char *key, struct stk_err *err, const char *fmt, ...)
{
	char text[STK_ERR_MSG_MAX / 2];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	const char *dot = key && table->path[0] ? "." : "";
	const char *colon = key || table->path[0] ? ": " : "";
	return stk_err_set(err, STK_E_SCRIPT, "%s: %s%s%s%s%s", table->where, table->path, dot,
		key ? key : "", colon, text);
}

int stk_table_nested(
	const struct stk_table *parent, const char *key, struct stk_table *out, struct stk_err *err)
{
	struct stk_table made = *parent;

	if (!lua_istable(parent->lua, -1))
		return stk_table_fail(parent, key, err, "a table is wanted, not %s",
			luaL_typename(parent->lua, -1));
	int depth = 0;
	for (const char *at = parent->path; *at; at++)
		depth += *at == '.';
	if (depth >= NEST_MAX || !lua_checkstack(parent->lua, 20))
		return stk_table_fail(parent, key, err, "tables nested too deeply");
	made.index = lua_gettop(parent->lua);
	made.path = parent->path[0] ? stk_arena_printf(parent->arena, "%s.%s", parent->path, key)
				    : stk_arena_dup(parent->arena, key);
	read_mark(&made);
	*out = made;
	return 0;
}

/* --- keys ------------------------------------------------------------------------- */

static const struct stk_table_row *find_row(
	const struct stk_table_row *rows, size_t len, struct stk_str key)
{
	char snake[STK_KEY_MAX];

	stk_key_snake(key, snake);
	for (size_t i = 0; i < len; i++)
		if (stk_str_is(key, rows[i].key) || strcmp(rows[i].key, snake) == 0)
			return &rows[i];
	return NULL;
}

static int unknown_key(struct stk_table *table, const struct stk_table_row *rows, size_t len,
	struct stk_str key, struct stk_err *err)
{
	const char *known[KNOWN_MAX];
	char snake[STK_KEY_MAX], list[STK_ERR_HINT_MAX - 16];
	size_t count = 0;

	for (; count < len && count < KNOWN_MAX; count++)
		known[count] = rows[count].key;
	stk_key_snake(key, snake);
	const char *near = stk_str_nearest(stk_str_of(snake), known, count);
	(void)stk_table_fail(table, NULL, err, "unknown key '%.*s'", STK_STR_ARG(key));
	if (near)
		stk_err_hint(err, "did you mean '%s'?", near);
	else {
		stk_keys_list(known, count, list, sizeof list);
		stk_err_hint(err, "known keys: %s", list);
	}
	return STK_E_SCRIPT;
}

static int duplicate_key(
	struct stk_table *table, const struct stk_table_row *row, struct stk_err *err)
{
	return stk_table_fail(table, row->key, err, "given twice (snake_case and camelCase)");
}

static bool has_position(const struct stk_table_row *rows, size_t len, lua_Integer at)
{
	for (size_t i = 0; i < len; i++)
		if (rows[i].position && rows[i].position == at)
			return true;
	return false;
}

/* Every key must be known; the first offender in byte order is named. */
static int check_keys(
	struct stk_table *table, const struct stk_table_row *rows, size_t len, struct stk_err *err)
{
	lua_State *lua = table->lua;
	struct stk_str worst = {NULL, 0};

	lua_pushnil(lua);
	while (lua_next(lua, table->index)) {
		lua_pop(lua, 1);
		if (lua_type(lua, -1) == LUA_TSTRING) {
			struct stk_str key;
			key.ptr = lua_tolstring(lua, -1, &key.len); /* the table holds it */
			if (!find_row(rows, len, key) &&
				(!worst.ptr || stk_str_cmp(key, worst) < 0))
				worst = key;
			continue;
		}
		lua_Integer at = lua_isinteger(lua, -1) ? lua_tointeger(lua, -1) : 0;
		if (has_position(rows, len, at))
			continue;
		if (lua_isinteger(lua, -1))
			return stk_table_fail(table, NULL, err,
				"has a list item [%lld], but takes only named keys", (long long)at);
		return stk_table_fail(
			table, NULL, err, "has a key that is no text (%s)", luaL_typename(lua, -1));
	}
	return worst.ptr ? unknown_key(table, rows, len, worst, err) : 0;
}

/* Push the value of a row: by its name in either spelling, or its position. */
static int push_value(struct stk_table *table, const struct stk_table_row *row, struct stk_err *err)
{
	lua_State *lua = table->lua;
	int value = lua_gettop(lua) + 1;
	char snake[STK_KEY_MAX];

	lua_pushnil(lua);
	lua_pushnil(lua);
	while (lua_next(lua, table->index)) {
		if (lua_type(lua, -2) == LUA_TSTRING) {
			stk_key_snake(stk_str_of(lua_tostring(lua, -2)), snake);
			if (strcmp(snake, row->key) == 0 && !lua_isnil(lua, value))
				return duplicate_key(table, row, err);
			if (strcmp(snake, row->key) == 0)
				lua_copy(lua, -1, value);
		}
		lua_pop(lua, 1);
	}
	if (lua_isnil(lua, -1) && row->position) {
		lua_pop(lua, 1);
		lua_rawgeti(lua, table->index, row->position);
	}
	return 0;
}

int stk_table_read(struct stk_table *table, const struct stk_table_row *rows, size_t rows_len,
	void *out, void *ctx, struct stk_err *err)
{
	lua_State *lua = table->lua;
	int top = lua_gettop(lua);
	int rc = check_keys(table, rows, rows_len, err);

	for (size_t i = 0; rc == 0 && i < rows_len; i++) {
		const struct stk_table_row *row = &rows[i];
		rc = push_value(table, row, err);
		if (rc == 0 && lua_isnil(lua, -1)) {
			if (row->required)
				rc = stk_table_fail(table, row->key, err, "is missing");
		} else if (rc == 0) {
			char *base = out;
			if (row->given)
				*(bool *)(base + row->given) = true;
			rc = stk_field_read(table, row,
				row->offset == SIZE_MAX ? NULL : base + row->offset, ctx, err);
		}
		lua_settop(lua, top);
	}
	lua_settop(lua, top);
	return rc;
}

int stk_table_each_item(
	struct stk_table *table, stk_table_item_fn fn, void *ctx, struct stk_err *err)
{
	lua_State *lua = table->lua;
	int top = lua_gettop(lua);
	lua_Integer count = (lua_Integer)lua_rawlen(lua, table->index), seen = 0;

	lua_pushnil(lua);
	while (lua_next(lua, table->index)) {
		lua_pop(lua, 1);
		if (!lua_isinteger(lua, -1))
			return stk_table_fail(table, NULL, err,
				"a list is wanted, but there is a key '%s'",
				lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1)
								 : luaL_typename(lua, -1));
		seen++;
	}
	if (seen != count)
		return stk_table_fail(table, NULL, err, "the list has holes");
	int rc = 0;
	for (lua_Integer i = 1; rc == 0 && i <= count; i++) {
		lua_rawgeti(lua, table->index, i);
		rc = fn(table, i, ctx, err);
		lua_settop(lua, top);
	}
	return rc;
}

int stk_table_each_key(struct stk_table *table, stk_table_key_fn fn, void *ctx, struct stk_err *err)
{
	lua_State *lua = table->lua;
	int top = lua_gettop(lua);
	struct stk_texts keys = STK_VEC_INIT;
	int rc = 0;

	lua_pushnil(lua);
	while (lua_next(lua, table->index)) {
		lua_pop(lua, 1);
		if (lua_type(lua, -1) != LUA_TSTRING) {
			rc = stk_table_fail(table, NULL, err, "has a key that is no text (%s)",
				luaL_typename(lua, -1));
			goto out;
		}
		struct stk_str key;
		key.ptr = lua_tolstring(lua, -1, &key.len);
		stk_vec_push(&keys, stk_arena_str(table->arena, key));
	}
	stk_keys_sort(keys.items, keys.len);
	for (size_t i = 0; rc == 0 && i < keys.len; i++) {
		lua_pushstring(lua, keys.items[i]);
		lua_rawget(lua, table->index);
		rc = fn(table, keys.items[i], ctx, err);
		lua_settop(lua, top);
	}
out:
	lua_settop(lua, top);
	stk_vec_release(&keys);
	return rc;
}
