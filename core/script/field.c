/* field: conversions of single values: durations, rates, numbers, texts, lists, maps. */
#include "core/script/field.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/str.h"
#include "core/base/units.h"
#include "core/script/keys.h"
#include "core/script/sandbox.h"
#include "core/script/workflow.h"

/* A century: what is longer is a mistake, and sums of such stay in 64 bits. */
#define DURATION_MAX_S 3.2e9

static struct stk_str text_at(lua_State *lua, int index)
{
	struct stk_str text;

	text.ptr = lua_tolstring(lua, index, &text.len);
	return text;
}

int stk_value_duration(lua_State *lua, int index, int64_t *ns_out, struct stk_err *err)
{
	if (lua_type(lua, index) == LUA_TSTRING)
		return stk_units_parse_duration(text_at(lua, index), ns_out, err);
	if (lua_type(lua, index) != LUA_TNUMBER)
		return stk_err_set(err, STK_E_FORMAT,
			"a duration is wanted (\"30s\" or seconds), not %s",
			luaL_typename(lua, index));
	double seconds = lua_tonumber(lua, index);
	if (isnan(seconds))
		return stk_err_set(err, STK_E_FORMAT, "NaN is no duration in seconds");
	if (seconds < 0 || seconds > DURATION_MAX_S)
		return stk_err_set(err, STK_E_FORMAT, "%g is no duration in seconds", seconds);
	*ns_out = (int64_t)llround(seconds * (double)STK_NS_PER_S);
	return 0;
}

int stk_value_rate(lua_State *lua, int index, struct stk_rate_value *out, struct stk_err *err)
{
	if (lua_type(lua, index) == LUA_TSTRING)
		return stk_units_parse_rate(text_at(lua, index), &out->events, &out->unit_ns, err);
	if (lua_type(lua, index) != LUA_TNUMBER)
		return stk_err_set(err, STK_E_FORMAT, "a rate is wanted (200 or \"200/s\"), not %s",
			luaL_typename(lua, index));
	double events = lua_tonumber(lua, index);
	if (!(events >= 0) || isinf(events))
		return stk_err_set(err, STK_E_FORMAT, "%g is no rate", events);
	out->events = events;
	out->unit_ns = STK_NS_PER_S;
	return 0;
}

static int in_range(
	struct stk_table *table, const struct stk_table_row *row, double value, struct stk_err *err)
{
	if (row->min == 0 && row->max == 0)
		return 0;
	if (value < row->min)
		return stk_table_fail(
			table, row->key, err, "%g is too small, at least %g", value, row->min);
	if (row->max > row->min && value > row->max)
		return stk_table_fail(
			table, row->key, err, "%g is too large, at most %g", value, row->max);
	return 0;
}

static int wrong_type(
	struct stk_table *table, const char *key, const char *wanted, struct stk_err *err)
{
	return stk_table_fail(
		table, key, err, "%s is wanted, not %s", wanted, luaL_typename(table->lua, -1));
}

/* Why a text is no such value, and how it would be written. */
static int no_such(
	struct stk_table *table, const char *key, const struct stk_err *why, struct stk_err *err)
{
	int rc = stk_table_fail(table, key, err, "%s", why->msg);

	if (why->hint[0])
		stk_err_hint(err, "%s", why->hint);
	return rc;
}

static int read_duration(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	struct stk_err why = STK_ERR_INIT;
	int64_t ns;

	if (stk_value_duration(table->lua, -1, &ns, &why) < 0)
		return no_such(table, row->key, &why, err);
	int rc = in_range(table, row, (double)ns / (double)STK_NS_PER_S, err);
	if (rc == 0)
		*(int64_t *)field = ns;
	return rc;
}

static int read_rate(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	struct stk_err why = STK_ERR_INIT;
	struct stk_rate_value rate;

	if (stk_value_rate(table->lua, -1, &rate, &why) < 0)
		return no_such(table, row->key, &why, err);
	int rc = in_range(table, row, rate.events, err);
	if (rc == 0)
		*(struct stk_rate_value *)field = rate;
	return rc;
}

static int read_int(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	int is_int = 0;
	lua_Integer value = lua_tointegerx(table->lua, -1, &is_int);

	if (lua_type(table->lua, -1) != LUA_TNUMBER)
		return wrong_type(table, row->key, "a whole number", err);
	if (!is_int)
		return stk_table_fail(table, row->key, err, "%g is no whole number",
			lua_tonumber(table->lua, -1));
	int rc = in_range(table, row, (double)value, err);
	if (rc == 0)
		*(int64_t *)field = value;
	return rc;
}

static int read_number(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	double value = lua_tonumber(table->lua, -1);

	if (lua_type(table->lua, -1) != LUA_TNUMBER)
		return wrong_type(table, row->key, "a number", err);
	if (!isfinite(value))
		return stk_table_fail(table, row->key, err, "%g is no finite number", value);
	int rc = in_range(table, row, value, err);
	if (rc == 0)
		*(double *)field = value;
	return rc;
}

static int check_word(struct stk_table *table, const struct stk_table_row *row, struct stk_str word,
	struct stk_err *err)
{
	char list[STK_ERR_HINT_MAX - 16];
	size_t count = 0;

	if (!row->words)
		return 0;
	for (; row->words[count]; count++)
		if (stk_str_is(word, row->words[count]))
			return 0;
	const char *near = stk_str_nearest(word, row->words, count);
	int rc = stk_table_fail(table, row->key, err, "unknown value '%.*s'", STK_STR_ARG(word));
	stk_keys_list(row->words, count, list, sizeof list);
	if (near)
		stk_err_hint(err, "did you mean '%s'?", near);
	else
		stk_err_hint(err, "one of: %s", list);
	return rc;
}

static int read_text(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	if (lua_type(table->lua, -1) != LUA_TSTRING)
		return wrong_type(table, row->key, "text", err);
	struct stk_str text = text_at(table->lua, -1);
	if (stk_str_find_byte(text, '\0') >= 0)
		return stk_table_fail(table, row->key, err, "text with a NUL byte");
	int rc = check_word(table, row, text, err);
	if (rc == 0)
		*(const char **)field = stk_arena_str(table->arena, text);
	return rc;
}

struct texts_read {
	const struct stk_table_row *row;
	struct stk_texts texts;
};

static int add_text(struct stk_table *table, int64_t i, void *ctx, struct stk_err *err)
{
	struct texts_read *read = ctx;
	const char *text = NULL;
	struct stk_table_row row = *read->row;
	char key[24];

	snprintf(key, sizeof key, "[%lld]", (long long)i);
	row.key = key;
	int rc = read_text(table, &row, &text, err);
	if (rc == 0)
		stk_vec_push(&read->texts, text);
	return rc;
}

static int read_texts(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	struct texts_read read = {row, STK_VEC_INIT};
	struct stk_texts *out = field;
	struct stk_table list;
	int rc;

	if (lua_type(table->lua, -1) == LUA_TSTRING) {
		const char *text = NULL;
		rc = read_text(table, row, &text, err);
		if (rc == 0)
			stk_vec_push(&read.texts, text);
	} else {
		rc = stk_table_nested(table, row->key, &list, err);
		if (rc == 0)
			rc = stk_table_each_item(&list, add_text, &read, err);
	}
	if (rc == 0) {
		stk_vec_release(out);
		*out = read.texts;
	} else
		stk_vec_release(&read.texts);
	return rc;
}

static int add_pair(struct stk_table *table, const char *key, void *ctx, struct stk_err *err)
{
	struct stk_pairs_text *pairs = ctx;
	lua_State *lua = table->lua;
	int type = lua_type(lua, -1);
	struct stk_str text;

	if (type == LUA_TBOOLEAN)
		text = stk_str_of(lua_toboolean(lua, -1) ? "true" : "false");
	else if (type == LUA_TSTRING || type == LUA_TNUMBER) {
		lua_pushvalue(lua, -1); /* tolstring would turn the table's own number into text */
		text = text_at(lua, -1);
	} else
		return wrong_type(table, key, "text, a number or a boolean", err);
	if (stk_str_find_byte(text, '\0') >= 0)
		return stk_table_fail(table, key, err, "text with a NUL byte");
	struct stk_pair_text pair = {key, stk_arena_str(table->arena, text)};
	stk_vec_push(pairs, pair);
	return 0;
}

static int read_pairs(
	struct stk_table *table, const struct stk_table_row *row, void *field, struct stk_err *err)
{
	struct stk_pairs_text *out = field, pairs = STK_VEC_INIT;
	struct stk_table map;
	int rc = stk_table_nested(table, row->key, &map, err);

	if (rc == 0)
		rc = stk_table_each_key(&map, add_pair, &pairs, err);
	if (rc < 0) {
		stk_vec_release(&pairs);
		return rc;
	}
	stk_vec_release(out);
	*out = pairs;
	return 0;
}

static bool kind_allowed(const char *kinds, const char *kind)
{
	struct stk_str rest = stk_str_of(kinds), word;

	if (!kinds || kind[0] == '\0')
		return kind[0] == '\0';
	while (stk_str_cut(&rest, ' ', &word))
		if (stk_str_is(word, kind))
			return true;
	return false;
}

static int read_nested(struct stk_table *table, const struct stk_table_row *row, void *field,
	void *ctx, struct stk_err *err)
{
	struct stk_table nested;
	int rc = stk_table_nested(table, row->key, &nested, err);

	if (rc == 0 && !kind_allowed(row->kinds, nested.kind))
		return stk_table_fail(
			table, row->key, err, "stoker.%s{} does not belong here", nested.kind);
	return rc < 0 ? rc : stk_table_read(&nested, row->rows, row->rows_len, field, ctx, err);
}

static int read_other(struct stk_table *table, const struct stk_table_row *row, void *field,
	void *ctx, struct stk_err *err)
{
	if (row->kinds) {
		struct stk_table nested;
		int rc = stk_table_nested(table, row->key, &nested, err);
		if (rc < 0)
			return rc;
		if (!kind_allowed(row->kinds, nested.kind))
			return stk_table_fail(table, row->key, err,
				"stoker.%s{} does not belong here", nested.kind);
	}
	return row->read(table, row->key, field, ctx, err);
}

int stk_field_read(struct stk_table *table, const struct stk_table_row *row, void *field, void *ctx,
	struct stk_err *err)
{
	lua_State *lua = table->lua;

	switch (row->type) {
	case STK_FIELD_DURATION:
		return read_duration(table, row, field, err);
	case STK_FIELD_RATE:
		return read_rate(table, row, field, err);
	case STK_FIELD_INT:
		return read_int(table, row, field, err);
	case STK_FIELD_NUMBER:
		return read_number(table, row, field, err);
	case STK_FIELD_BOOL:
		if (!lua_isboolean(lua, -1))
			return wrong_type(table, row->key, "true or false", err);
		*(bool *)field = lua_toboolean(lua, -1) != 0;
		return 0;
	case STK_FIELD_TEXT:
		return read_text(table, row, field, err);
	case STK_FIELD_TEXTS:
		return read_texts(table, row, field, err);
	case STK_FIELD_PAIRS:
		return read_pairs(table, row, field, err);
	case STK_FIELD_FUNCTION:
		if (!lua_isfunction(lua, -1))
			return wrong_type(table, row->key, "a function", err);
		lua_pushvalue(lua, -1);
		*(int *)field = luaL_ref(lua, LUA_REGISTRYINDEX);
		return 0;
	case STK_FIELD_TABLE:
		return read_nested(table, row, field, ctx, err);
	case STK_FIELD_READ:
		return read_other(table, row, field, ctx, err);
	}
	return stk_table_fail(table, row->key, err, "a row of no type");
}
