/* test_log_tail: the last lines of a file, from a place on, and of none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/service/log_tail.h"

static void log_tail__takes_the_last_lines(void **state)
{
	struct stk_buf out = STK_BUF_EMPTY;
	char *folder = NULL, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("stoker-test-", &folder, NULL), 0);
	path = stk_fs_join(folder, "log");
	assert_int_equal(stk_fs_write(path, STK_STR("a\nb\nc\n"), NULL), 0);
	stk_log_tail(path, 0, 2, &out);
	assert_string_equal(out.ptr, "b\nc\n");
	stk_buf_clear(&out);
	stk_log_tail(path, 4, 2, &out);
	assert_string_equal(out.ptr, "c\n");
	stk_buf_clear(&out);
	stk_log_tail(path, 6, 2, &out);
	stk_log_tail(folder, 0, 2, &out);
	stk_log_tail("/no/such/file", 0, 2, &out);
	stk_log_tail(NULL, 0, 2, &out);
	assert_int_equal(out.len, 0);
	stk_buf_release(&out);
	assert_int_equal(stk_fs_remove_tree(folder, NULL), 0);
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(log_tail__takes_the_last_lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
