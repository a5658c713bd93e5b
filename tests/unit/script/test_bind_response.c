/* test_bind_response: what Lua sees of an answer, and what it cannot do to it. */
#include "core/script/bind_response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/load/driver.h"
#include "core/script/state.h"

struct fixture {
	struct stk_state *state;
	lua_State *lua;
	struct stk_response response;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT,
		.response = {.status = 200,
			.ok = true,
			.error = "",
			.proto = "HTTP/1.1",
			.remote_ip = "127.0.0.1",
			.url = STK_STR("http://127.0.0.1/cart?x=1"),
			.head = STK_STR("Content-Type: application/json\nSet-Cookie: a=1\n"
					"set-cookie: b=2\n"),
			.body = STK_STR("{\"items\":[{\"id\":7}],\"none\":null}"),
			.timings = {.duration = 12.5, .waiting = 11.0}}};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	f.lua = stk_state_lua(f.state);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_state_free(f->state);
	return 0;
}

/* Run `return <expr>` with the answer as r; what it gave is on the stack. */
static int evaluate(struct fixture *f, const char *expr)
{
	char text[256];

	stk_err_clear(&f->err);
	snprintf(text, sizeof text, "local r = ...; return %s", expr);
	assert_int_equal(stk_state_compile(f->lua, text, strlen(text), "=expr", &f->err), 0);
	stk_response_push(f->lua, &f->response, true, false);
	return stk_state_call(f->state, f->lua, 1, 1, &f->err);
}

static void assert_text(struct fixture *f, const char *expr, const char *want)
{
	if (evaluate(f, expr) < 0)
		fail_msg("%s: %s", expr, f->err.msg);
	assert_string_equal(luaL_tolstring(f->lua, -1, NULL), want);
	lua_settop(f->lua, 0);
}

static void response__has_its_fields(void **state)
{
	struct fixture *f = *state;

	assert_text(f, "r.status", "200");
	assert_text(f, "r.ok", "true");
	assert_text(f, "r.body", "{\"items\":[{\"id\":7}],\"none\":null}");
	assert_text(f, "r.url", "http://127.0.0.1/cart?x=1");
	assert_text(f, "r.proto", "HTTP/1.1");
	assert_text(f, "r.timings.duration", "12.5");
	assert_text(f, "r.timings.waiting", "11.0");
}

static void response__headers_are_found_in_any_case(void **state)
{
	struct fixture *f = *state;

	assert_text(f, "r.headers['content-type']", "application/json");
	assert_text(f, "r.headers['CONTENT-TYPE']", "application/json");
	assert_text(f, "r.headers['x-missing']", "nil");
}

static void response__json_is_asked_by_pointer(void **state)
{
	struct fixture *f = *state;

	assert_text(f, "r:json('/items/0/id')", "7");
	assert_text(f, "#r:json('/items')", "1");
	assert_text(f, "r:json('/missing')", "nil");
	f->response.body = STK_STR("no json");
	assert_text(f, "r:json('/a')", "nil");
	assert_text(f, "(function() local v, why = r:json() return type(why) end)()", "string");
	assert_int_equal(evaluate(f, "r:json('items')"), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "a pointer begins with /"));
}

static void refuses(struct fixture *f, const char *expr)
{
	if (evaluate(f, expr) != STK_E_SCRIPT)
		fail_msg("%s was let through", expr);
	lua_settop(f->lua, 0);
}

static void response__cannot_be_changed(void **state)
{
	struct fixture *f = *state;

	refuses(f, "(function() r.status = 500 end)()");
	refuses(f, "(function() r.headers.a = 'b' end)()");
	refuses(f, "setmetatable(r, {})");
}

static void response__without_body_and_with_a_secret_address(void **state)
{
	struct fixture *f = *state;

	stk_response_push(f->lua, &f->response, false, true);
	lua_getfield(f->lua, 1, "body");
	assert_true(lua_isnil(f->lua, -1));
	lua_getfield(f->lua, 1, "url");
	assert_string_equal(lua_tostring(f->lua, -1), "***");
	assert_null(strstr(luaL_tolstring(f->lua, 1, NULL), "cart"));
}

/* Text of the body of a response that is pushed and dropped again. */
static const char *body_at(struct fixture *f, const char *text)
{
	struct stk_str body;

	f->response.body = stk_str_of(text);
	stk_response_push(f->lua, &f->response, true, false);
	assert_true(stk_response_body(f->lua, 1, &body));
	assert_string_equal(body.ptr, text);
	lua_settop(f->lua, 0);
	return body.ptr;
}

static void response__equal_bodies_one_after_the_other_are_one_text(void **state)
{
	static const char text[] = "a body that is longer than the texts that Lua keeps once";
	char large[20001];
	struct fixture *f = *state;
	const char *first = body_at(f, text);

	lua_gc(f->lua, LUA_GCCOLLECT);
	assert_ptr_equal(body_at(f, text), first);
	assert_ptr_not_equal(body_at(f, text + 1), first);
	assert_string_equal(body_at(f, ""), "");
	memset(large, 'x', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	body_at(f, large); /* not kept */
	body_at(f, text);
}

static int duration_of(lua_State *lua)
{
	lua_pushnumber(lua, stk_response_duration(stk_response_at(lua, 1)));
	return 1;
}

static int body_of(lua_State *lua)
{
	struct stk_str body;

	lua_pushboolean(lua, stk_response_body(lua, 1, &body));
	return 1;
}

static void response_at__tells_answers_from_other_values(void **state)
{
	struct fixture *f = *state;

	lua_newuserdatauv(f->lua, 64, 0);
	assert_null(stk_response_at(f->lua, 1));
	stk_response_push(f->lua, &f->response, true, false);
	assert_non_null(stk_response_at(f->lua, 2));
	lua_pushcfunction(f->lua, duration_of);
	lua_pushvalue(f->lua, 2);
	assert_int_equal(stk_state_call(f->state, f->lua, 1, 1, &f->err), 0);
	assert_float_equal(lua_tonumber(f->lua, -1), 12.5, 0.0);
	lua_pushcfunction(f->lua, body_of);
	lua_pushvalue(f->lua, 1);
	assert_int_equal(stk_state_call(f->state, f->lua, 1, 1, &f->err), STK_E_SCRIPT);
	assert_non_null(strstr(f->err.msg, "a response is wanted, not userdata"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(response__has_its_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			response__headers_are_found_in_any_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			response__json_is_asked_by_pointer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(response__cannot_be_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			response__without_body_and_with_a_secret_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			response__equal_bodies_one_after_the_other_are_one_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			response_at__tells_answers_from_other_values, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
