/* test_expect: which statuses are expected, of a request, a virtual user and the whole test. */
#include "core/script/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/script/state.h"
#include "tests/support/script_run.h"

#define HEAD                                                                                       \
	"local stoker = require 'stoker' local http = stoker.http\n"                               \
	"local function ok(status, opts) return http.get('/status/' .. status, opts).ok end\n"

/* --- what may be written ------------------------------------------------------------ */

static int read_text(const char *expression, struct stk_expect *out, struct stk_err *err)
{
	char chunk[100];
	struct stk_state *lua_state;
	int rc;

	assert_int_equal(stk_state_new(NULL, 0, &lua_state, err), 0);
	lua_State *lua = stk_state_lua(lua_state);
	(void)snprintf(chunk, sizeof chunk, "return %s", expression);
	assert_int_equal(luaL_loadstring(lua, chunk), LUA_OK);
	lua_call(lua, 0, 1);
	rc = stk_expect_read(lua, 1, &out->ranges, &out->unjudged, err);
	assert_int_equal(lua_gettop(lua), 1);
	stk_state_free(lua_state);
	return rc;
}

static void expect_read__takes_statuses_classes_and_ranges(void **state)
{
	static const struct stk_status_range want[] = {
		{201, 201}, {400, 499}, {300, 307}, {999, 999}};
	struct stk_expect expect = {STK_VEC_INIT, false};
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(read_text("{ 201, '4xx', { min = 300, max = 307 } }", &expect, &err), 0);
	assert_int_equal(read_text("999", &expect, &err), 0);
	assert_false(expect.unjudged);
	assert_int_equal(expect.ranges.len, STK_ARRAY_LEN(want));
	assert_memory_equal(expect.ranges.items, want, sizeof want);
	stk_vec_clear(&expect.ranges);
	assert_int_equal(read_text("{ min = 200, max = 200 }", &expect, &err), 0);
	assert_int_equal(expect.ranges.items[0].high, 200);
	stk_vec_clear(&expect.ranges);
	assert_int_equal(read_text("false", &expect, &err), 0);
	assert_true(expect.unjudged);
	assert_int_equal(expect.ranges.len, 0);
	stk_vec_release(&expect.ranges);
}

static void expect_read__refuses_the_rest(void **state)
{
	static const char *const cases[] = {"{}", "true", "'200'", "'6xx'", "'2xxx'", "99", "1000",
		"200.5", "{ 200, {} }", "{ min = 200 }", "{ min = 300, max = 200 }", "print",
		"{ { min = '200', max = 300 } }", "{ 200, false }"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_expect expect = {STK_VEC_INIT, false};
		struct stk_err err = STK_ERR_INIT;

		if (read_text(cases[i], &expect, &err) != STK_E_INVAL)
			fail_msg("%s was taken", cases[i]);
		assert_string_equal(err.msg, "expect is a status, \"2xx\", { min = 200, max = 299 "
					     "}, a list of these, or false");
		stk_vec_release(&expect.ranges);
	}
}

/* --- where it may stand -------------------------------------------------------------- */

static void run_text(struct script_run *run, const char *text, const char *talk)
{
	if (script_run_text(run, text) != 0)
		fail_msg("%s", run->lc.err.msg);
	assert_string_equal(run->lc.talk.ptr ? run->lc.talk.ptr : "", talk);
}

static const struct stk_metric *failed_of(const struct script_run *run)
{
	return stk_metrics_find(&run->result.metrics, "http_req_failed", "");
}

/* k6 2.4: `http.setResponseCallback(http.expectedStatuses(404, { min: 300, max: 399 }))` |
 * `http.set_response_callback(http.expected_statuses(404, { min = 300, max = 399 }))`, or what
 * `expect` takes | - */
static void set_response_callback__holds_for_the_virtual_user(void **state)
{
	struct script_run *run = *state;

	run_text(run,
		HEAD
		"http.set_response_callback(http.expected_statuses(404, { min = 300, max = 399 "
		"}))\n"
		"return { base_url = stoker.env 'BASE_URL', iterations = 2, default = function()\n"
		"print(ok(404), ok(304), ok(200), ok(200, { expect = 200 }))\n"
		"http.set_response_callback '2xx' print(ok(200), ok(404)) end }",
		"print: true\ttrue\tfalse\ttrue\nprint: true\tfalse\n"
		"print: false\tfalse\ttrue\ttrue\nprint: true\tfalse\n");
	assert_int_equal(failed_of(run)->count, 12);
	assert_int_equal(failed_of(run)->passes, 5);
}

/* k6 2.4: `setResponseCallback(null)`, `responseCallback: null`: no `http_req_failed`, no tag
 * `expected_response` | `http.set_response_callback(nil)`, `expect = false` | `r.ok` is that of 200
 * to 399 */
static void expect_false__leaves_a_request_unjudged(void **state)
{
	struct script_run *run = *state;
	const struct stk_metric *expected;

	run_text(run,
		HEAD "return { base_url = stoker.env 'BASE_URL', default = function()\n"
		     "http.set_response_callback(nil) print(ok(404), ok(200))\n"
		     "print(ok(200, { expect = 200 }), ok(404, { expect = 200 }))\n"
		     "http.set_response_callback(200) print(ok(503, { expect = false })) end }",
		"print: false\ttrue\nprint: true\tfalse\nprint: false\n");
	assert_int_equal(failed_of(run)->count, 2);
	assert_int_equal(failed_of(run)->passes, 1);
	assert_int_equal(stk_metrics_find(&run->result.metrics, "http_reqs", "")->sum, 5);
	expected = stk_metrics_find(
		&run->result.metrics, "http_req_duration", "expected_response:true");
	assert_int_equal(expected->count, 1);
}

static void expect_of_the_test__holds_where_nothing_else_is_said(void **state)
{
	run_text(*state,
		HEAD "return { base_url = stoker.env 'BASE_URL', expect = { 200, '4xx' },\n"
		     "default = function() print(ok(404), ok(503), ok(503, { expect = 503 }))\n"
		     "http.set_response_callback(503) print(ok(503), ok(404)) end }",
		"print: true\tfalse\ttrue\nprint: true\tfalse\n");
}

static void expect__says_what_is_wrong_and_where(void **state)
{
	struct script_run *run = *state;

	script_run_expect_error(run, "http.set_response_callback 'ok'",
		"case.lua:3: http.set_response_callback: expect is a status, \"2xx\", { min = 200, "
		"max = 299 }, a list of these, or false");
	script_run_expect_error(run, "http.set_response_callback()",
		"case.lua:3: http.set_response_callback takes what expect of a request takes, or "
		"nil");
	script_run_expect_error(run, "http.get('/', { expect = {} })",
		"case.lua:3: http.get: expect is a status, \"2xx\", { min = 200, max = 299 }, a "
		"list of these, or false");
	assert_int_not_equal(
		script_run_text(run, "return { expect = 'ok', default = function() end }"), 0);
	assert_non_null(strstr(run->lc.err.msg, "case.lua: expect: expect is a status, \"2xx\""));
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, script_run_setup, script_run_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expect_read__takes_statuses_classes_and_ranges),
		cmocka_unit_test(expect_read__refuses_the_rest),
		CASE(set_response_callback__holds_for_the_virtual_user),
		CASE(expect_false__leaves_a_request_unjudged),
		CASE(expect_of_the_test__holds_where_nothing_else_is_said),
		CASE(expect__says_what_is_wrong_and_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
