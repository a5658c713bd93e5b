/* test_fs: files and folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"

static char *dir;

static int make_dir(void **state)
{
	(void)state;
	return stk_fs_mkdtemp("stoker-fs", &dir, NULL);
}

static int drop_dir(void **state)
{
	int rc = stk_fs_remove_tree(dir, NULL);

	(void)state;
	free(dir);
	return rc;
}

static void fs_write__then_read_gives_the_same_bytes(void **state)
{
	char *path = stk_fs_join(dir, "a");
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	char **names = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(stk_fs_write(path, STK_STR("old"), &err), 0);
	assert_int_equal(stk_fs_write(path, stk_str_n("n\0w", 3), &err), 0);
	stk_buf_add_text(&buf, "<");
	assert_int_equal(stk_fs_read(path, &buf, &err), 0);
	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.ptr, "<n\0w", 4);
	assert_int_equal(stk_fs_list(dir, &names, &len, &err), 0);
	assert_int_equal(len, 1); /* no temporary is left */
	stk_fs_list_free(names, len);
	stk_buf_release(&buf);
	free(path);
}

static void fs_write__that_fails_keeps_the_old_file(void **state)
{
	char *path = stk_fs_join(dir, "kept"), *inside = stk_fs_join(path, "x");
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_fs_write(path, STK_STR("old"), &err), 0);
	assert_int_equal(stk_fs_write(inside, STK_STR("new"), &err), STK_E_NOT_FOUND);
	assert_int_equal(stk_fs_read(path, &buf, &err), 0);
	assert_string_equal(buf.ptr, "old");
	stk_buf_release(&buf);
	free(inside);
	free(path);
}

/* Names that a script gives: nothing outside of the folder, nothing hidden, no folder made. */
static void fs_write_below__stays_below(void **state)
{
	static const char *const bad[] = {"", "/tmp/x", "../x", "in/../../x", "in/.git", ".x",
		"in/", "absent/x", "out/x", ".", ".."};
	char *root = stk_fs_join(dir, "root"), *in = stk_fs_join(root, "in");
	char *out = stk_fs_join(root, "out"), *whole = stk_fs_join(in, "whole");
	char *beside = stk_fs_join(dir, "rooted"), *near = stk_fs_join(beside, "x");
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_fs_mkdirs(in, &err), 0);
	assert_int_equal(stk_fs_mkdirs(beside, &err), 0);
	assert_int_equal(symlink(beside, out), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(stk_fs_write_below(root, bad[i], STK_STR("x"), &err), STK_E_INVAL);
		assert_non_null(strstr(err.msg, "no name for a file here"));
	}
	assert_int_equal(stk_fs_write_below(root, near, STK_STR("x"), &err), STK_E_INVAL);
	assert_false(stk_fs_exists(near));
	assert_int_equal(stk_fs_write_below(root, "a", STK_STR("x"), &err), 0);
	assert_int_equal(stk_fs_write_below(root, "in/../in/b", STK_STR("x"), &err), 0);
	assert_int_equal(stk_fs_write_below(root, whole, STK_STR("x"), &err), 0);
	assert_true(stk_fs_exists(whole));
	/* a link at the end is replaced, not followed */
	assert_int_equal(unlink(out), 0);
	assert_int_equal(symlink(near, out), 0);
	assert_int_equal(stk_fs_write_below(root, "out", STK_STR("x"), &err), 0);
	assert_false(stk_fs_exists(near));
	free(near);
	free(beside);
	free(whole);
	free(out);
	free(in);
	free(root);
}

static void fs_read__stops_at_the_limit(void **state)
{
	char *path = stk_fs_join(dir, "big");
	struct stk_buf exact = STK_BUF_INIT(5), small = STK_BUF_INIT(4);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_fs_write(path, STK_STR("12345"), &err), 0);
	assert_int_equal(stk_fs_read(path, &exact, &err), 0);
	assert_string_equal(exact.ptr, "12345");
	assert_int_equal(stk_fs_read(path, &small, &err), STK_E_TOO_LARGE);
	assert_int_equal(stk_fs_read("/no/such/file", &small, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "'/no/such/file': No such file or directory");
	stk_buf_release(&exact);
	stk_buf_release(&small);
	free(path);
}

static void fs_mkdirs__makes_all_and_accepts_what_is_there(void **state)
{
	char *deep = stk_fs_join(dir, "x/y/z"), *file = stk_fs_join(dir, "x/y/z/f");
	char *below = stk_fs_join(file, "g");
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_fs_mkdirs(deep, &err), 0);
	assert_int_equal(stk_fs_mkdirs(deep, &err), 0);
	assert_true(stk_fs_is_dir(deep));
	assert_int_equal(stk_fs_write(file, STK_STR(""), &err), 0);
	assert_true(stk_fs_exists(file) && !stk_fs_is_dir(file));
	assert_true(stk_fs_mkdirs(below, &err) < 0);
	assert_true(stk_fs_mkdirs(file, &err) < 0);
	free(below);
	free(file);
	free(deep);
}

static void fs_remove_tree__does_not_follow_links(void **state)
{
	char *tree = stk_fs_join(dir, "tree"), *other = stk_fs_join(dir, "other");
	char *link = stk_fs_join(tree, "link"), *kept = stk_fs_join(other, "kept");
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_fs_mkdirs(tree, &err), 0);
	assert_int_equal(stk_fs_mkdirs(other, &err), 0);
	assert_int_equal(stk_fs_write(kept, STK_STR("x"), &err), 0);
	assert_int_equal(symlink(other, link), 0);
	assert_int_equal(stk_fs_remove_tree(tree, &err), 0);
	assert_int_equal(stk_fs_remove_tree(tree, &err), 0);
	assert_false(stk_fs_exists(tree));
	assert_true(stk_fs_exists(kept));
	free(kept);
	free(link);
	free(other);
	free(tree);
}

static void fs_glob__is_sorted_and_may_be_empty(void **state)
{
	char *b = stk_fs_join(dir, "2.pb"), *a = stk_fs_join(dir, "10.pb");
	char *pattern = stk_fs_join(dir, "*.pb"), *none = stk_fs_join(dir, "*.zz");
	struct stk_err err = STK_ERR_INIT;
	char **paths = NULL;
	size_t len = 9;

	(void)state;
	assert_int_equal(stk_fs_write(b, STK_STR(""), &err), 0);
	assert_int_equal(stk_fs_write(a, STK_STR(""), &err), 0);
	assert_int_equal(stk_fs_glob(pattern, &paths, &len, &err), 0);
	assert_int_equal(len, 2);
	assert_string_equal(paths[0], a);
	assert_string_equal(paths[1], b);
	stk_fs_list_free(paths, len);
	assert_int_equal(stk_fs_glob(none, &paths, &len, &err), 0);
	assert_int_equal(len, 0);
	stk_fs_list_free(paths, len);
	free(none);
	free(pattern);
	free(a);
	free(b);
}

static void fs_join__and_dirname_know_the_root(void **state)
{
	static const char *const rows[][3] = {
		{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "/b"}};
	static const char *const dirs[][2] = {
		{"a/b", "a"}, {"a", "."}, {"/a", "/"}, {"/a/b/c", "/a/b"}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *joined = stk_fs_join(rows[i][0], rows[i][1]);
		char *parent = stk_fs_dirname(dirs[i][0]);

		assert_string_equal(joined, rows[i][2]);
		assert_string_equal(parent, dirs[i][1]);
		free(parent);
		free(joined);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fs_write__then_read_gives_the_same_bytes),
		cmocka_unit_test(fs_write__that_fails_keeps_the_old_file),
		cmocka_unit_test(fs_write_below__stays_below),
		cmocka_unit_test(fs_read__stops_at_the_limit),
		cmocka_unit_test(fs_mkdirs__makes_all_and_accepts_what_is_there),
		cmocka_unit_test(fs_remove_tree__does_not_follow_links),
		cmocka_unit_test(fs_glob__is_sorted_and_may_be_empty),
		cmocka_unit_test(fs_join__and_dirname_know_the_root),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
