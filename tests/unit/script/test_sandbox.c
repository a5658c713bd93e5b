/* test_sandbox: what a user's file can reach, and what it cannot change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include <cmocka.h>

#include "core/script/sandbox.h"
#include "core/script/state.h"

/* Run text with fresh globals and give its first result as text, or the error's message. */
static void check(const char *text, const char *wanted)
{
	struct stk_state *state = NULL;
	struct stk_err err = STK_ERR_INIT;
	lua_State *lua;
	const char *is;

	assert_int_equal(stk_state_new(NULL, 0, &state, &err), 0);
	lua = stk_state_lua(state);
	assert_int_equal(stk_state_compile(lua, text, strlen(text), "=case", &err), 0);
	stk_sandbox_push_globals(lua);
	assert_non_null(lua_setupvalue(lua, -2, 1));
	is = stk_state_call(state, lua, 0, 1, &err) < 0 ? err.msg : luaL_tolstring(lua, -1, NULL);
	if (!strstr(is, wanted))
		fail_msg("%s\n wanted: %s\n is:     %s", text, wanted, is);
	stk_state_free(state);
}

static void sandbox_open__leaves_out_what_reaches_the_machine(void **state)
{
	static const char *const names[] = {"io", "debug", "package", "dofile", "loadfile",
		"loadstring", "collectgarbage", "os.execute", "os.exit", "os.getenv", "os.remove",
		"os.rename", "os.tmpname", "os.setlocale", "string.dump"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char text[64];

		snprintf(text, sizeof text, "return %s == nil", names[i]);
		check(text, "true");
	}
	check("return type(os.time()) .. type(string.rep) .. type(table.sort)",
		"numberfunctionfunction");
}

static void sandbox_open__built_ins_cannot_be_changed(void **state)
{
	(void)state;
	check("string.rep = 1", "string is read-only; it cannot be given 'rep'");
	check("os.time = 1", "os is read-only; it cannot be given 'time'");
	check("rawset(math, 'pi', 3)", "rawset: the table is read-only");
	check("table.insert(table, 1)", "table is read-only");
	check("setmetatable(string, {})", "protected metatable");
	check("return getmetatable('') == false", "true");
	check("return getmetatable(_G) == false", "true");
}

static void sandbox_push_globals__are_of_one_file_only(void **state)
{
	(void)state;
	check("x = 5; return _G.x + rawget(_G, 'x')", "10");
	check("tostring = 7; return tostring", "7");
	check("return tostring(1)", "1");
}

static int push_view(lua_State *lua)
{
	assert_int_equal(luaL_dostring(lua, "return {4, 5, six = 6}"), LUA_OK);
	stk_sandbox_push_readonly(lua, "the list");
	assert_true(stk_sandbox_is_readonly(lua, -1));
	stk_sandbox_push_behind(lua, -1);
	assert_false(stk_sandbox_is_readonly(lua, -1));
	assert_int_equal(lua_rawlen(lua, -1), 2);
	lua_pop(lua, 1);
	lua_setglobal(lua, "view");
	return 0;
}

static void sandbox_push_readonly__reads_counts_and_iterates(void **state)
{
	struct stk_state *lua_state = NULL;
	struct stk_err err = STK_ERR_INIT;
	const char *text = "local view, _ENV = ...\n"
			   "local n, sum = 0, 0\n"
			   "for _, v in pairs(view) do n, sum = n + 1, sum + v end\n"
			   "for _, v in ipairs(view) do sum = sum + v end\n"
			   "assert(next(view) == 1 and select(2, next(view, 1)) == 5)\n"
			   "assert(next(view, 'six') == nil and rawget(view, 2) == 5)\n"
			   "assert(rawlen(view) == 2)\n"
			   "view[#view + n + sum] = view.six";
	lua_State *lua;

	(void)state;
	assert_int_equal(stk_state_new(NULL, 0, &lua_state, &err), 0);
	lua = stk_state_lua(lua_state);
	assert_int_equal(stk_state_run(lua_state, push_view, NULL, &err), 0);
	assert_int_equal(stk_state_compile(lua, text, strlen(text), "=case", &err), 0);
	lua_getglobal(lua, "view");
	stk_sandbox_push_builtins(lua);
	assert_int_equal(stk_state_call(lua_state, lua, 2, 0, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "the list is read-only; it cannot be given '29'"));
	stk_state_free(lua_state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sandbox_open__leaves_out_what_reaches_the_machine),
		cmocka_unit_test(sandbox_open__built_ins_cannot_be_changed),
		cmocka_unit_test(sandbox_push_globals__are_of_one_file_only),
		cmocka_unit_test(sandbox_push_readonly__reads_counts_and_iterates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
