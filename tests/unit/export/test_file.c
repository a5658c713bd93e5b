/* test_file: lines reach the file, packed or not, and a full disk is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/export/file.h"

static void file__writes_packed_members_that_read_as_one(void **state)
{
	struct stk_buf raw = STK_BUF_EMPTY, text = STK_BUF_EMPTY, said = STK_BUF_EMPTY;
	struct stk_export_file file;
	char *dir, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("export", &dir, NULL), 0);
	path = stk_fs_join(dir, "a.gz");
	assert_int_equal(stk_export_file_open(&file, path, NULL, NULL), 0);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_tick(&file, 1); /* the first time is always due */
	stk_buf_add_text(&file.lines, "two\n");
	stk_export_file_tick(&file, 2);
	assert_int_equal(stk_fs_read(path, &raw, NULL), 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&raw), &text, NULL), 0);
	assert_string_equal(text.ptr, "one\n");
	stk_export_file_close(&file, "json", &said);
	stk_buf_clear(&raw);
	stk_buf_clear(&text);
	assert_int_equal(stk_fs_read(path, &raw, NULL), 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&raw), &text, NULL), 0);
	assert_string_equal(text.ptr, "one\ntwo\n");
	assert_int_equal(said.len, 0);
	stk_export_file_release(&file);
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(path);
	free(dir);
	stk_buf_release(&raw);
	stk_buf_release(&text);
	stk_buf_release(&said);
}

static void file__says_that_the_disk_was_full(void **state)
{
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_export_file file;

	(void)state;
	assert_int_equal(stk_export_file_open(&file, "/dev/full", NULL, NULL), 0);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_close(&file, "csv", &said);
	assert_non_null(strstr(said.ptr, "up to 4 bytes are missing: writing '/dev/full'"));
	stk_export_file_release(&file);
	stk_buf_release(&said);
}

static void file_open__says_which_file(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_export_file file;

	(void)state;
	assert_int_equal(stk_export_file_open(&file, "/nowhere/x", NULL, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "/nowhere/x"));
	stk_export_file_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file__writes_packed_members_that_read_as_one),
		cmocka_unit_test(file__says_that_the_disk_was_full),
		cmocka_unit_test(file_open__says_which_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
