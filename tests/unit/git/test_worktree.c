/* test_worktree: commits checked out beside the user's tree, also half ones, and taken off the
 * list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/git/worktree.h"
#include "tests/support/git_case.h"

struct place {
	struct stk_repo *repo;
	char *path;
	struct stk_repo_id first;
};

static struct place open_place(const char *folder)
{
	struct stk_err err = STK_ERR_INIT;
	struct place place;

	assert_int_equal(stk_repo_open(folder, &place.repo, &err), 0);
	assert_int_equal(stk_repo_resolve(place.repo, "HEAD~1", &place.first, &err), 0);
	place.path = stk_fs_join(stk_repo_workdir(place.repo), "work/tree");
	assert_int_equal(stk_fs_mkdirs(stk_repo_workdir(place.repo), &err), 0);
	return place;
}

static void close_place(struct place *place)
{
	stk_repo_free(place->repo);
	free(place->path);
}

static void add(const struct place *place)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_worktree_add(place->repo, &place->first, place->path, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

static void forget(const struct place *place)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_worktree_forget(place->repo, place->path, &err) < 0)
		fail_msg("%s", err.msg);
}

static void worktree_add__has_the_commit_and_git_works_in_it(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);
	const char *before =
		git_case_ask(gc->repo, "git status --porcelain; git branch; git log -1");

	add(&place);
	assert_string_equal(
		git_case_ask(place.path, "cat file.txt; ls sub 2>&1 | wc -l"), "one\n1");
	assert_string_equal(git_case_ask(place.path, "git rev-parse HEAD"), place.first.hex);
	assert_string_equal(git_case_ask(place.path, "git branch --show-current"), "");
	forget(&place);
	assert_string_equal(git_case_ask(place.path, "cat file.txt; ls -A"), "one\nfile.txt");
	assert_string_equal(git_case_ask(gc->repo, "git worktree list | wc -l"), "1");
	git_case_run(gc->repo, "rm -r work && test ! -e .git/worktrees");
	assert_string_equal(
		git_case_ask(gc->repo, "git status --porcelain; git branch; git log -1"), before);
	close_place(&place);
}

static void worktree_add__runs_no_hooks_and_no_submodules(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);

	git_case_run(gc->repo,
		"printf '#!/bin/sh\\ntouch %s/hooked' $PWD > .git/hooks/post-checkout "
		"&& chmod +x .git/hooks/post-checkout && git config "
		"submodule.recurse true");
	add(&place);
	git_case_run(gc->repo, "test ! -e hooked");
	forget(&place);
	close_place(&place);
}

static void worktree_add__inside_another_work_tree(void **state)
{
	struct git_case *gc = *state;
	char *inner = stk_fs_join(gc->repo, "inner");
	struct place place;

	git_case_run(gc->repo, "git worktree add -q -b topic inner");
	place = open_place(inner);
	add(&place);
	assert_string_equal(git_case_ask(place.path, "git rev-parse HEAD"), place.first.hex);
	forget(&place);
	assert_string_equal(git_case_ask(gc->repo, "git worktree list | wc -l"), "2");
	assert_string_equal(git_case_ask(inner, "git branch --show-current"), "topic");
	close_place(&place);
	free(inner);
}

static void worktree_add__ends_on_an_interrupt(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);
	struct stk_err err = STK_ERR_INIT;
	atomic_int interrupts = 1;

	assert_int_equal(stk_worktree_add(place.repo, &place.first, place.path, &interrupts, &err),
		STK_E_ABORTED);
	forget(&place);
	git_case_run(gc->repo, "rm -rf work && test ! -e .git/worktrees");
	add(&place); /* nothing is in the way */
	forget(&place);
	close_place(&place);
}

static void worktree_forget__takes_one_that_a_killed_git_left_locked(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);

	add(&place);
	git_case_run(
		gc->repo, "echo initializing > .git/worktrees/tree/locked && rm work/tree/.git");
	forget(&place);
	assert_string_equal(git_case_ask(gc->repo, "git worktree list | wc -l"), "1");
	close_place(&place);
}

static void worktree_forget__takes_one_that_a_killed_git_left_nameless(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);

	git_case_run(gc->repo, "mkdir -p .git/worktrees/tree .git/worktrees/tree1 "
			       ".git/worktrees/treehouse && : > .git/worktrees/tree1/gitdir");
	forget(&place);
	assert_string_equal(git_case_ask(gc->repo, "ls .git/worktrees"), "treehouse");
	close_place(&place);
}

static void worktree_forget__leaves_the_users_own_alone(void **state)
{
	struct git_case *gc = *state;
	struct place place = open_place(gc->repo);

	git_case_run(gc->repo,
		"git worktree add -q -b gone ../gone && rm -r ../gone && git worktree "
		"add -q -b other ../other");
	add(&place);
	forget(&place);
	forget(&place); /* once more is fine */
	assert_string_equal(git_case_ask(gc->repo, "git worktree list | wc -l"), "3");
	close_place(&place);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, git_case_setup, git_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(worktree_add__has_the_commit_and_git_works_in_it),
		CASE(worktree_add__runs_no_hooks_and_no_submodules),
		CASE(worktree_add__inside_another_work_tree),
		CASE(worktree_add__ends_on_an_interrupt),
		CASE(worktree_forget__takes_one_that_a_killed_git_left_locked),
		CASE(worktree_forget__takes_one_that_a_killed_git_left_nameless),
		CASE(worktree_forget__leaves_the_users_own_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
