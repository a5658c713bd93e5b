/* test_run_store: records find their folder, are written whole, and are found again by people. */
#include "core/record/run_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "tests/support/run_fixture.h"

static const int64_t t0 = INT64_C(1795358285000000000); /* 2026-11-22T14:38:05Z */

static int set_up(void **state)
{
	return stk_fs_mkdtemp("stk-store", (char **)state, NULL);
}

static int tear_down(void **state)
{
	int rc = stk_fs_remove_tree(*state, NULL);

	free(*state);
	return rc;
}

static void run_store_id__holds_only_harmless_characters(void **state)
{
	(void)state;
	char *id = stk_run_store_id(t0, "../../etc/passwd $(x)");
	assert_string_equal(id, "20261122-143805-etc-passwd-x");
	free(id);
	id = stk_run_store_id(t0, "///");
	assert_string_equal(id, "20261122-143805-run");
	free(id);
	id = stk_run_store_id(t0, NULL);
	assert_string_equal(id, "20261122-143805-run");
	free(id);
}

static void run_store_type_word__is_the_sample_type(void **state)
{
	(void)state;
	char *word = stk_run_store_type_word("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
	assert_string_equal(word, "cpu");
	free(word);
	word = stk_run_store_type_word("../x");
	assert_string_equal(word, "x");
	free(word);
}

static void add_run(const char *root, int64_t start_ns, const char *name)
{
	struct stk_run run;
	char *dir = NULL, *id = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_run_store_create(root, start_ns, name, &dir, &id, &err), 0);
	stk_run_fixture_full(&run);
	run.id = stk_run_text(&run, id);
	assert_int_equal(stk_run_store_write(dir, &run, &err), 0);
	stk_run_release(&run);
	free(dir);
	free(id);
}

static void finds(const char *root, const char *word, const char *tail)
{
	char *dir = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_run_store_find(root, word, &dir, &err) != 0)
		fail_msg("%s: %s", word, err.msg);
	assert_true(stk_str_ends(stk_str_of(dir), tail));
	free(dir);
}

static void misses(const char *root, const char *word, const char *says)
{
	char *dir = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_run_store_find(root, word, &dir, &err), STK_E_NOT_FOUND);
	assert_null(dir);
	assert_non_null(strstr(err.msg, says));
}

static void run_store_find__knows_last_ids_prefixes_and_paths(void **state)
{
	char *root = stk_fs_join(*state, "runs");

	misses(root, "last", "there are 0 runs");
	add_run(root, t0, "shop");
	add_run(root, t0 + 60 * STK_NS_PER_S, "shop");
	add_run(root, t0 + 120 * STK_NS_PER_S, "cart");
	finds(root, "last", "20261122-144005-cart");
	finds(root, "last~1", "20261122-143905-shop");
	finds(root, "last~2", "20261122-143805-shop");
	misses(root, "last~3", "there are 3 runs");
	misses(root, "last~-1", "no such run");
	misses(root, "last~x", "no such run");
	finds(root, "20261122-1438", "20261122-143805-shop");
	misses(root, "20261122", "more than one");
	misses(root, "nothing", "no such run");
	misses(root, "", "no such run");
	misses(root, "no/such/path", "no such file");
	char *path = stk_fs_join(root, "20261122-143805-shop/run.json");
	finds(root, path, "run.json");
	free(path);
	free(root);
}

static void run_store_create__gives_two_runs_of_a_second_two_folders(void **state)
{
	char *root = stk_fs_join(*state, "runs");

	add_run(root, t0, "shop");
	add_run(root, t0, "shop");
	finds(root, "20261122-143805-shop", "20261122-143805-shop");
	finds(root, "last", "20261122-143805-shop-2");
	free(root);
}

static void run_store_list__leaves_out_folders_without_a_record(void **state)
{
	char *root = stk_fs_join(*state, "runs"), *dir = NULL, *id = NULL, **ids = NULL;
	size_t len = 0;
	struct stk_err err = STK_ERR_INIT;

	add_run(root, t0, "a");
	assert_int_equal(stk_run_store_create(root, t0 + 1, "z", &dir, &id, &err), 0);
	assert_int_equal(stk_run_store_list(root, &ids, &len, &err), 0);
	assert_int_equal(len, 1);
	assert_string_equal(ids[0], "20261122-143805-a");
	stk_fs_list_free(ids, len);
	free(dir);
	free(id);
	free(root);
}

static void run_store_write__replaces_a_partial_record(void **state)
{
	struct stk_run run, again;
	struct stk_err err = STK_ERR_INIT;

	stk_run_fixture_full(&run);
	run.partial.is_partial = true;
	run.partial.phase = "pairs";
	assert_int_equal(stk_run_store_write(*state, &run, &err), 0);
	run.partial.is_partial = false;
	assert_int_equal(stk_run_store_write(*state, &run, &err), 0);
	stk_run_init(&again);
	assert_int_equal(stk_run_store_read(*state, &again, &err), 0);
	assert_false(again.partial.is_partial);
	stk_run_release(&again);
	stk_run_release(&run);
}

static void run_store_write__says_which_folder_is_missing(void **state)
{
	struct stk_run run;
	struct stk_err err = STK_ERR_INIT;
	char *dir = stk_fs_join(*state, "gone");

	stk_run_fixture_full(&run);
	assert_true(stk_run_store_write(dir, &run, &err) < 0);
	assert_non_null(strstr(err.msg, "gone"));
	stk_run_release(&run);
	free(dir);
}

static void run_store_write_slice__numbers_files_by_type_and_side(void **state)
{
	struct stk_run run;
	struct stk_err err = STK_ERR_INIT;
	const char *file = NULL;
	struct stk_slice slice = {.type_id = "memory:alloc_space:bytes:space:bytes",
		.side = STK_SIDE_BASE,
		.instance = ""};

	stk_run_init(&run);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stk_run_store_write_slice(
					 *state, &run, &slice, STK_STR("\x1f\x8b"), &file, &err),
			0);
		if (i < 2) { /* the record may forget one: its file is not overwritten */
			slice.file = file;
			stk_vec_push(&run.slices, slice);
		}
	}
	assert_string_equal(file, "slices/alloc_space-base-002.pb.gz");
	assert_int_equal(
		stk_run_store_write_slice(*state, &run, &slice, STK_STR("\x1f\x8b"), &file, &err),
		0);
	assert_string_equal(file, "slices/alloc_space-base-003.pb.gz");
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_store_id__holds_only_harmless_characters),
		cmocka_unit_test(run_store_type_word__is_the_sample_type),
		cmocka_unit_test_setup_teardown(
			run_store_find__knows_last_ids_prefixes_and_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			run_store_create__gives_two_runs_of_a_second_two_folders, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			run_store_list__leaves_out_folders_without_a_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			run_store_write__replaces_a_partial_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			run_store_write__says_which_folder_is_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			run_store_write_slice__numbers_files_by_type_and_side, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("run_store", tests, NULL, NULL);
}
