/* test_bind: how C functions look at their arguments, and secrets that do not come out. */
#include "core/script/bind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "tests/support/state_case.h"

static void text_at__takes_text_only(void **state)
{
	struct state_case *f = *state;

	lua_pushlstring(f->lua, "a\0b", 3);
	lua_pushinteger(f->lua, 42);
	assert_int_equal(stk_text_at(f->lua, 1).len, 3);
	assert_null(stk_text_at(f->lua, 2).ptr);
	assert_int_equal(lua_type(f->lua, 2), LUA_TNUMBER);
	assert_null(stk_text_at(f->lua, 9).ptr);
}

static int take_text(lua_State *lua)
{
	struct stk_str text = stk_arg_text(lua, 1, "http.get", "url");

	lua_pushlstring(lua, text.ptr, text.len);
	return 1;
}

static void arg_text__names_function_and_argument(void **state)
{
	struct state_case *f = *state;

	lua_pushcfunction(f->lua, take_text);
	lua_pushliteral(f->lua, "/cart");
	assert_int_equal(stk_state_call(f->state, f->lua, 1, 1, &f->err), 0);
	assert_string_equal(lua_tostring(f->lua, -1), "/cart");
	lua_pushcfunction(f->lua, take_text);
	lua_pushboolean(f->lua, 1);
	assert_int_equal(stk_state_call(f->state, f->lua, 1, 1, &f->err), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "http.get: url must be text, not boolean"));
}

static int raise_it(lua_State *lua)
{
	struct stk_err err = STK_ERR_INIT;

	stk_err_set(&err, STK_E_INVAL, "name is empty");
	stk_err_hint(&err, "give it one");
	return stk_raise_misuse(lua, "metrics.trend", &err);
}

static void raise_misuse__has_function_text_and_hint(void **state)
{
	struct state_case *f = *state;

	lua_pushcfunction(f->lua, raise_it);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 0, &f->err), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "metrics.trend: name is empty\n  give it one"));
}

static int wait_here(lua_State *lua)
{
	stk_check_can_wait(lua, "sleep");
	return 0;
}

static void check_can_wait__refuses_the_top_level(void **state)
{
	struct state_case *f = *state;

	lua_pushcfunction(f->lua, wait_here);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 0, &f->err), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "sleep is for functions of a running test"));
}

static int join(lua_State *lua)
{
	stk_secret_push(lua, STK_STR("hunter2"));
	lua_pushliteral(lua, "Bearer ");
	lua_insert(lua, -2);
	lua_concat(lua, 2);
	return 1;
}

static void secret__is_never_its_text_in_lua(void **state)
{
	struct state_case *f = *state;
	struct stk_str text;

	lua_pushcfunction(f->lua, join);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 1, &f->err), 0);
	assert_true(stk_secret_at(f->lua, 1));
	assert_int_equal(stk_text_at(f->lua, 1).len, 0);
	assert_true(stk_text_or_secret(f->lua, 1, &text));
	assert_true(stk_str_is(text, "Bearer hunter2"));
	assert_string_equal(luaL_tolstring(f->lua, 1, NULL), "***");
	lua_pushboolean(f->lua, 1);
	assert_false(stk_text_or_secret(f->lua, -1, &text));
	lua_pushinteger(f->lua, 7);
	assert_true(stk_text_or_secret(f->lua, -1, &text));
	assert_true(stk_str_is(text, "7"));
}

static void bind_open__has_the_raw_modules_out_of_reach(void **state)
{
	struct state_case *f = *state;

	/* the registry of our own modules is no table that a script could reach by name */
	assert_int_equal(lua_getglobal(f->lua, "package"), LUA_TNIL);
	assert_int_equal(lua_getglobal(f->lua, "io"), LUA_TNIL);
	assert_int_equal(lua_getglobal(f->lua, "debug"), LUA_TNIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			text_at__takes_text_only, state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(arg_text__names_function_and_argument,
			state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(raise_misuse__has_function_text_and_hint,
			state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(check_can_wait__refuses_the_top_level,
			state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(
			secret__is_never_its_text_in_lua, state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(bind_open__has_the_raw_modules_out_of_reach,
			state_case_set_up, state_case_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
