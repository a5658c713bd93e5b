/* test_coroutines: resume and wrap as Lua's own, and a stop that nothing inside can hold up. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <lauxlib.h>
#include <lua.h>

#include <cmocka.h>

#include "core/script/coroutines.h"
#include "core/script/sandbox.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"

static void load_text(struct stk_state *state, const char *text)
{
	struct stk_err err = STK_ERR_INIT;
	lua_State *lua = stk_state_lua(state);

	assert_int_equal(stk_state_compile(lua, text, strlen(text), "=case", &err), 0);
	stk_sandbox_push_globals(lua);
	assert_non_null(lua_setupvalue(lua, -2, 1));
}

static void check(const char *text, const char *wanted)
{
	struct stk_state *state = NULL;
	struct stk_err err = STK_ERR_INIT;
	lua_State *lua;
	const char *is;

	assert_int_equal(stk_state_new(NULL, 0, &state, &err), 0);
	lua = stk_state_lua(state);
	load_text(state, text);
	is = stk_state_call(state, lua, 0, 1, &err) < 0 ? err.msg : luaL_tolstring(lua, -1, NULL);
	if (!strstr(is, wanted))
		fail_msg("%s\n wanted: %s\n is:     %s", text, wanted, is);
	stk_state_free(state);
}

static void coroutines__are_those_of_lua(void **state)
{
	(void)state;
	check("local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) return "
	      "c, 9 end) "
	      "local _, x = coroutine.resume(co, 1, 2) local ok, y, z = coroutine.resume(co, 5) "
	      "return table.concat({ x, y, z, tostring(ok), coroutine.status(co) }, ' ')",
		"3 5 9 true dead");
	check("local co = coroutine.create(function() error('bad', 0) end) "
	      "local ok, e = coroutine.resume(co) return tostring(ok) .. e",
		"falsebad");
	check("local co = coroutine.create(function() end) coroutine.resume(co) "
	      "return select(2, coroutine.resume(co))",
		"cannot resume dead coroutine");
	check("return select(2, coroutine.resume(coroutine.running()))",
		"cannot resume non-suspended coroutine");
	check("return coroutine.resume(1)", "coroutine expected");
	check("local n = 0 for i in coroutine.wrap(function() for i = 1, 4 do coroutine.yield(i) "
	      "end end) do "
	      "n = n + i end return n",
		"10");
	check("local f = coroutine.wrap(function() error('oh') end) return select(2, pcall(f))",
		"case:1: oh");
	check("local f = coroutine.wrap(function() error({ 7 }) end) local _, e = pcall(f) return "
	      "e[1]",
		"7");
	check("return coroutine.wrap(1)", "function expected");
}

static struct stk_state *stopped;

static void on_alarm(int number)
{
	(void)number;
	stk_state_stop(stopped);
}

/* Forever in text, until a signal of this thread stops it. */
static void check_stops(const char *text, bool in_coroutine)
{
	struct itimerval soon = {{0, 0}, {0, 50000}};
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct stk_err err = STK_ERR_INIT;
	lua_State *lua, *co;

	assert_int_equal(stk_state_new(NULL, 0, &stopped, &err), 0);
	lua = co = stk_state_lua(stopped);
	load_text(stopped, text);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	if (in_coroutine) {
		int results;

		co = lua_newthread(lua);
		lua_insert(lua, 1);
		lua_xmove(lua, co, 1);
		/* left by a yield, or by an error where none can be (table.sort) */
		assert_int_not_equal(stk_state_resume(stopped, co, 0, &results, &err), 0);
	} else {
		assert_int_equal(stk_state_call(stopped, lua, 0, 0, &err), STK_E_SCRIPT);
		assert_non_null(strstr(err.msg, STK_STATE_STOPPED));
	}
	assert_true(stk_state_clear_stop(stopped, co));
	assert_false(stk_state_clear_stop(stopped, co));
	if (in_coroutine)
		stk_state_close_thread(stopped, co);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	/* and then it runs again as before */
	load_text(stopped, "local n = 0 for i = 1, 100000 do n = n + i end return n");
	assert_int_equal(stk_state_call(stopped, lua, 0, 1, &err), 0);
	assert_int_equal(lua_tointeger(lua, -1), INT64_C(5000050000));
	stk_state_free(stopped);
}

static void state_stop__ends_what_does_not_end(void **state)
{
	static const char *const texts[] = {"while true do end",
		"while true do pcall(function() while true do end end) end",
		"local function f() return f() end f()",
		"coroutine.wrap(function() while true do end end)()",
		"while true do local co = coroutine.create(function() while true do end end) "
		"pcall(coroutine.resume, co) end",
		"table.sort({ 1, 2 }, function() while true do end end) while true do end"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		check_stops(texts[i], false);
		check_stops(texts[i], true);
	}
	check_stops(
		"repeat xpcall(function() while true do end end, function() while true do end end) "
		"until false",
		true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coroutines__are_those_of_lua),
		cmocka_unit_test(state_stop__ends_what_does_not_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
