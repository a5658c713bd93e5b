/* test_report: `stoker report` on saved runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "tests/support/cmd_case.h"

/* A folder of runs with one in it. */
static char *runs_folder(void)
{
	struct stk_run run;
	struct stk_err err = STK_ERR_INIT;
	char *root = NULL, *dir = NULL, *id = NULL;

	assert_int_equal(stk_fs_mkdtemp("stk-report", &root, &err), 0);
	stk_run_init(&run);
	assert_int_equal(stk_run_store_read("tests/fixtures/runs/regression.json", &run, &err), 0);
	assert_int_equal(stk_run_store_create(root, run.start_ns, "shop", &dir, &id, &err), 0);
	assert_int_equal(stk_run_store_write(dir, &run, &err), 0);
	stk_run_release(&run);
	free(dir);
	free(id);
	return root;
}

static void report__prints_the_last_run_by_default(void **state)
{
	struct cmd_case *cc = *state;
	char *root = runs_folder();
	char *line = stk_xasprintf("report --runs %s", root);

	assert_int_equal(cmd_case_run(cc, line), STK_EXIT_OK);
	assert_int_equal(strncmp(cc->out.ptr, "REGRESSION   2 functions dearer", 31), 0);
	assert_null(strchr(cc->out.ptr, '\033'));
	assert_string_equal(cc->err.ptr, "");
	free(line);
	assert_int_equal(stk_fs_remove_tree(root, NULL), 0);
	free(root);
}

static void report__prints_every_format(void **state)
{
	struct cmd_case *cc = *state;

	assert_int_equal(cmd_case_run(cc, "report tests/fixtures/runs/nothing.json -f json"), 0);
	assert_int_equal(strncmp(cc->out.ptr, "{", 1), 0);
	assert_int_equal(
		cmd_case_run(cc, "report --format=markdown tests/fixtures/runs/nothing.json"), 0);
	assert_int_equal(strncmp(cc->out.ptr, "⚪ **No regression seen", 24), 0);
	assert_int_equal(cmd_case_run(cc, "report -f comment tests/fixtures/runs/nothing.json"), 0);
	assert_int_equal(strncmp(cc->out.ptr, "<!-- stoker:report v1 key=shop", 30), 0);
	assert_int_equal(cmd_case_run(cc, "report -f junit tests/fixtures/runs/nothing.json"), 0);
	assert_int_equal(strncmp(cc->out.ptr, "<?xml", 5), 0);
	assert_int_equal(
		cmd_case_run(cc, "report -f codequality tests/fixtures/runs/nothing.json"), 0);
	assert_string_equal(cc->out.ptr, "[]\n");
	assert_int_equal(cmd_case_run(cc, "report tests/fixtures/runs/nothing.json --color"), 0);
	assert_non_null(strchr(cc->out.ptr, '\033'));
	assert_int_equal(cmd_case_run(cc, "report tests/fixtures/runs/nothing.json --width 30"),
		STK_EXIT_USAGE);
}

static void report__says_what_is_missing_or_broken(void **state)
{
	struct cmd_case *cc = *state;
	char *root = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_fs_mkdtemp("stk-report", &root, &err), 0);
	char *line = stk_xasprintf("report last --runs %s", root);
	assert_int_equal(cmd_case_run(cc, line), STK_EXIT_WORLD);
	assert_non_null(strstr(cc->err.ptr, "there are 0 runs"));
	assert_non_null(strstr(cc->err.ptr, "stoker run makes one"));
	assert_string_equal(cc->out.ptr, "");
	assert_int_equal(cmd_case_run(cc, "report tests/fixtures/none.json"), STK_EXIT_WORLD);
	free(line);
	char *path = stk_fs_join(root, "run.json");
	assert_int_equal(stk_fs_write(path, STK_STR("{\"document\":\"x\"}"), &err), 0);
	line = stk_xasprintf("report %s", path);
	assert_int_equal(cmd_case_run(cc, line), STK_EXIT_WORLD);
	assert_non_null(strstr(cc->err.ptr, "not a run record"));
	free(line);
	free(path);
	assert_int_equal(stk_fs_remove_tree(root, NULL), 0);
	free(root);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, cmd_case_setup, cmd_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(report__prints_the_last_run_by_default),
		CASE(report__prints_every_format),
		CASE(report__says_what_is_missing_or_broken),
	};
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
