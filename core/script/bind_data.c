/* bind_data: stoker.data.csv and .json: read-only views of files that all workers share. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "core/base/csv.h"
#include "core/base/json.h"
#include "core/script/bind.h"
#include "core/script/bind_names.h"
#include "core/script/script_priv.h"
#include "core/script/shared.h"
#include "core/script/state.h"
#include "core/script/value.h"

#define ROWS "stk.data.rows"
#define ROW  "stk.data.row"
#define TREE "stk.data.json"

struct rows_value {
	const struct stk_csv *csv;
	size_t first; /* 1 with a header */
};

struct row_value {
	const struct stk_csv *csv;
	size_t row;
	bool has_header;
};

struct tree_value {
	struct stk_json *json; /* an array or object, owned by the script */
};

static int refuse_write(lua_State *lua)
{
	return stk_state_misuse(lua, "data from a file is read-only");
}

/* --- csv -------------------------------------------------------------------------- */

static int rows_len(lua_State *lua)
{
	const struct rows_value *rows = luaL_checkudata(lua, 1, ROWS);

	lua_pushinteger(lua, (lua_Integer)(stk_csv_rows(rows->csv) - rows->first));
	return 1;
}

static void push_row(lua_State *lua, const struct rows_value *rows, size_t row)
{
	struct row_value *made = lua_newuserdatauv(lua, sizeof *made, 0);

	made->csv = rows->csv;
	made->row = row;
	made->has_header = rows->first > 0;
	luaL_setmetatable(lua, ROW);
}

static int rows_index(lua_State *lua)
{
	const struct rows_value *rows = luaL_checkudata(lua, 1, ROWS);
	int is_int = 0;
	lua_Integer i = lua_tointegerx(lua, 2, &is_int);

	if (!is_int || i < 1 || (size_t)i > stk_csv_rows(rows->csv) - rows->first)
		return 0;
	push_row(lua, rows, (size_t)i - 1 + rows->first);
	return 1;
}

static int rows_next(lua_State *lua)
{
	lua_Integer i = luaL_optinteger(lua, 2, 0) + 1;

	lua_settop(lua, 1);
	lua_pushinteger(lua, i);
	if (!rows_index(lua))
		return 0;
	lua_pushinteger(lua, i);
	lua_insert(lua, -2);
	return 2;
}

static int rows_pairs(lua_State *lua)
{
	lua_pushcfunction(lua, rows_next);
	lua_pushvalue(lua, 1);
	lua_pushnil(lua);
	return 3;
}

static int push_cell(lua_State *lua, const struct row_value *row, size_t column)
{
	struct stk_str cell = stk_csv_cell(row->csv, row->row, column);

	lua_pushlstring(lua, cell.ptr, cell.len);
	return 1;
}

/* user.name by the header, user[1] by position. */
static int row_index(lua_State *lua)
{
	const struct row_value *row = luaL_checkudata(lua, 1, ROW);
	size_t columns = stk_csv_columns(row->csv);

	if (lua_isinteger(lua, 2)) {
		lua_Integer i = lua_tointeger(lua, 2);
		return i >= 1 && (size_t)i <= columns ? push_cell(lua, row, (size_t)i - 1) : 0;
	}
	struct stk_str name = stk_text_at(lua, 2);
	for (size_t i = 0; row->has_header && i < columns; i++)
		if (stk_str_eq(name, stk_csv_cell(row->csv, 0, i)))
			return push_cell(lua, row, i);
	return 0;
}

static int row_len(lua_State *lua)
{
	const struct row_value *row = luaL_checkudata(lua, 1, ROW);

	lua_pushinteger(lua, (lua_Integer)stk_csv_columns(row->csv));
	return 1;
}

/* Columns in the file's order: name (or number), value. Upvalue 1 counts. */
static int row_next(lua_State *lua)
{
	const struct row_value *row = luaL_checkudata(lua, 1, ROW);
	size_t i = (size_t)lua_tointeger(lua, lua_upvalueindex(1));

	if (i >= stk_csv_columns(row->csv))
		return 0;
	lua_pushinteger(lua, (lua_Integer)i + 1);
	lua_replace(lua, lua_upvalueindex(1));
	if (row->has_header) {
		struct stk_str name = stk_csv_cell(row->csv, 0, i);
		lua_pushlstring(lua, name.ptr, name.len);
	} else
		lua_pushinteger(lua, (lua_Integer)i + 1);
	return 1 + push_cell(lua, row, i);
}

static int row_pairs(lua_State *lua)
{
	lua_pushinteger(lua, 0);
	lua_pushcclosure(lua, row_next, 1);
	lua_pushvalue(lua, 1);
	lua_pushnil(lua);
	return 3;
}

/* --- json ------------------------------------------------------------------------- */

static void push_tree(lua_State *lua, struct stk_json *json)
{
	enum stk_json_type type = stk_json_type(json);

	if (!json || (type != STK_JSON_ARRAY && type != STK_JSON_OBJECT)) {
		stk_value_push_json(lua, json);
		return;
	}
	struct tree_value *tree = lua_newuserdatauv(lua, sizeof *tree, 0);
	tree->json = json;
	luaL_setmetatable(lua, TREE);
}

static int tree_index(lua_State *lua)
{
	const struct tree_value *tree = luaL_checkudata(lua, 1, TREE);

	if (lua_type(lua, 2) == LUA_TSTRING)
		push_tree(lua, stk_json_get(tree->json, lua_tostring(lua, 2)));
	else if (lua_isinteger(lua, 2) && stk_json_type(tree->json) == STK_JSON_ARRAY &&
		 lua_tointeger(lua, 2) >= 1 &&
		 (size_t)lua_tointeger(lua, 2) <= stk_json_len(tree->json))
		push_tree(lua, stk_json_at(tree->json, (size_t)lua_tointeger(lua, 2) - 1));
	else
		lua_pushnil(lua);
	return 1;
}

static int tree_len(lua_State *lua)
{
	const struct tree_value *tree = luaL_checkudata(lua, 1, TREE);

	lua_pushinteger(lua, (lua_Integer)stk_json_len(tree->json));
	return 1;
}

static int collect_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	lua_State *lua = ctx;

	lua_pushlstring(lua, key.ptr, key.len);
	push_tree(lua, value);
	lua_rawset(lua, -3);
	return 0;
}

/* One level as a table of its own, so that next() walks it. */
static int tree_pairs(lua_State *lua)
{
	const struct tree_value *tree = luaL_checkudata(lua, 1, TREE);

	lua_getglobal(lua, "next");
	lua_newtable(lua);
	for (size_t i = 0;
		stk_json_type(tree->json) == STK_JSON_ARRAY && i < stk_json_len(tree->json); i++) {
		push_tree(lua, stk_json_at(tree->json, i));
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	(void)stk_json_each(tree->json, collect_member, lua);
	lua_pushnil(lua);
	return 3;
}

/* --- as plain tables --------------------------------------------------------------- */

/* By name with a header (the first of two alike), else as a list of cells. */
static void push_plain_row(lua_State *lua, const struct row_value *row)
{
	size_t columns = stk_csv_columns(row->csv);

	lua_createtable(
		lua, row->has_header ? 0 : (int)columns, row->has_header ? (int)columns : 0);
	for (size_t i = columns; i-- > 0;) {
		if (row->has_header) {
			struct stk_str name = stk_csv_cell(row->csv, 0, i);
			lua_pushlstring(lua, name.ptr, name.len);
		} else
			lua_pushinteger(lua, (lua_Integer)i + 1);
		(void)push_cell(lua, row, i);
		lua_rawset(lua, -3);
	}
	if (!row->has_header)
		luaL_setmetatable(lua, STK_ARRAY);
}

static void push_plain_rows(lua_State *lua, const struct rows_value *rows)
{
	size_t count = stk_csv_rows(rows->csv) - rows->first;

	lua_createtable(lua, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		const struct row_value row = {rows->csv, i + rows->first, rows->first > 0};
		push_plain_row(lua, &row);
		lua_rawseti(lua, -2, (lua_Integer)i + 1);
	}
	luaL_setmetatable(lua, STK_ARRAY);
}

bool stk_data_at(lua_State *lua, int index)
{
	return luaL_testudata(lua, index, ROWS) || luaL_testudata(lua, index, ROW) ||
	       luaL_testudata(lua, index, TREE);
}

bool stk_data_push_plain(lua_State *lua, int index)
{
	const struct rows_value *rows = luaL_testudata(lua, index, ROWS);
	const struct row_value *row = luaL_testudata(lua, index, ROW);
	const struct tree_value *tree = luaL_testudata(lua, index, TREE);

	luaL_checkstack(lua, 8, "stoker.data");
	if (rows)
		push_plain_rows(lua, rows);
	else if (row)
		push_plain_row(lua, row);
	else if (tree)
		stk_value_push_json(lua, tree->json);
	return rows || row || tree;
}

/* --- the functions ---------------------------------------------------------------- */

static char *find_path(lua_State *lua, const char *fn)
{
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	struct stk_str name = stk_arg_text(lua, 1, fn, "the path");
	struct stk_err err = STK_ERR_INIT;
	char *path = NULL;

	if (!script)
		(void)stk_state_misuse(lua, "%s: there is no script's folder here", fn);
	if (stk_shared_find(stk_script_dir(script), name, &path, &err) < 0)
		(void)stk_raise_misuse(lua, fn, &err);
	return path;
}

static bool wants_header(lua_State *lua)
{
	bool header = true;

	if (lua_isnoneornil(lua, 2))
		return true;
	if (!lua_istable(lua, 2))
		(void)stk_state_misuse(lua, "stoker.data.csv: options must be a table, not %s",
			luaL_typename(lua, 2));
	lua_pushnil(lua);
	while (lua_next(lua, 2)) {
		if (!stk_str_is(stk_text_at(lua, -2), "header") || !lua_isboolean(lua, -1))
			(void)stk_state_misuse(
				lua, "stoker.data.csv: the only option is header = true or false");
		header = lua_toboolean(lua, -1) != 0;
		lua_pop(lua, 1);
	}
	return header;
}

static int data_csv(lua_State *lua)
{
	bool header = wants_header(lua);
	char *path = find_path(lua, "stoker.data.csv");
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	struct stk_err err = STK_ERR_INIT;
	const struct stk_csv *csv = NULL;
	int rc = stk_shared_csv(stk_script_shared(script), path, &csv, &err);

	free(path);
	if (rc < 0)
		return stk_raise_misuse(lua, "stoker.data.csv", &err);
	struct rows_value *rows = lua_newuserdatauv(lua, sizeof *rows, 0);
	rows->csv = csv;
	rows->first = header && stk_csv_rows(csv) ? 1 : 0;
	luaL_setmetatable(lua, ROWS);
	return 1;
}

static int data_json(lua_State *lua)
{
	struct stk_str pointer = {"", 0};
	if (!lua_isnoneornil(lua, 2))
		pointer = stk_arg_text(lua, 2, "stoker.data.json", "the pointer");
	char *path = find_path(lua, "stoker.data.json");
	struct stk_script *script = stk_state_script(stk_state_of(lua));
	struct stk_err err = STK_ERR_INIT;
	struct stk_json *json = NULL;
	int rc = stk_shared_json(stk_script_shared(script), path, &json, &err);

	free(path);
	if (rc < 0)
		return stk_raise_misuse(lua, "stoker.data.json", &err);
	struct stk_json *part = pointer.len ? stk_json_pointer(json, pointer) : json;
	if (!part)
		return stk_state_misuse(lua, "stoker.data.json: nothing at '%.*s' in %s",
			STK_STR_ARG(pointer), lua_tostring(lua, 1));
	push_tree(lua, part);
	return 1;
}

static void make_type(lua_State *lua, const char *name, const luaL_Reg *metamethods)
{
	luaL_newmetatable(lua, name);
	luaL_setfuncs(lua, metamethods, 0);
	lua_pushboolean(lua, 0);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);
}

int luaopen_stk_data(lua_State *lua)
{
	static const luaL_Reg rows[] = {{"__len", rows_len}, {"__index", rows_index},
		{"__pairs", rows_pairs}, {"__newindex", refuse_write}, {NULL, NULL}};
	static const luaL_Reg row[] = {{"__len", row_len}, {"__index", row_index},
		{"__pairs", row_pairs}, {"__newindex", refuse_write}, {NULL, NULL}};
	static const luaL_Reg tree[] = {{"__len", tree_len}, {"__index", tree_index},
		{"__pairs", tree_pairs}, {"__newindex", refuse_write}, {NULL, NULL}};
	static const luaL_Reg funcs[] = {{"csv", data_csv}, {"json", data_json}, {NULL, NULL}};

	make_type(lua, ROWS, rows);
	make_type(lua, ROW, row);
	make_type(lua, TREE, tree);
	luaL_newlib(lua, funcs);
	return 1;
}
