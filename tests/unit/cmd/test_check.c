/* test_check: `stoker check`: its words, its exit codes, and that messages cannot drive a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "tests/support/cmd_case.h"

static int check_text(struct cmd_case *cc, const char *text, const char *more)
{
	char *dir = NULL, *path, *line;
	int code;

	assert_int_equal(stk_fs_mkdtemp("stk-check-cmd", &dir, NULL), 0);
	path = stk_fs_join(dir, "w.lua");
	assert_int_equal(stk_fs_write(path, stk_str_of(text), NULL), 0);
	line = stk_xasprintf("check %s%s", path, more);
	code = cmd_case_run(cc, line);
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(line);
	free(path);
	free(dir);
	return code;
}

static void check__a_mistake_in_the_file_is_4(void **state)
{
	struct cmd_case *cc = *state;
	const char *text =
		"return require 'stoker'.workflow { target = { url = 'http://x' }, lod = 1 }";

	assert_int_equal(check_text(cc, text, ""), STK_EXIT_SCRIPT);
	assert_int_equal(strncmp(cc->out.ptr, "fail  file      ", 16), 0);
	assert_non_null(strstr(cc->out.ptr, "lod"));
	assert_null(strstr(cc->out.ptr, "plan"));
	assert_int_equal(check_text(cc, text, " --format json"), STK_EXIT_SCRIPT);
	assert_non_null(strstr(cc->out.ptr, "\"exit_code\": 4"));
	assert_non_null(strstr(cc->out.ptr, "\"state\": \"fail\""));
}

static void check__a_message_cannot_drive_the_terminal(void **state)
{
	struct cmd_case *cc = *state;

	assert_int_equal(check_text(cc, "error('\\27[31mred', 0)", ""), STK_EXIT_SCRIPT);
	assert_non_null(strstr(cc->out.ptr, "red"));
	assert_null(strchr(cc->out.ptr, '\033'));
}

static void check__options_that_contradict_are_2(void **state)
{
	struct cmd_case *cc = *state;
	const char *text = "return require 'stoker'.load { default = function() end, vus = 1, "
			   "duration = '1s' }";

	assert_int_equal(check_text(cc, text, " --base-cmd x"), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->out.ptr, "go together"));
	assert_int_equal(cmd_case_run(cc, "check a.lua b.lua"), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->err.ptr, "one workflow at a time"));
	assert_int_equal(cmd_case_run(cc, "check --lod 3s"), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->err.ptr, "--load"));
}

static void check__a_missing_file_is_3(void **state)
{
	struct cmd_case *cc = *state;

	assert_int_equal(cmd_case_run(cc, "check ./nowhere/stoker.lua"), STK_EXIT_WORLD);
	assert_non_null(strstr(cc->out.ptr, "nowhere/stoker.lua"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, cmd_case_setup, cmd_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(check__a_mistake_in_the_file_is_4),
		CASE(check__a_message_cannot_drive_the_terminal),
		CASE(check__options_that_contradict_are_2),
		CASE(check__a_missing_file_is_3),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
