/* test_invoke: the git command: its output, its words when it fails, and what it does not inherit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/git/invoke.h"
#include "tests/support/git_case.h"

static void invoke_run__takes_stdout_alone(void **state)
{
	struct git_case *gc = *state;
	const char *const args[] = {"rev-parse", "--abbrev-ref", "HEAD", NULL};
	struct stk_invoke invoke = {.dir = gc->repo, .args = args};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_invoke_run(&invoke, &out, &err), 0);
	assert_string_equal(out.ptr, "main\n");
	stk_buf_release(&out);
}

static void invoke_run__tells_gits_own_words(void **state)
{
	struct git_case *gc = *state;
	const char *const args[] = {"checkout", "no-such-branch", NULL};
	struct stk_invoke invoke = {.dir = gc->repo, .args = args};
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_invoke_run(&invoke, NULL, &err), STK_E_IO);
	assert_string_equal(err.msg, "git checkout: exit status 1: pathspec 'no-such-branch' did "
				     "not match any file(s) known to git");
	invoke.dir = gc->dir;
	assert_int_equal(stk_invoke_run(&invoke, NULL, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "exit status 128: not a git repository"));
}

static void invoke_run__is_not_led_astray_by_variables_of_a_hook(void **state)
{
	struct git_case *gc = *state;
	const char *const args[] = {"rev-parse", "--show-toplevel", NULL};
	struct stk_invoke invoke = {.dir = gc->repo, .args = args};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	char *lead = strdup("GIT_DIR=/nowhere/.git");

	assert_int_equal(putenv(lead), 0);
	assert_int_equal(stk_invoke_run(&invoke, &out, &err), 0);
	assert_non_null(strstr(out.ptr, "/repo\n"));
	assert_int_equal(unsetenv("GIT_DIR"), 0);
	free(lead);
	stk_buf_release(&out);
}

static void invoke_ask__one_is_an_answer(void **state)
{
	struct git_case *gc = *state;
	const char *const args[] = {"merge-base", "--is-ancestor", "HEAD", "HEAD~1", NULL};
	struct stk_invoke invoke = {.dir = gc->repo, .args = args};
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_invoke_ask(&invoke, NULL, &err), 1);
}

static void invoke_clean_env__keeps_configuration(void **state)
{
	const char *const env[] = {"A=b", "GIT_DIR=x", "GIT_INDEX_FILE=y", "GIT_CONFIG_COUNT=1",
		"GIT_DIRECTION=z", NULL};
	const char **clean = stk_invoke_clean_env(env);

	(void)state;
	assert_string_equal(clean[0], "A=b");
	assert_string_equal(clean[1], "GIT_CONFIG_COUNT=1");
	assert_string_equal(clean[2], "GIT_DIRECTION=z");
	assert_null(clean[3]);
	free(clean);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, git_case_setup, git_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(invoke_run__takes_stdout_alone),
		CASE(invoke_run__tells_gits_own_words),
		CASE(invoke_run__is_not_led_astray_by_variables_of_a_hook),
		CASE(invoke_ask__one_is_an_answer),
		CASE(invoke_clean_env__keeps_configuration),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
