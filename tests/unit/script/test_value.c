/* test_value: JSON out and in, and copies between states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/base/json.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "core/script/value.h"
#include "tests/support/lua_case.h"

/* Load `return { v = EXPR }` and leave v on the stack of the script's state. */
static lua_State *push_expr(struct lua_case *lc, const char *expr)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "local stoker = require 'stoker' return { v = %s }", expr);
	if (lua_case_load(lc, text.ptr) != 0)
		fail_msg("%s", lc->err.msg);
	stk_buf_release(&text);
	lua_State *lua = stk_state_lua(stk_script_state(lc->script));
	stk_script_push_result(lc->script, lua);
	lua_getfield(lua, -1, "v");
	return lua;
}

static void expect_json(struct lua_case *lc, const char *expr, const char *want)
{
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	lua_State *lua = push_expr(lc, expr);
	int top = lua_gettop(lua);
	int rc = stk_value_to_json(lua, -1, &out, &err);

	assert_string_equal(rc == 0 ? out.ptr : err.msg, want);
	assert_int_equal(lua_gettop(lua), top);
	stk_buf_release(&out);
}

static void value_to_json__writes_every_kind(void **state)
{
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	expect_json(&lc, "{ b = true, a = { 1, 2.5, 1e300 }, c = 'x' }",
		"{\"a\":[1,2.5,1e+300],\"b\":true,\"c\":\"x\"}");
	expect_json(&lc, "{}", "{}");
	expect_json(&lc, "stoker.array {}", "[]");
	expect_json(&lc, "stoker.null", "null");
	expect_json(&lc, "math.mininteger", "-9223372036854775808");
	expect_json(&lc, "0.1 + 0.2", "0.30000000000000004");
	expect_json(&lc, "'\\0\\1\\n\\\"\\\\/\\u{e9}'", "\"\\u0000\\u0001\\n\\\"\\\\/\xc3\xa9\"");
	lua_case_release(&lc);
}

static void value_to_json__writes_files_of_data(void **state)
{
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	lua_case_file(&lc, "users.csv", "name,age\nann,7\nbob,8\n");
	lua_case_file(&lc, "shop.json", "{\"l\":[{\"id\":1},{}],\"e\":[],\"s\":\"t\"}");
	expect_json(&lc, "stoker.data.csv('users.csv')[2]", "{\"age\":\"8\",\"name\":\"bob\"}");
	expect_json(&lc, "{ all = stoker.data.csv('users.csv', { header = false }) }",
		"{\"all\":[[\"name\",\"age\"],[\"ann\",\"7\"],[\"bob\",\"8\"]]}");
	expect_json(&lc, "stoker.data.json('shop.json')",
		"{\"e\":[],\"l\":[{\"id\":1},{}],\"s\":\"t\"}");
	expect_json(&lc, "stoker.data.json('shop.json', '/l')[1]", "{\"id\":1}");
	lua_case_release(&lc);
}

/* k6 5.1: `JSON.stringify` drops functions and writes NaN as null | refused with the place | - */
static void value_to_json__names_the_place_of_what_it_refuses(void **state)
{
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	expect_json(&lc, "{ a = { 1, { f = print } } }", "/a/2/f: function cannot be JSON");
	expect_json(&lc, "1/0", "an infinite number cannot be JSON");
	expect_json(
		&lc, "{ 1, x = 2 }", "a table with both named keys and list items cannot be JSON");
	expect_json(&lc, "{ [1.5] = 2 }",
		"a table with keys that are neither text nor 1, 2, 3 ... cannot be JSON");
	expect_json(&lc, "{ [2] = 2 }", "a list with holes cannot be JSON");
	expect_json(&lc, "'\\xff'", "text that is not UTF-8 cannot be JSON");
	lua_case_release(&lc);
}

static void value_copy__comes_back_the_same_and_read_only(void **state)
{
	struct stk_buf bytes = STK_BUF_EMPTY, json = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	lua_State *lua =
		push_expr(&lc, "{ t = { 1, { x = 2.5 } }, s = 'a', [7] = false, n = stoker.null,"
			       " e = stoker.array {} }");
	assert_int_equal(stk_value_copy(lua, -1, &bytes, &err), 0);
	stk_value_push_copy(lua, stk_buf_str(&bytes), "the copy");
	lua_getfield(lua, -1, "t");
	assert_int_equal(stk_value_to_json(lua, -1, &json, &err), 0);
	assert_string_equal(json.ptr, "[1,{\"x\":2.5}]");
	assert_int_equal(luaL_len(lua, -1), 2);
	lua_getfield(lua, -2, "e");
	stk_buf_clear(&json);
	assert_int_equal(stk_value_to_json(lua, -1, &json, &err), 0);
	assert_string_equal(json.ptr, "[]");
	lua_getfield(lua, -3, "n");
	assert_true(stk_value_is_null(lua, -1));
	lua_case_release(&lc);
	stk_buf_release(&bytes);
	stk_buf_release(&json);
}

static void value_copy__refuses_functions_and_circles(void **state)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	lua_State *lua = push_expr(&lc, "(function() local t = {} t.t = t return t end)()");
	assert_int_equal(stk_value_copy(lua, -1, &bytes, &err), STK_E_INVAL);
	assert_string_equal(err.msg, "a table nested too deeply (or in a circle)");
	lua = push_expr(&lc, "print");
	assert_int_equal(stk_value_copy(lua, -1, &bytes, &err), STK_E_INVAL);
	assert_string_equal(err.msg, "a function cannot be handed on");
	lua_case_release(&lc);
	stk_buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_to_json__writes_every_kind),
		cmocka_unit_test(value_to_json__writes_files_of_data),
		cmocka_unit_test(value_to_json__names_the_place_of_what_it_refuses),
		cmocka_unit_test(value_copy__comes_back_the_same_and_read_only),
		cmocka_unit_test(value_copy__refuses_functions_and_circles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
