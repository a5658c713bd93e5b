/* test_links_go: profiles of a real Go program, built in two folders, with and without -trimpath,
 * linked to the change that was planted (tests/fixtures/links). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/diff/compare.h"
#include "core/git/changes.h"
#include "core/profile/pprof.h"
#include "tests/support/git_case.h"

#define FIXTURES "tests/fixtures/links"
#define TYPE     "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define ENCODE   "example.com/shop/internal/order.Encode"

enum { PAIRS = 4, ROUNDS = 300000 };

static const char *const sides[STK_SIDES] = {"base", "head"};

static struct stk_changes *commit_and_read(struct git_case *gc, const char *const roots[STK_SIDES])
{
	struct stk_changes_spec spec = {{"HEAD~1", "HEAD"}, {roots[0], roots[1]}};
	char *fixtures = realpath(FIXTURES, NULL), *shell;
	struct stk_changes *changes = NULL;
	struct stk_repo *repo = NULL;
	struct stk_err err = STK_ERR_INIT;

	shell = stk_xasprintf("cp -R '%s'/base/. . && git add . && git commit -qm base &&"
			      "cp -R '%s'/head/. . && git commit -qam head",
		fixtures, fixtures);
	git_case_run(gc->repo, shell);
	if (stk_repo_open(gc->repo, &repo, &err) < 0 ||
		stk_changes_read(repo, &spec, &changes, &err) < 0)
		fail_msg("%s", err.msg);
	stk_repo_free(repo);
	free(fixtures);
	free(shell);
	return changes;
}

static struct stk_profile *read_profile(const char *kind, int side, int pair)
{
	char *path = stk_xasprintf("%s/%s-%s-%d.pb.gz", FIXTURES, kind, sides[side], pair);
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_pprof_read_file(path, &profile, &err) < 0)
		fail_msg("%s", err.msg);
	free(path);
	return profile;
}

static void compare(struct stk_changes *changes, const char *kind, struct stk_run *run,
	struct stk_comparison *out)
{
	struct stk_profile *profiles[PAIRS * STK_SIDES];
	struct stk_diff_input input;
	struct stk_err err = STK_ERR_INIT;

	stk_diff_input_init(&input, TYPE, NULL, NULL);
	input.changes = changes;
	for (int i = 0; i < PAIRS * STK_SIDES; i++) {
		struct stk_diff_place place = {i % 2, i / 2, 0, ROUNDS};
		int type;

		profiles[i] = read_profile(kind, i % 2, i / 2);
		type = stk_profile_find_type(profiles[i], STK_STR("cpu"));
		assert_true(type >= 0);
		if (stk_diff_input_add_profile(&input, profiles[i], (size_t)type, &place, &err) < 0)
			fail_msg("%s", err.msg);
	}
	if (stk_compare_paired(&input, NULL, run, out, &err) < 0)
		fail_msg("%s", err.msg);
	stk_diff_input_release(&input);
	for (int i = 0; i < PAIRS * STK_SIDES; i++)
		stk_profile_free(profiles[i]);
}

static const struct stk_row *find_row(const struct stk_comparison *comparison, const char *name)
{
	for (size_t i = 0; i < comparison->rows.len; i++) {
		if (strcmp(comparison->rows.items[i].function.name, name) == 0)
			return &comparison->rows.items[i];
	}
	fail_msg("no row '%s'", name);
	return NULL;
}

static void check_decoder(const struct stk_row *row)
{
	assert_true(row->verdict == STK_VERDICT_REGRESSION || row->verdict == STK_VERDICT_NEW);
	assert_null(row->function.path);
	assert_int_equal(row->link.kind, STK_LINK_CALLED_FROM);
	assert_string_equal(row->link.via.name, ENCODE);
	assert_string_equal(row->link.via.path, "internal/order/encode.go");
	/* the line that calls json.Unmarshal */
	assert_int_equal(row->link.via.line, 22);
	assert_true(row->link.share > 0.99);
}

/* What nobody changed has one name on both sides, though the folders of the builds differ. */
static void check_rest(const struct stk_comparison *comparison)
{
	const struct stk_row *price = find_row(comparison, "example.com/shop/internal/order.Price");

	assert_string_equal(price->function.path, "internal/order/price.go");
	assert_int_equal(price->function.line, 4);
	assert_true(price->base_cost > 0 && price->head_cost > 0);
	assert_int_equal(price->link.kind, STK_LINK_UNRELATED);
	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];

		assert_true(
			!row->partner.name || strcmp(row->partner.name, row->function.name) != 0);
		assert_int_not_equal(row->link.kind, STK_LINK_UNKNOWN);
	}
}

static void check_kind(void **state, const char *kind, const char *const roots[STK_SIDES])
{
	struct stk_changes *changes = commit_and_read(*state, roots);
	struct stk_comparison comparison = {0};
	struct stk_run run;

	stk_run_init(&run);
	compare(changes, kind, &run, &comparison);
	check_decoder(find_row(&comparison, "encoding/json.(*decodeState).object"));
	check_rest(&comparison);
	assert_true(comparison.changed_share > 0.9);
	stk_comparison_release(&comparison);
	stk_run_release(&run);
	stk_changes_free(changes);
}

static void links__a_planted_line_of_a_real_go_program(void **state)
{
	check_kind(state, "plain", (const char *const[]){NULL, NULL});
}

static void links__the_same_with_the_folders_of_the_builds_known(void **state)
{
	check_kind(state, "plain", (const char *const[]){"/tmp/lk/base", "/tmp/lk/head"});
}

static void links__the_same_built_with_trimpath(void **state)
{
	check_kind(state, "trim", (const char *const[]){NULL, NULL});
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, git_case_setup, git_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(links__a_planted_line_of_a_real_go_program),
		CASE(links__the_same_with_the_folders_of_the_builds_known),
		CASE(links__the_same_built_with_trimpath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
