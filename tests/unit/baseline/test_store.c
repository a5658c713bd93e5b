/* test_store: save, list, load, prune in a folder and in git notes alike; hostile names. */
#include "core/baseline/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/proc.h"
#include "core/baseline/find.h"
#include "tests/support/kept_case.h"

struct store_case {
	char *root;
	char commits[3][41]; /* oldest first; the last one is on a branch */
	struct stk_baseline_store *store;
};

static void shell(const char *dir, const char *text, struct stk_buf *out)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;

	opts.shell = text;
	opts.cwd = dir;
	opts.capture = true;
	if (stk_proc_run(&opts, 60000000000, out, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
}

static struct store_case *make_case(void)
{
	struct store_case *sc = stk_xcalloc(1, sizeof *sc);
	struct stk_buf list = STK_BUF_EMPTY;

	assert_int_equal(stk_fs_mkdtemp("stoker-store-", &sc->root, NULL), 0);
	shell(sc->root,
		"export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@localhost GIT_COMMITTER_NAME=t "
		"GIT_COMMITTER_EMAIL=t@localhost; git init -q -b main . && "
		"git commit -q --allow-empty -m 1 && git commit -q --allow-empty -m 2 && "
		"git checkout -qb change && git commit -q --allow-empty -m 3",
		NULL);
	shell(sc->root, "git rev-list --reverse HEAD", &list);
	for (int i = 0; i < 3; i++)
		memcpy(sc->commits[i], list.ptr + 41 * i, 40);
	stk_buf_release(&list);
	return sc;
}

static int setup_dir(void **state)
{
	struct store_case *sc = make_case();
	char *path = stk_fs_join(sc->root, "kept");

	sc->store = stk_baseline_store_dir(path);
	free(path);
	*state = sc;
	return 0;
}

static int setup_notes(void **state)
{
	struct store_case *sc = make_case();

	sc->store = stk_baseline_store_notes(sc->root, NULL);
	*state = sc;
	return 0;
}

static int teardown(void **state)
{
	struct store_case *sc = *state;

	stk_baseline_store_free(sc->store);
	assert_int_equal(stk_fs_remove_tree(sc->root, NULL), 0);
	free(sc->root);
	free(sc);
	return 0;
}

static void save(struct store_case *sc, int commit, const char *processor, int64_t measured_ns)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_kept kept;

	kept_case_init(&kept, sc->commits[commit], processor, measured_ns);
	if (stk_baseline_save(sc->store, &kept, &err) < 0)
		fail_msg("%s", err.msg);
	stk_kept_release(&kept);
}

static size_t count(struct store_case *sc, const char *workflow, const char *revision)
{
	struct stk_baseline_items items = {.arena = STK_ARENA_INIT};
	size_t len;

	assert_int_equal(sc->store->ops->list(sc->store, workflow, revision, &items, NULL), 0);
	len = items.list.len;
	stk_baseline_items_release(&items);
	return len;
}

static void store_save__replaces_the_same_machine_only(void **state)
{
	struct store_case *sc = *state;

	assert_int_equal(count(sc, NULL, NULL), 0);
	save(sc, 0, "EPYC", 1000);
	save(sc, 0, "Xeon", 1001);
	save(sc, 0, "EPYC", 1002);
	save(sc, 1, "EPYC", 1003);
	assert_int_equal(count(sc, NULL, NULL), 3);
	assert_int_equal(count(sc, "shop", sc->commits[0]), 2);
	assert_int_equal(count(sc, "other", NULL), 0);
}

static void store_prune__removes_what_is_older(void **state)
{
	struct store_case *sc = *state;
	size_t removed = 0;

	save(sc, 0, "EPYC", 1000);
	save(sc, 0, "Xeon", 2000);
	save(sc, 1, "EPYC", 3000);
	assert_int_equal(stk_baseline_prune(sc->store, NULL, 2500, &removed, NULL), 0);
	assert_int_equal(removed, 2);
	assert_int_equal(count(sc, NULL, NULL), 1);
}

static struct stk_baseline_query query_of(struct store_case *sc, struct stk_arena *arena)
{
	struct stk_fact processor = {"processor", "EPYC"};

	return (struct stk_baseline_query){.dir = sc->root,
		.workflow = "shop",
		.machine = stk_kept_machine(&processor, 1, arena),
		.base = "main"};
}

static void store_find__walks_first_parents_and_says_how_far(void **state)
{
	struct store_case *sc = *state;
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_baseline_query query = query_of(sc, &arena);
	struct stk_baseline_found found;
	struct stk_err err = STK_ERR_INIT;
	struct stk_kept kept;

	save(sc, 2, "EPYC", 5000); /* of the change itself: not looked at */
	assert_int_equal(stk_baseline_find(sc->store, &query, &found, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "within 2 commits of the merge base with main"));
	stk_baseline_found_release(&found);
	save(sc, 1, "Xeon", 3000);
	assert_int_equal(stk_baseline_find(sc->store, &query, &found, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "1 from other machines"));
	stk_baseline_found_release(&found);
	save(sc, 0, "EPYC", 1000);
	assert_int_equal(stk_baseline_find(sc->store, &query, &found, &err), 0);
	assert_string_equal(found.why, "1 commit before the merge base with main");
	assert_string_equal(found.key.revision, sc->commits[0]);
	assert_string_equal(found.tip, sc->commits[1]); /* where main is */
	stk_kept_init(&kept);
	assert_int_equal(stk_baseline_load(sc->store, &found.key, &kept, NULL), 0);
	assert_string_equal(kept.revision, sc->commits[0]);
	assert_int_equal(kept.types.items[0].slices.len, 3);
	stk_kept_release(&kept);
	stk_baseline_found_release(&found);
	save(sc, 1, "EPYC", 2000);
	assert_int_equal(stk_baseline_find(sc->store, &query, &found, &err), 0);
	assert_string_equal(found.why, "merge base with main");
	stk_baseline_found_release(&found);
	query.rev = "change";
	assert_int_equal(stk_baseline_find(sc->store, &query, &found, &err), 0);
	assert_null(found.tip);
	assert_string_equal(found.key.revision, sc->commits[2]);
	stk_baseline_found_release(&found);
	stk_arena_release(&arena);
}

static void store_word__stays_in_its_folder(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_baseline_key key = {0};

	(void)state;
	assert_string_equal(stk_baseline_word(&arena, "../../etc"), "-.-..-etc");
	assert_string_equal(stk_baseline_word(&arena, "a b\n"), "a-b-");
	assert_string_equal(stk_baseline_word(&arena, ""), "-");
	assert_int_equal(stk_baseline_parse_name(STK_STR("12ab-77"), &arena, &key, NULL), 0);
	assert_int_equal(key.measured_ns, 77);
	assert_int_equal(
		stk_baseline_parse_name(STK_STR("12ab"), &arena, &key, NULL), STK_E_FORMAT);
	assert_int_equal(stk_baseline_parse_name(STK_STR("a-x"), &arena, &key, NULL), STK_E_FORMAT);
	assert_int_equal(
		stk_baseline_parse_name(STK_STR("a\0b-7"), &arena, &key, NULL), STK_E_FORMAT);
	assert_int_equal(
		stk_baseline_parse_name(STK_STR("../a-7"), &arena, &key, NULL), STK_E_FORMAT);
	stk_arena_release(&arena);
}

#define BOTH(test)                                                                                 \
	cmocka_unit_test_setup_teardown(test, setup_dir, teardown),                                \
		cmocka_unit_test_setup_teardown(test, setup_notes, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(store_save__replaces_the_same_machine_only),
		BOTH(store_prune__removes_what_is_older),
		BOTH(store_find__walks_first_parents_and_says_how_far),
		cmocka_unit_test(store_word__stays_in_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
