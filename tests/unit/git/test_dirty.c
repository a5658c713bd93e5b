/* test_dirty: changes of a working tree counted, and made a commit without touching anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/git/dirty.h"
#include "tests/support/git_case.h"

#define EVERYTHING                                                                                 \
	"git status --porcelain; git branch -v; git stash list; sha1sum < .git/index; cat "        \
	".git/HEAD"

static struct stk_repo *open_repo(const char *path)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	assert_int_equal(stk_repo_open(path, &repo, &err), 0);
	return repo;
}

static struct stk_dirty read_dirty(struct stk_repo *repo)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_dirty dirty;

	if (stk_dirty_read(repo, NULL, &dirty, &err) < 0)
		fail_msg("%s", err.msg);
	return dirty;
}

static struct stk_repo_id snapshot(struct stk_repo *repo)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id head, out;

	assert_int_equal(stk_repo_resolve(repo, "HEAD", &head, &err), 0);
	if (stk_dirty_snapshot(repo, &head, NULL, &out, &err) < 0)
		fail_msg("%s", err.msg);
	return out;
}

static void dirty_read__counts_what_git_status_shows(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_dirty dirty = read_dirty(repo);

	assert_false(stk_dirty_any(&dirty));
	git_case_run(gc->repo, "echo x >> file.txt; git rm -q sub/deep/new.txt; echo n > 'a b'; "
			       "mkdir d; echo 1 > d/1; echo 2 > d/2; echo ig > ig; echo ig > "
			       ".git/info/exclude");
	dirty = read_dirty(repo);
	assert_int_equal(dirty.tracked, 2);
	assert_int_equal(dirty.untracked, 3);
	assert_int_equal(dirty.submodules, 0);
	stk_repo_free(repo);
}

static void dirty_read__changes_inside_a_submodule_are_told_apart(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo;
	struct stk_dirty dirty;

	git_case_run(gc->dir, "git clone -q repo outer && cd outer && git -c "
			      "protocol.file.allow=always submodule --quiet add ../repo inner && "
			      "git commit -q -m sub && echo x >> inner/file.txt");
	repo = open_repo(git_case_ask(gc->dir, "cd outer && pwd"));
	dirty = read_dirty(repo);
	assert_int_equal(dirty.tracked, 0);
	assert_int_equal(dirty.submodules, 1);
	stk_repo_free(repo);
}

static void dirty_parse__bounds(void **state)
{
	struct stk_dirty dirty;

	(void)state;
	stk_dirty_parse(STK_STR("1 .M\0"
				"1\0"
				"?\0"
				"1 .M SCM. x\0"
				"? a\0"
				"! b\0"
				"u UU N... x\0"),
		&dirty);
	assert_int_equal(dirty.tracked, 2);
	assert_int_equal(dirty.untracked, 1);
	assert_int_equal(dirty.submodules, 1);
	stk_dirty_parse(STK_STR(""), &dirty);
	assert_false(stk_dirty_any(&dirty));
}

static void dirty_snapshot__holds_the_tree_and_touches_nothing(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_repo_id one, again, other;
	const char *before;
	char show[200];

	git_case_run(gc->repo, "echo x >> file.txt; echo staged > s; git add s; echo more >> s; "
			       "echo n > untracked; rm sub/deep/new.txt; echo ig > ig; echo ig > "
			       ".git/info/exclude");
	before = git_case_ask(gc->repo, EVERYTHING);
	one = snapshot(repo);
	again = snapshot(repo);
	assert_string_equal(one.hex, again.hex);
	assert_string_equal(git_case_ask(gc->repo, EVERYTHING), before);
	(void)snprintf(show, sizeof show,
		"git ls-tree -r --name-only %.40s; git show %.40s:s; git rev-parse %.40s^", one.hex,
		one.hex, one.hex);
	assert_string_equal(git_case_ask(gc->repo, show),
		git_case_ask(gc->repo, "printf 'file.txt\\ns\\nuntracked\\nstaged\\nmore\\n'; git "
				       "rev-parse HEAD"));
	git_case_run(gc->repo, "echo y >> untracked");
	other = snapshot(repo);
	assert_string_not_equal(one.hex, other.hex);
	stk_repo_free(repo);
}

static void dirty_snapshot__of_no_change_is_the_parent(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_repo_id one = snapshot(repo);

	assert_string_equal(one.hex, git_case_ask(gc->repo, "git rev-parse HEAD"));
	git_case_run(gc->repo, "git commit -q --allow-empty --gpg-sign=x -m x 2>/dev/null || true");
	git_case_run(gc->repo, "git config commit.gpgSign true; echo z > z");
	one = snapshot(repo); /* nobody is asked for a signature */
	assert_string_not_equal(one.hex, git_case_ask(gc->repo, "git rev-parse HEAD"));
	stk_repo_free(repo);
}

static void dirty_snapshot__in_a_linked_work_tree(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo;
	struct stk_repo_id one;
	char show[100];

	git_case_run(gc->repo, "git worktree add -q -b topic ../linked && echo l > ../linked/l");
	repo = open_repo(git_case_ask(gc->dir, "cd linked && pwd"));
	one = snapshot(repo);
	(void)snprintf(show, sizeof show, "git show %.40s:l", one.hex);
	assert_string_equal(git_case_ask(gc->repo, show), "l");
	stk_repo_free(repo);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, git_case_setup, git_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(dirty_read__counts_what_git_status_shows),
		CASE(dirty_read__changes_inside_a_submodule_are_told_apart),
		CASE(dirty_parse__bounds),
		CASE(dirty_snapshot__holds_the_tree_and_touches_nothing),
		CASE(dirty_snapshot__of_no_change_is_the_parent),
		CASE(dirty_snapshot__in_a_linked_work_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
