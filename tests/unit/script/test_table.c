/* test_table: typed rows over Lua tables, and the messages of mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/table.h"
#include "core/script/workflow.h"
#include "tests/support/lua_case.h"

struct inner {
	int64_t depth;
};
struct target {
	int64_t wait_ns, count;
	struct stk_rate_value rate;
	double ratio;
	bool flag, has_count;
	const char *text;
	struct stk_texts list;
	struct stk_pairs_text pairs;
	struct inner inner;
	int fn;
};

#define AT(member) offsetof(struct target, member)
static const char *const words[] = {"paired", "idle", NULL};
static const struct stk_table_row inner_rows[] = {
	{.key = "depth", .type = STK_FIELD_INT, .offset = 0, .min = 1, .max = 9},
};
static const struct stk_table_row rows[] = {
	{.key = "start_time", .type = STK_FIELD_DURATION, .offset = AT(wait_ns), .position = 1},
	{.key = "max_vus", .type = STK_FIELD_INT, .offset = AT(count), .given = AT(has_count)},
	{.key = "rate", .type = STK_FIELD_RATE, .offset = AT(rate)},
	{.key = "ratio", .type = STK_FIELD_NUMBER, .offset = AT(ratio)},
	{.key = "flag", .type = STK_FIELD_BOOL, .offset = AT(flag)},
	{.key = "mode", .type = STK_FIELD_TEXT, .offset = AT(text), .words = words},
	{.key = "list", .type = STK_FIELD_TEXTS, .offset = AT(list)},
	{.key = "pairs", .type = STK_FIELD_PAIRS, .offset = AT(pairs)},
	{.key = "inner",
		.type = STK_FIELD_TABLE,
		.offset = AT(inner),
		.rows = inner_rows,
		.rows_len = 1,
		.kinds = "scrape"},
	{.key = "fn", .type = STK_FIELD_FUNCTION, .offset = AT(fn)},
};

struct fixture {
	struct lua_case lc;
	struct stk_arena arena;
	struct target got;
	struct stk_err err;
};

/* Load `return <expr>` (a plain or made table) and read it by the rows above. */
static int read_expr(struct fixture *f, const char *text)
{
	struct stk_table table;

	memset(&f->got, 0, sizeof f->got);
	stk_err_clear(&f->err);
	if (lua_case_load(&f->lc, text) != 0)
		fail_msg("%s", f->lc.err.msg);
	lua_State *lua = stk_state_lua(stk_script_state(f->lc.script));
	stk_script_push_result(f->lc.script, lua);
	int rc = stk_table_init(&table, lua, -1, "case.lua", &f->arena, &f->err);
	if (rc == 0)
		rc = stk_table_read(
			&table, rows, sizeof rows / sizeof *rows, &f->got, NULL, &f->err);
	assert_int_equal(lua_gettop(lua), 1);
	lua_settop(lua, 0);
	(void)lua_case_message(&f->lc, &f->err);
	return rc;
}

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	lua_case_init(&f.lc);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stk_vec_release(&f->got.list);
	stk_vec_release(&f->got.pairs);
	stk_arena_release(&f->arena);
	lua_case_release(&f->lc);
	return 0;
}

static void expect_error(struct fixture *f, const char *text, const char *message, const char *hint)
{
	assert_int_equal(read_expr(f, text), STK_E_SCRIPT);
	assert_string_equal(f->lc.err.msg, message);
	assert_string_equal(f->lc.err.hint, hint);
}

static void table_read__fills_every_type(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		read_expr(f,
			"return { start_time = '1m30s', max_vus = 3.0, rate = '3000/m', ratio = "
			"0.5,"
			" flag = true, mode = 'idle', list = { 'a', 'b' }, fn = function() end,"
			" pairs = { b = 2, a = 'x', c = true }, inner = { depth = 4 } }"),
		0);
	assert_int_equal(f->got.wait_ns, 90000000000);
	assert_int_equal(f->got.count, 3);
	assert_true(f->got.has_count);
	assert_true(f->got.rate.events == 3000 && f->got.rate.unit_ns == 60000000000);
	assert_true(f->got.ratio == 0.5 && f->got.flag && f->got.fn > 0);
	assert_string_equal(f->got.text, "idle");
	assert_int_equal(f->got.list.len, 2);
	assert_string_equal(f->got.list.items[1], "b");
	assert_int_equal(f->got.pairs.len, 3);
	assert_string_equal(f->got.pairs.items[0].name, "a");
	assert_string_equal(f->got.pairs.items[1].value, "2");
	assert_string_equal(f->got.pairs.items[2].value, "true");
	assert_int_equal(f->got.inner.depth, 4);
}

static void table_read__leaves_defaults_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_expr(f, "return {}"), 0);
	assert_false(f->got.has_count);
	assert_null(f->got.text);
}

static void table_read__takes_camel_case(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_expr(f, "return { startTime = 2, maxVUs = 7 }"), 0);
	assert_int_equal(f->got.wait_ns, 2000000000);
	assert_int_equal(f->got.count, 7);
	expect_error(f, "return { startTime = 2, start_time = 3 }",
		"case.lua: start_time: given twice (snake_case and camelCase)", "");
}

/* k6 1.1: a bare number as duration is milliseconds (with `-d` an error) | seconds, everywhere |
 * `sleep(1)` and `timeout = 1` mean the same second */
static void table_read__number_is_seconds(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_expr(f, "return { start_time = 0.25 }"), 0);
	assert_int_equal(f->got.wait_ns, 250000000);
	assert_int_equal(read_expr(f, "return { start_time = '500ms' }"), 0);
	assert_int_equal(f->got.wait_ns, 500000000);
	expect_error(f, "return { start_time = -1 }",
		"case.lua: start_time: -1 is no duration in seconds", "");
}

static void table_read__position_stands_for_a_key(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(read_expr(f, "return { '3s', max_vus = 1 }"), 0);
	assert_int_equal(f->got.wait_ns, 3000000000);
	expect_error(f, "return { '3s', '4s' }",
		"case.lua: has a list item [2], but takes only named keys", "");
}

static void table_read__unknown_key_names_the_nearest_at_the_constructor(void **state)
{
	struct fixture *f = *state;

	expect_error(f, "local s = require 'stoker'\n\nreturn s.load {\n  flga = true,\n}",
		"case.lua:3: unknown key 'flga'", "did you mean 'flag'?");
	expect_error(f, "return { inner = { dept = 1 } }", "case.lua: inner: unknown key 'dept'",
		"did you mean 'depth'?");
	expect_error(f,
		"local s = require 'stoker'\nreturn { inner = s.scrape {\n zzzzzzzz = 1 } }",
		"case.lua:2: inner: unknown key 'zzzzzzzz'", "known keys: depth");
}

static void table_read__says_what_is_wanted(void **state)
{
	struct fixture *f = *state;

	expect_error(f, "return { max_vus = '3' }",
		"case.lua: max_vus: a whole number is wanted, not string", "");
	expect_error(
		f, "return { max_vus = 3.5 }", "case.lua: max_vus: 3.5 is no whole number", "");
	expect_error(f, "return { ratio = 0/0 }", "case.lua: ratio: -nan is no finite number", "");
	expect_error(f, "return { flag = 1 }",
		"case.lua: flag: true or false is wanted, not number", "");
	expect_error(f, "return { mode = 'pared' }", "case.lua: mode: unknown value 'pared'",
		"did you mean 'paired'?");
	expect_error(f, "return { fn = 1 }", "case.lua: fn: a function is wanted, not number", "");
	expect_error(f, "return { inner = { depth = 12 } }",
		"case.lua: inner.depth: 12 is too large, at most 9", "");
	expect_error(
		f, "return { list = { 'a', nil, 'c' } }", "case.lua: list: the list has holes", "");
	expect_error(f, "return { list = { 'a', x = 'c' } }",
		"case.lua: list: a list is wanted, but there is a key 'x'", "");
	expect_error(f, "return { pairs = { a = {} } }",
		"case.lua: pairs.a: text, a number or a boolean is wanted, not table", "");
	expect_error(
		f, "return { [true] = 1 }", "case.lua: has a key that is no text (boolean)", "");
	expect_error(f, "return { mode = 'a\\0b' }", "case.lua: mode: text with a NUL byte", "");
}

static void table_read__refuses_a_part_of_another_kind(void **state)
{
	struct fixture *f = *state;

	expect_error(f, "return { inner = require('stoker').sdk { depth = 1 } }",
		"case.lua: inner: stoker.sdk{} does not belong here", "");
	assert_int_equal(
		read_expr(f, "return { inner = require('stoker').scrape { depth = 1 } }"), 0);
}

static void constructor__refuses_what_is_no_table(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(lua_case_load(&f->lc, "\nreturn require('stoker').load(3)"), STK_E_SCRIPT);
	assert_string_equal(f->lc.err.msg, "case.lua:2: stoker.load takes a table, not number");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(table_read__fills_every_type),
		CASE(table_read__leaves_defaults_alone),
		CASE(table_read__takes_camel_case),
		CASE(table_read__number_is_seconds),
		CASE(table_read__position_stands_for_a_key),
		CASE(table_read__unknown_key_names_the_nearest_at_the_constructor),
		CASE(table_read__says_what_is_wanted),
		CASE(table_read__refuses_a_part_of_another_kind),
		CASE(constructor__refuses_what_is_no_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
