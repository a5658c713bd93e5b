/* test_vu_lua: what bindings may ask of the virtual user that runs. */
#include "core/script/vu_lua.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/script/bind.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"

struct fixture {
	struct stk_state *state;
	lua_State *lua;
	struct stk_vu_lua vu;
	struct stk_scenario scenario;
	struct stk_iteration iteration;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	f.lua = stk_state_lua(f.state);
	stk_vec_push(&f.scenario.env, (struct stk_tag){"A", "first"});
	stk_vec_push(&f.scenario.env, (struct stk_tag){"A", "last"});
	f.iteration.scenario = &f.scenario;
	f.vu.iteration = &f.iteration;
	stk_buf_init(&f.vu.group, 1 << 16);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_state_enter_vu(f->state, NULL, LUA_NOREF);
	stk_vec_release(&f->scenario.env);
	stk_vec_release(&f->vu.groups);
	stk_buf_release(&f->vu.group);
	stk_state_free(f->state);
	return 0;
}

/* k6 1.1, 13: a scenario's `env` over `-e` | the same | - */
static void vu_lua_env__later_entries_win(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(stk_vu_lua_env(&f->vu, "A"), "last");
	assert_null(stk_vu_lua_env(&f->vu, "B"));
	f->iteration.scenario = NULL; /* setup */
	assert_null(stk_vu_lua_env(&f->vu, "A"));
	f->vu.iteration = NULL;
	assert_null(stk_vu_lua_env(&f->vu, "A"));
}

static int ask_running(lua_State *lua)
{
	lua_pushlightuserdata(lua, stk_vu_lua_running(lua, "sleep"));
	return 1;
}

static void vu_lua_running__is_the_one_that_was_entered(void **state)
{
	struct fixture *f = *state;

	lua_pushcfunction(f->lua, ask_running);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 1, &f->err), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "sleep is for a running test"));
	stk_err_clear(&f->err);
	stk_state_enter_vu(f->state, &f->vu, LUA_NOREF);
	lua_pushcfunction(f->lua, ask_running);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 1, &f->err), 0);
	assert_ptr_equal(lua_touserdata(f->lua, -1), &f->vu);
	f->vu.in_file = true;
	lua_pushcfunction(f->lua, ask_running);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 1, &f->err), STK_E_SCRIPT);
}

static void vu_lua_clear_groups__leaves_none_open(void **state)
{
	struct fixture *f = *state;

	stk_buf_add_text(&f->vu.group, "::browse");
	stk_vec_push(&f->vu.groups, (struct stk_open_group){0, 5});
	stk_vu_lua_clear_groups(&f->vu);
	assert_int_equal(f->vu.group.len, 0);
	assert_int_equal(f->vu.groups.len, 0);
}

/* "key=value " of each tag, sorted by the test's own eyes: one tag a call. */
static int read_tags(lua_State *lua)
{
	struct stk_tag tags[STK_TAGS_MAX];
	size_t len = stk_tags_at(lua, 1, "http.get", tags);

	lua_pushinteger(lua, (lua_Integer)len);
	if (len == 1)
		lua_pushfstring(lua, "%s=%s", tags[0].key, tags[0].value);
	else
		lua_pushnil(lua);
	return 2;
}

static int tags_of(struct fixture *f, const char *expr)
{
	char text[256];

	lua_settop(f->lua, 0);
	stk_err_clear(&f->err);
	lua_pushcfunction(f->lua, read_tags);
	snprintf(text, sizeof text, "return %s", expr);
	assert_int_equal(stk_state_compile(f->lua, text, strlen(text), "=expr", &f->err), 0);
	assert_int_equal(stk_state_call(f->state, f->lua, 0, 1, &f->err), 0);
	return stk_state_call(f->state, f->lua, 1, 2, &f->err);
}

static void tags_at__turns_values_into_text(void **state)
{
	static const char *const cases[][2] = {{"{kind = 'a'}", "kind=a"}, {"{kind = 3}", "kind=3"},
		{"{kind = 2.5}", "kind=2.5"}, {"{kind = true}", "kind=true"},
		{"{kind = false}", "kind=false"}};
	struct fixture *f = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		assert_int_equal(tags_of(f, cases[i][0]), 0);
		assert_string_equal(lua_tostring(f->lua, -1), cases[i][1]);
	}
	assert_int_equal(tags_of(f, "nil"), 0);
	assert_int_equal(lua_tointeger(f->lua, -2), 0);
	assert_int_equal(tags_of(f, "{a = 1, b = 2, c = 3}"), 0);
	assert_int_equal(lua_tointeger(f->lua, -2), 3);
}

static void tags_at__refuses_what_is_no_tag(void **state)
{
	static const char *const cases[][2] = {
		{"'x'", "http.get: tags must be a table, not string"},
		{"{'x'}", "http.get: names of tags are text"},
		{"{a = {}}", "http.get: tag 'a' must be text, a number or a boolean, not table"}};
	struct fixture *f = *state;
	struct stk_buf many = STK_BUF_EMPTY;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		assert_int_equal(tags_of(f, cases[i][0]), STK_E_SCRIPT);
		if (!strstr(f->err.msg, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], f->err.msg);
	}
	stk_buf_add_text(&many, "{");
	for (int i = 0; i <= STK_TAGS_MAX; i++)
		stk_buf_addf(&many, "t%d=1,", i);
	stk_buf_add_text(&many, "}");
	assert_int_equal(tags_of(f, many.ptr), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "more than 32 tags"));
	stk_buf_release(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(vu_lua_env__later_entries_win, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			vu_lua_running__is_the_one_that_was_entered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			vu_lua_clear_groups__leaves_none_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tags_at__turns_values_into_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tags_at__refuses_what_is_no_tag, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
