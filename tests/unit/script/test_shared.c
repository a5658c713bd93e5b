/* test_shared: data files are read once, shared, and lie in the script's folder. */
#include "core/script/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/csv.h"
#include "core/base/fs.h"
#include "core/base/json.h"
#include "tests/support/lua_case.h"

struct fixture {
	struct lua_case lc;
	struct stk_shared *shared;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT};
	lua_case_init(&f.lc);
	f.shared = stk_shared_new();
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_shared_free(f->shared);
	lua_case_release(&f->lc);
	return 0;
}

static char *put(struct fixture *f, const char *name, const char *text)
{
	lua_case_file(&f->lc, name, text);
	return stk_fs_join(f->lc.dir, name);
}

/* k6 4.3: `open()` gives each VU its own copy | one copy for the process | - */
static void shared__reads_a_file_once(void **state)
{
	struct fixture *f = *state;
	char *path = put(f, "users.csv", "name,age\nada,36\n");
	const struct stk_csv *first = NULL, *again = NULL;
	struct stk_str bytes;

	assert_int_equal(stk_shared_csv(f->shared, path, &first, &f->err), 0);
	lua_case_file(&f->lc, "users.csv", "changed\n");
	assert_int_equal(stk_shared_csv(f->shared, path, &again, &f->err), 0);
	assert_ptr_equal(first, again);
	/* the same file as bytes is what it was, too */
	assert_int_equal(stk_shared_bytes(f->shared, path, &bytes, &f->err), 0);
	assert_true(stk_str_is(bytes, "name,age\nada,36\n"));
	free(path);
}

static void shared__says_which_file_is_wrong(void **state)
{
	struct fixture *f = *state;
	char *path = put(f, "broken.json", "{\"a\":");
	struct stk_json *json = NULL;

	assert_true(stk_shared_json(f->shared, path, &json, &f->err) < 0);
	assert_non_null(strstr(f->err.msg, "broken.json"));
	assert_null(json);
	stk_err_clear(&f->err);
	assert_true(stk_shared_json(f->shared, "/nonexistent/x.json", &json, &f->err) < 0);
	assert_non_null(strstr(f->err.msg, "/nonexistent/x.json"));
	free(path);
}

static void shared__parses_json_once(void **state)
{
	struct fixture *f = *state;
	char *path = put(f, "data.json", "{\"a\":[1,2,3]}");
	struct stk_json *first = NULL, *again = NULL;

	assert_int_equal(stk_shared_json(f->shared, path, &first, &f->err), 0);
	assert_int_equal(stk_shared_json(f->shared, path, &again, &f->err), 0);
	assert_ptr_equal(first, again);
	assert_int_equal(stk_json_len(stk_json_get(first, "a")), 3);
	free(path);
}

static int find(struct fixture *f, const char *name, char **path)
{
	*path = NULL;
	stk_err_clear(&f->err);
	return stk_shared_find(f->lc.dir, stk_str_of(name), path, &f->err);
}

static void shared_find__stays_in_the_folder(void **state)
{
	struct fixture *f = *state;
	char *inside = put(f, "data/users.csv", "a\n");
	char *link = stk_fs_join(f->lc.dir, "link"), *path;

	assert_int_equal(find(f, "data/users.csv", &path), 0);
	assert_true(stk_str_ends(stk_str_of(path), "/data/users.csv"));
	free(path);
	assert_int_equal(find(f, "data/../data/users.csv", &path), 0);
	free(path);
	assert_int_equal(find(f, inside, &path), 0);
	free(path);
	assert_int_equal(find(f, "../../../etc/passwd", &path), STK_E_AUTH);
	assert_int_equal(find(f, "/etc/passwd", &path), STK_E_AUTH);
	assert_non_null(strstr(f->err.msg, "outside of the script's folder"));
	/* a link out of the folder is outside */
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(find(f, "link", &path), STK_E_AUTH);
	/* the folder itself is no file in it */
	assert_int_equal(find(f, ".", &path), STK_E_AUTH);
	assert_null(path);
	free(link);
	free(inside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shared__reads_a_file_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			shared__says_which_file_is_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shared__parses_json_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			shared_find__stays_in_the_folder, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
