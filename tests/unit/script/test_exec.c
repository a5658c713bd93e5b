/* test_exec: a load script's functions have numbers, the same for every virtual user. */
#include "core/script/exec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/load/driver.h"
#include "core/script/script_priv.h"
#include "core/script/state.h"
#include "tests/support/lua_case.h"

#define SCRIPT                                                                                     \
	"local stoker = require 'stoker'\n"                                                        \
	"return stoker.load { base_url = 'http://127.0.0.1:1', setup = function() end,\n"          \
	"  default = function() return 'default' end,\n"                                           \
	"  scenarios = {\n"                                                                        \
	"    zebra = { executor = 'constant-vus', vus = 1, duration = '1s' },\n"                   \
	"    apple = { executor = 'constant-vus', vus = 1, duration = '1s',\n"                     \
	"              exec = function() return 'apple' end } } }\n"

static int set_up(void **state)
{
	static struct lua_case lc;

	lua_case_init(&lc);
	if (lua_case_load(&lc, SCRIPT) != 0)
		fail_msg("%s", lc.err.msg);
	*state = &lc;
	return 0;
}

static int tear_down(void **state)
{
	lua_case_release(*state);
	return 0;
}

static void exec_find__numbers_scenarios_in_byte_order(void **state)
{
	struct lua_case *lc = *state;

	assert_int_equal(stk_exec_find(lc->script, "apple"), STK_EXEC_SCENARIOS);
	assert_int_equal(stk_exec_find(lc->script, "zebra"), STK_EXEC_SCENARIOS + 1);
	assert_int_equal(stk_exec_find(lc->script, "mango"), -1);
	assert_int_equal(stk_exec_count(lc->script), 6);
}

static void exec_number__is_a_place_for_each_kind(void **state)
{
	struct stk_iteration iteration = {.kind = STK_ITERATION_SETUP, .exec = 1};

	(void)state;
	assert_int_equal(stk_exec_number(&iteration), 0);
	iteration.kind = STK_ITERATION_TEARDOWN;
	assert_int_equal(stk_exec_number(&iteration), 1);
	iteration.kind = STK_ITERATION_LOAD;
	assert_int_equal(stk_exec_number(&iteration), 4);
	iteration.exec = STK_EXEC_DEFAULT;
	assert_int_equal(stk_exec_number(&iteration), 3);
	iteration.exec = STK_EXEC_SUMMARY;
	assert_int_equal(stk_exec_number(&iteration), 2);
}

static const char *run_place(struct lua_case *lc, lua_State *lua, int ref)
{
	struct stk_err err = STK_ERR_INIT;

	lua_rawgeti(lua, LUA_REGISTRYINDEX, ref);
	assert_int_equal(stk_state_call(stk_script_state(lc->script), lua, 0, 1, &err), 0);
	return lua_tostring(lua, -1);
}

static void exec_keep__holds_what_is_there(void **state)
{
	struct lua_case *lc = *state;
	lua_State *lua = stk_state_lua(stk_script_state(lc->script));
	struct stk_err err = STK_ERR_INIT;
	int refs[6];

	stk_script_push_result(lc->script, lua);
	assert_int_equal(stk_exec_keep(lc->script, lua, refs, &err), 0);
	assert_int_not_equal(refs[0], LUA_NOREF);
	assert_int_equal(refs[1], LUA_NOREF);
	assert_string_equal(run_place(lc, lua, refs[4]), "apple");
	/* without a function of its own a scenario runs default */
	assert_string_equal(run_place(lc, lua, refs[5]), "default");
	assert_string_equal(run_place(lc, lua, refs[3]), "default");
	lua_settop(lua, 0);
}

static void exec_keep__refuses_a_file_that_is_another_each_time(void **state)
{
	struct lua_case *lc = *state;
	lua_State *lua = stk_state_lua(stk_script_state(lc->script));
	struct stk_err err = STK_ERR_INIT;
	int refs[6];

	lua_newtable(lua);
	assert_int_equal(stk_exec_keep(lc->script, lua, refs, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "scenario 'apple' was there when the file was first read"));
	lua_settop(lua, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			exec_find__numbers_scenarios_in_byte_order, set_up, tear_down),
		cmocka_unit_test(exec_number__is_a_place_for_each_kind),
		cmocka_unit_test_setup_teardown(exec_keep__holds_what_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			exec_keep__refuses_a_file_that_is_another_each_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
