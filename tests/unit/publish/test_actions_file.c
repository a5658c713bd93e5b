/* test_actions_file: outputs, commands and log lines that hostile text cannot leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/publish/actions_file.h"

static void actions_file_add_output__cannot_be_ended_by_its_value(void **state)
{
	struct stk_buf a = STK_BUF_EMPTY, b = STK_BUF_EMPTY;
	struct stk_str rest, line, end;

	(void)state;
	stk_actions_file_add_output(&a, "verdict", STK_STR("x\nother=1\nEOF\nother<<EOF"));
	stk_actions_file_add_output(&b, "verdict", STK_STR("x\nother=1\nEOF\nother<<EOF"));
	assert_string_not_equal(a.ptr, b.ptr); /* another delimiter each time */
	rest = stk_buf_str(&a);
	assert_true(stk_str_cut(&rest, '\n', &line));
	assert_true(stk_str_starts(line, "verdict<<stk_"));
	end = stk_str_skip(line, strlen("verdict<<"));
	assert_int_equal(end.len, 4 + 32);
	assert_true(stk_str_starts(rest, "x\nother=1\nEOF\nother<<EOF\n"));
	rest = stk_str_skip(rest, strlen("x\nother=1\nEOF\nother<<EOF\n"));
	assert_true(stk_str_cut(&rest, '\n', &line) && stk_str_eq(line, end));
	assert_int_equal(rest.len, 0);
	stk_buf_release(&a);
	stk_buf_release(&b);
}

static void actions_file_add_command__escapes_as_the_runner_unescapes(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_actions_file_add_command(
		&buf, "warning", STK_STR("a:b,c%\n"), STK_STR("100%\r\n::error::x, y: z"));
	assert_string_equal(
		buf.ptr, "::warning title=a%3Ab%2Cc%25%0A::100%25%0D%0A::error::x, y: z\n");
	stk_buf_release(&buf);
}

static void actions_file_add_log__lets_no_line_begin_with_a_command(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_actions_file_add_log(
		&buf, STK_STR("a ::b::\n::error::x\n  ::add-mask::y\n##[error]z\n\tok"));
	assert_string_equal(
		buf.ptr, "a ::b::\n· ::error::x\n·   ::add-mask::y\n· ##[error]z\n\tok");
	stk_buf_release(&buf);
}

static void actions_file_append__wants_the_runners_file(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	char *folder = NULL, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("stk-actions", &folder, NULL), 0);
	path = stk_fs_join(folder, "output");
	assert_int_equal(stk_actions_file_append(path, STK_STR("x"), NULL), STK_E_NOT_FOUND);
	assert_int_equal(stk_fs_write(path, STK_STR("a\n"), NULL), 0);
	assert_int_equal(stk_actions_file_append(path, STK_STR("b\n"), NULL), 0);
	assert_int_equal(stk_fs_read(path, &buf, NULL), 0);
	assert_string_equal(buf.ptr, "a\nb\n");
	assert_int_equal(stk_fs_remove_tree(folder, NULL), 0);
	stk_buf_release(&buf);
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_file_add_output__cannot_be_ended_by_its_value),
		cmocka_unit_test(actions_file_add_command__escapes_as_the_runner_unescapes),
		cmocka_unit_test(actions_file_add_log__lets_no_line_begin_with_a_command),
		cmocka_unit_test(actions_file_append__wants_the_runners_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
