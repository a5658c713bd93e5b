/* test_diff: `stoker diff`: which words go together, and where it writes. */
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

struct files {
	char *dir, *a, *b;
};

static struct files write_files(void)
{
	struct files files;

	assert_int_equal(stk_fs_mkdtemp("stk-diff", &files.dir, NULL), 0);
	files.a = stk_fs_join(files.dir, "a.folded");
	files.b = stk_fs_join(files.dir, "b.folded");
	assert_int_equal(stk_fs_write(files.a, STK_STR("main;x 10\nmain;y 10\n"), NULL), 0);
	assert_int_equal(stk_fs_write(files.b, STK_STR("main;x 15\nmain;y 10\n"), NULL), 0);
	return files;
}

static void remove_files(struct files *files)
{
	assert_int_equal(stk_fs_remove_tree(files->dir, NULL), 0);
	free(files->dir);
	free(files->a);
	free(files->b);
}

static void diff__prints_every_format(void **state)
{
	static const struct {
		const char *format, *part;
	} rows[] = {{"term", "x          10.0   15.0   +50.0 %"},
		{"markdown", "| `x` | 10.0 | 15.0 |"}, {"json", "\"document\": \"stoker.diff\""},
		{"folded", "main;x 10 15\n"}, {"html", "<!doctype html>"}};
	struct cmd_case *cc = *state;
	struct files files = write_files();

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		char *line = stk_xasprintf("diff %s %s -f %s", files.a, files.b, rows[i].format);

		assert_int_equal(cmd_case_run(cc, line), STK_EXIT_OK);
		if (!strstr(cc->out.ptr, rows[i].part))
			fail_msg("%s: %s", rows[i].format, cc->out.ptr);
		assert_string_equal(cc->err.ptr, "");
		free(line);
	}
	remove_files(&files);
}

static void diff__a_file_name_says_the_format(void **state)
{
	struct cmd_case *cc = *state;
	struct files files = write_files();
	char *path = stk_fs_join(files.dir, "d.json");
	char *line = stk_xasprintf("diff %s %s -o %s", files.a, files.b, path);
	struct stk_buf text = STK_BUF_EMPTY;

	assert_int_equal(cmd_case_run(cc, line), STK_EXIT_OK);
	assert_string_equal(cc->out.ptr, "");
	assert_int_equal(stk_fs_read(path, &text, NULL), 0);
	assert_int_equal(text.ptr[0], '{');
	stk_buf_release(&text);
	free(line);
	free(path);
	remove_files(&files);
}

static void diff__requests_make_it_per_request(void **state)
{
	struct cmd_case *cc = *state;
	struct files files = write_files();
	char *line = stk_xasprintf("diff %s %s --base-requests 10 --requests 20", files.a, files.b);

	assert_int_equal(cmd_case_run(cc, line), STK_EXIT_OK);
	assert_non_null(strstr(cc->out.ptr, "samples per request"));
	assert_non_null(strstr(cc->out.ptr, "-25.0 %"));
	free(line);
	remove_files(&files);
}

static void diff__says_what_does_not_go_together(void **state)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{"diff a", "two files or runs are wanted, not 1"},
		{"diff a b c", "two files or runs are wanted, not 3"},
		{"diff a b --from now-1h", "times go with --query"},
		{"diff a --query cpu", "--query takes no files"},
		{"diff --query cpu --profile cpu", "stands in the query"},
		{"diff a b --requests 5", "go together"},
		{"diff --query cpu", "both ends are the same"},
		{"diff --query cpu{ --base-from now-2h", "selector"},
		{"diff --query cpu --base-from soon", "--base-from: 'soon' is no time"},
		{"diff --query cpu --base-from now-2h --base-to now-3h", "is not before --base-to"},
		{"diff --query cpu --base-from now-2h --user u", "--password-env"},
		{"diff --query cpu --base-from now-2h --header x", "a header is"},
	};
	struct cmd_case *cc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		assert_int_equal(cmd_case_run(cc, rows[i].line), STK_EXIT_USAGE);
		if (!strstr(cc->err.ptr, rows[i].why))
			fail_msg("%s: %s", rows[i].line, cc->err.ptr);
		assert_string_equal(cc->out.ptr, "");
	}
	assert_int_equal(cmd_case_run(cc, "diff ./no ./none"), STK_EXIT_WORLD);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, cmd_case_setup, cmd_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(diff__prints_every_format),
		CASE(diff__a_file_name_says_the_format),
		CASE(diff__requests_make_it_per_request),
		CASE(diff__says_what_does_not_go_together),
	};
	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
