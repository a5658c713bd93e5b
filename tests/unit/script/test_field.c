/* test_field: one Lua value into one C field, and what is said of one that does not fit. */
#include "core/script/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/base/arena.h"
#include "core/script/state.h"
#include "core/script/workflow.h"

struct fixture {
	struct stk_state *state;
	struct stk_arena arena;
	struct stk_table table;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT, .arena = STK_ARENA_INIT};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	f.table = (struct stk_table){.lua = stk_state_lua(f.state),
		.where = "case.lua:3",
		.path = "load",
		.kind = "",
		.arena = &f.arena};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_arena_release(&f->arena);
	stk_state_free(f->state);
	return 0;
}

/* The value of a Lua expression into field. */
static int read_value(
	struct fixture *f, const char *expr, const struct stk_table_row *row, void *field)
{
	lua_State *lua = f->table.lua;
	char text[256];
	int rc;

	stk_err_clear(&f->err);
	snprintf(text, sizeof text, "return %s", expr);
	assert_int_equal(stk_state_compile(lua, text, strlen(text), "=expr", &f->err), 0);
	assert_int_equal(stk_state_call(f->state, lua, 0, 1, &f->err), 0);
	rc = stk_field_read(&f->table, row, field, NULL, &f->err);
	assert_int_equal(lua_gettop(lua), 1);
	lua_settop(lua, 0);
	return rc;
}

static void refused(
	struct fixture *f, const char *expr, const struct stk_table_row *row, const char *message)
{
	union {
		int64_t integer;
		double real;
		bool flag;
		const char *text;
		struct stk_rate_value rate;
		struct stk_texts texts;
		struct stk_pairs_text pairs;
	} field, before;

	memset(&field, 0x5a, sizeof field);
	before = field;
	assert_int_equal(read_value(f, expr, row, &field), STK_E_SCRIPT);
	assert_string_equal(f->err.msg, message);
	assert_memory_equal(&field, &before, sizeof field);
}

/* k6 1.1: durations as text: `1h2m3.5s`, `500ms`, `1d2h` | the same | - */
static void field_read__durations(void **state)
{
	static const struct stk_table_row row = {
		.key = "wait", .type = STK_FIELD_DURATION, .min = 1, .max = 60};
	struct fixture *f = *state;
	int64_t ns = 0;

	assert_int_equal(read_value(f, "'1m'", &row, &ns), 0);
	assert_int_equal(ns, INT64_C(60000000000));
	assert_int_equal(read_value(f, "1.5", &row, &ns), 0);
	assert_int_equal(ns, INT64_C(1500000000));
	refused(f, "0.5", &row, "case.lua:3: load.wait: 0.5 is too small, at least 1");
	refused(f, "'2m'", &row, "case.lua:3: load.wait: 120 is too large, at most 60");
	refused(f, "'1x'", &row, "case.lua:3: load.wait: '1x' is no duration");
	assert_string_equal(f->err.hint, "write it as 30s, 1m30s, 500ms or a number of seconds");
	refused(f, "-1", &row, "case.lua:3: load.wait: -1 is no duration in seconds");
	refused(f, "0/0", &row, "case.lua:3: load.wait: NaN is no duration in seconds");
	refused(f, "{}", &row,
		"case.lua:3: load.wait: a duration is wanted (\"30s\" or seconds), not table");
}

static void field_read__rates(void **state)
{
	static const struct stk_table_row row = {.key = "rate", .type = STK_FIELD_RATE};
	struct fixture *f = *state;
	struct stk_rate_value rate;

	assert_int_equal(read_value(f, "'3000/m'", &row, &rate), 0);
	assert_float_equal(rate.events * 1e9 / (double)rate.unit_ns, 50.0, 1e-12);
	assert_int_equal(read_value(f, "200", &row, &rate), 0);
	assert_float_equal(rate.events * 1e9 / (double)rate.unit_ns, 200.0, 1e-12);
	refused(f, "1/0", &row, "case.lua:3: load.rate: inf is no rate");
	refused(f, "true", &row,
		"case.lua:3: load.rate: a rate is wanted (200 or \"200/s\"), not boolean");
}

static void field_read__numbers(void **state)
{
	static const struct stk_table_row whole = {.key = "n", .type = STK_FIELD_INT, .min = 1};
	static const struct stk_table_row real = {.key = "x", .type = STK_FIELD_NUMBER};
	struct fixture *f = *state;
	int64_t n = 0;
	double x = 0.0;

	assert_int_equal(read_value(f, "3.0", &whole, &n), 0);
	assert_int_equal(n, 3);
	refused(f, "3.5", &whole, "case.lua:3: load.n: 3.5 is no whole number");
	refused(f, "'3'", &whole, "case.lua:3: load.n: a whole number is wanted, not string");
	refused(f, "0", &whole, "case.lua:3: load.n: 0 is too small, at least 1");
	assert_int_equal(read_value(f, "-0.25", &real, &x), 0);
	assert_float_equal(x, -0.25, 0.0);
	refused(f, "1/0", &real, "case.lua:3: load.x: inf is no finite number");
}

static void field_read__booleans_are_not_guessed(void **state)
{
	static const struct stk_table_row row = {.key = "on", .type = STK_FIELD_BOOL};
	struct fixture *f = *state;
	bool flag = false;

	assert_int_equal(read_value(f, "true", &row, &flag), 0);
	assert_true(flag);
	refused(f, "1", &row, "case.lua:3: load.on: true or false is wanted, not number");
	refused(f, "'yes'", &row, "case.lua:3: load.on: true or false is wanted, not string");
}

static void field_read__words_name_the_nearest(void **state)
{
	static const char *const words[] = {"paired", "idle", NULL};
	static const struct stk_table_row row = {
		.key = "mode", .type = STK_FIELD_TEXT, .words = words};
	struct fixture *f = *state;
	const char *text = NULL;

	assert_int_equal(read_value(f, "'idle'", &row, &text), 0);
	assert_string_equal(text, "idle");
	refused(f, "'pared'", &row, "case.lua:3: load.mode: unknown value 'pared'");
	assert_string_equal(f->err.hint, "did you mean 'paired'?");
	refused(f, "'zzzzzzzz'", &row, "case.lua:3: load.mode: unknown value 'zzzzzzzz'");
	assert_string_equal(f->err.hint, "one of: paired, idle");
	refused(f, "'a\\0b'", &row, "case.lua:3: load.mode: text with a NUL byte");
}

static void field_read__lists_take_one_text_too(void **state)
{
	static const struct stk_table_row row = {.key = "names", .type = STK_FIELD_TEXTS};
	struct fixture *f = *state;
	struct stk_texts texts = STK_VEC_INIT;

	assert_int_equal(read_value(f, "'only'", &row, &texts), 0);
	assert_int_equal(texts.len, 1);
	assert_int_equal(read_value(f, "{'a', 'b'}", &row, &texts), 0);
	assert_int_equal(texts.len, 2);
	assert_string_equal(texts.items[1], "b");
	stk_vec_release(&texts);
	refused(f, "{'a', 3}", &row, "case.lua:3: load.names.[2]: text is wanted, not number");
}

static void field_read__maps_are_sorted_by_name(void **state)
{
	static const struct stk_table_row row = {.key = "env", .type = STK_FIELD_PAIRS};
	struct fixture *f = *state;
	struct stk_pairs_text pairs = STK_VEC_INIT;

	assert_int_equal(read_value(f, "{b = true, a = 12, c = 'x'}", &row, &pairs), 0);
	assert_int_equal(pairs.len, 3);
	assert_string_equal(pairs.items[0].name, "a");
	assert_string_equal(pairs.items[0].value, "12");
	assert_string_equal(pairs.items[1].value, "true");
	stk_vec_release(&pairs);
	refused(f, "{a = {}}", &row,
		"case.lua:3: load.env.a: text, a number or a boolean is wanted, not table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(field_read__durations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(field_read__rates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(field_read__numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			field_read__booleans_are_not_guessed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			field_read__words_name_the_nearest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			field_read__lists_take_one_text_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			field_read__maps_are_sorted_by_name, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
