/* test_ready: what ready = function(s) is told, and what its answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/script/ready.h"
#include "core/script/workflow.h"
#include "tests/support/lua_case.h"

static int ask(struct lua_case *lc, const char *function, struct stk_err *err)
{
	struct stk_ready_question question = {"http://127.0.0.1:1", "head"};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_workflow workflow;
	int rc;

	stk_workflow_init(&workflow);
	stk_buf_addf(&text,
		"local stoker = require 'stoker'\nreturn stoker.workflow { service = "
		"stoker.service { start = 'x', ready = function(s)\n%s\nend } }",
		function);
	if (lua_case_load(lc, text.ptr) < 0 || stk_workflow_read(lc->script, &workflow, err) < 0)
		fail_msg("%s %s", lc->err.msg, err->msg);
	rc = stk_ready_ask(lc->script, workflow.sides[STK_SIDE_HEAD].ready_fn, &question, err);
	stk_workflow_release(&workflow);
	stk_buf_release(&text);
	return rc;
}

static void ready_ask__true_is_ready(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	assert_int_equal(ask(&lc, "return true", &err), 1);
	assert_int_equal(ask(&lc, "return 'yes'", &err), 1);
	assert_int_equal(ask(&lc, "return false", &err), 0);
	assert_int_equal(ask(&lc, "", &err), 0);
	assert_int_equal(
		ask(&lc, "return s.side == 'head' and s.url == 'http://127.0.0.1:1'", &err), 1);
	lua_case_release(&lc);
}

static void ready_ask__get_of_a_closed_port_is_nil_and_the_reason(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	assert_int_equal(
		ask(&lc, "local status, why = s:get '/'\nreturn status == nil and #why > 0", &err),
		1);
	lua_case_release(&lc);
}

static void ready_ask__an_error_has_file_and_line(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct lua_case lc;

	(void)state;
	lua_case_init(&lc);
	assert_int_equal(ask(&lc, "return s.x.y", &err), STK_E_SCRIPT);
	assert_non_null(strstr(lua_case_message(&lc, &err), "case.lua:3:"));
	lua_case_release(&lc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_ask__true_is_ready),
		cmocka_unit_test(ready_ask__get_of_a_closed_port_is_nil_and_the_reason),
		cmocka_unit_test(ready_ask__an_error_has_file_and_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
