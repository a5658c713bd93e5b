/* test_token: where tokens are looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/publish/token.h"

static void token_find__takes_the_most_particular_variable(void **state)
{
	const char *vars[] = {"GH_TOKEN=c", "GITHUB_TOKEN=ghs_b", "STOKER_GITHUB_TOKEN=", NULL};
	struct stk_env env = {.environ_ = vars};
	struct stk_token token = STK_TOKEN_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_token_find(&env, STK_FORGE_GITHUB, NULL, &token, &err), 0);
	assert_string_equal(token.source, "GITHUB_TOKEN");
	assert_true(stk_str_is(stk_secret_reveal(&token.secret), "ghs_b"));
	assert_true(token.is_bot);
	stk_token_release(&token);
	assert_int_equal(
		stk_token_find(&env, STK_FORGE_GITLAB, NULL, &token, &err), STK_E_NOT_FOUND);
	assert_string_equal(
		err.msg, "no token for GitLab: none of STOKER_GITLAB_TOKEN, GITLAB_TOKEN is set");
}

static void token_find__reads_a_file(void **state)
{
	const char *vars[] = {NULL};
	struct stk_env env = {.environ_ = vars};
	struct stk_token token = STK_TOKEN_INIT;
	struct stk_err err = STK_ERR_INIT;
	char *folder = NULL, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("stk-token", &folder, NULL), 0);
	path = stk_fs_join(folder, "token");
	assert_int_equal(stk_fs_write(path, STK_STR("  ghp_x\n"), NULL), 0);
	assert_int_equal(stk_token_find(&env, STK_FORGE_GITHUB, path, &token, &err), 0);
	assert_true(stk_str_is(stk_secret_reveal(&token.secret), "ghp_x"));
	assert_false(token.is_bot);
	stk_token_release(&token);
	assert_int_equal(stk_fs_write(path, STK_STR("s3cret\r\nX-Evil: 1"), NULL), 0);
	assert_int_equal(stk_token_find(&env, STK_FORGE_GITHUB, path, &token, &err), STK_E_FORMAT);
	assert_null(strstr(err.msg, "s3cret"));
	assert_int_equal(stk_fs_remove_tree(folder, NULL), 0);
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_find__takes_the_most_particular_variable),
		cmocka_unit_test(token_find__reads_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
