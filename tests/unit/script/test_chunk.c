/* test_chunk: files become functions of their globals, with the lines that they have. */
#include "core/script/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/base/buf.h"
#include "tests/support/state_case.h"

static int compile(struct state_case *f, const char *text)
{
	lua_settop(f->lua, 0);
	return stk_chunk_compile(f->lua, stk_str_of(text), "@case.lua", &f->err);
}

static void chunk_compile__runs_with_the_globals_it_is_given(void **state)
{
	struct state_case *f = *state;

	assert_int_equal(compile(f, "x = (x or 0) + 1\nreturn x, ..."), 0);
	for (lua_Integer start = 10; start <= 20; start += 10) {
		lua_pushvalue(f->lua, 1);
		lua_newtable(f->lua);
		lua_pushinteger(f->lua, start);
		lua_setfield(f->lua, -2, "x");
		lua_pushliteral(f->lua, "argument");
		assert_int_equal(stk_state_call(f->state, f->lua, 2, 2, &f->err), 0);
		assert_int_equal(lua_tointeger(f->lua, -2), start + 1);
		assert_string_equal(lua_tostring(f->lua, -1), "argument");
		lua_settop(f->lua, 1);
	}
}

static void chunk_compile__keeps_lines_behind_a_shebang_and_a_mark(void **state)
{
	struct state_case *f = *state;

	assert_int_equal(compile(f, "\xef\xbb\xbf#!/usr/bin/env stoker\n\nerror('here')"), 0);
	lua_newtable(f->lua);
	assert_int_equal(compile(f, "#!only this line"), 0);
	assert_int_equal(compile(f, "#!/usr/bin/env stoker\nlocal = 1"), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "case.lua:2:"));
}

static void chunk_compile__cannot_be_closed_from_inside(void **state)
{
	struct state_case *f = *state;

	assert_int_equal(compile(f, "end os.exit() return function()"), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "case.lua:1:"));
}

static void chunk_compile__refuses_bytecode(void **state)
{
	struct state_case *f = *state;

	assert_int_equal(compile(f, "\x1bLua"), STK_E_SCRIPT);
}

static void chunk_compile__says_why_the_last_local_is_one_too_many(void **state)
{
	struct state_case *f = *state;
	struct stk_buf text = STK_BUF_EMPTY;

	for (int i = 0; i < 200; i++)
		stk_buf_addf(&text, "local v%d = 1\n", i);
	assert_int_equal(compile(f, text.ptr), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.hint, "199 local variables"));
	stk_buf_release(&text);
}

static void chunk_ours__are_files_of_the_program(void **state)
{
	struct state_case *f = *state;

	assert_true(stk_chunk_ours("stoker/http.lua").len > 0);
	assert_null(stk_chunk_ours("stoker/../http.lua").ptr);
	lua_settop(f->lua, 0);
	assert_int_equal(stk_chunk_compile_ours(f->lua, "stoker/http.lua", &f->err), 0);
	assert_true(lua_isfunction(f->lua, -1));
	assert_int_equal(
		stk_chunk_compile_ours(f->lua, "stoker/none.lua", &f->err), STK_E_NOT_FOUND);
	assert_string_equal(f->err.msg, "no 'stoker/none.lua' in this program");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(chunk_compile__runs_with_the_globals_it_is_given,
			state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(
			chunk_compile__keeps_lines_behind_a_shebang_and_a_mark, state_case_set_up,
			state_case_tear_down),
		cmocka_unit_test_setup_teardown(chunk_compile__cannot_be_closed_from_inside,
			state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(
			chunk_compile__refuses_bytecode, state_case_set_up, state_case_tear_down),
		cmocka_unit_test_setup_teardown(
			chunk_compile__says_why_the_last_local_is_one_too_many, state_case_set_up,
			state_case_tear_down),
		cmocka_unit_test_setup_teardown(chunk_ours__are_files_of_the_program,
			state_case_set_up, state_case_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
