/* test_child: a program's two outputs, its end, and one that is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/generator/child.h"

extern char **environ;

static void expect_file(const char *folder, const char *name, const char *want)
{
	char *path = stk_fs_join(folder, name);
	struct stk_buf text = STK_BUF_EMPTY;

	assert_int_equal(stk_fs_read(path, &text, NULL), 0);
	assert_string_equal(text.ptr, want);
	stk_buf_release(&text);
	free(path);
}

static void child_start__parts_the_outputs(void **state)
{
	const char *const argv[] = {"/bin/sh", "-c", "echo out; echo err >&2; exit 5", NULL};
	struct stk_proc_status status;
	struct stk_child *child = NULL;
	struct stk_generated out;
	char *folder = NULL;

	(void)state;
	stk_generated_init(&out, 0);
	assert_int_equal(stk_fs_mkdtemp("stoker-test-", &folder, NULL), 0);
	char *out_path = stk_fs_join(folder, "out"), *log_path = stk_fs_join(folder, "log");
	struct stk_child_opts opts = {.argv = argv,
		.env = environ,
		.out_path = out_path,
		.log_path = log_path,
		.grace_ns = STK_NS_PER_S,
		.clock = stk_clock_system(),
		.out = &out};
	assert_int_equal(stk_child_start(&opts, &child, NULL), 0);
	assert_true(stk_child_wait_until(child, INT64_MAX));
	stk_child_finish(child, &status);
	assert_int_equal(status.exit_code, 5);
	assert_false(stk_child_was_asked(child));
	assert_false(stk_child_was_killed(child));
	expect_file(folder, "out", "out\n");
	expect_file(folder, "log", "err\n");
	stk_child_free(child);
	assert_int_equal(stk_fs_remove_tree(folder, NULL), 0);
	stk_generated_release(&out);
	free(out_path);
	free(log_path);
	free(folder);
}

static void child_start__says_that_a_program_is_not_there(void **state)
{
	const char *const argv[] = {"/no/such/program", NULL};
	struct stk_child *child = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_generated out;

	(void)state;
	stk_generated_init(&out, 0);
	struct stk_child_opts opts = {
		.argv = argv, .env = environ, .clock = stk_clock_system(), .out = &out};
	assert_int_equal(stk_child_start(&opts, &child, &err), STK_E_NOT_FOUND);
	assert_null(child);
	stk_generated_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_start__parts_the_outputs),
		cmocka_unit_test(child_start__says_that_a_program_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
