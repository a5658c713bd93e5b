/* test_repo: real repositories: names, merge bases, default branches, shallow and filtered clones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/git/repo.h"
#include "tests/support/git_case.h"

static struct stk_repo *open_repo(const char *path)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	if (stk_repo_open(path, &repo, &err) < 0)
		fail_msg("%s", err.msg);
	return repo;
}

static struct stk_repo *open_in(const struct git_case *gc, const char *name)
{
	char *path = stk_fs_join(gc->dir, name);
	struct stk_repo *repo = open_repo(path);

	free(path);
	return repo;
}

static void check_resolves(struct stk_repo *repo, const char *rev, const char *want)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id id;

	if (stk_repo_resolve(repo, rev, &id, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(id.hex, want);
}

static void repo_open__finds_it_from_a_folder_inside(void **state)
{
	struct git_case *gc = *state;
	char *inside = stk_fs_join(gc->repo, "sub/deep");
	struct stk_repo *repo = open_repo(inside);

	assert_string_equal(stk_repo_workdir(repo), git_case_ask(gc->repo, "pwd -P"));
	assert_true(stk_str_ends(stk_str_of(stk_repo_gitdir(repo)), "/repo/.git"));
	assert_string_equal(stk_repo_commondir(repo), stk_repo_gitdir(repo));
	assert_false(stk_repo_is_shallow(repo));
	assert_false(stk_repo_is_filtered(repo));
	stk_repo_free(repo);
	free(inside);
}

static void repo_open__says_that_there_is_none(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	assert_int_equal(stk_repo_open(gc->dir, &repo, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "does not lie in a git repository"));
	assert_null(repo);
}

static void repo_open__a_linked_work_tree_shares_what_is_common(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo;

	git_case_run(gc->repo, "git worktree add -q inner -b topic");
	repo = open_in(gc, "repo/inner");
	assert_true(stk_str_ends(stk_str_of(stk_repo_workdir(repo)), "/repo/inner"));
	assert_true(stk_str_ends(stk_str_of(stk_repo_gitdir(repo)), "/.git/worktrees/inner"));
	assert_true(stk_str_ends(stk_str_of(stk_repo_commondir(repo)), "/repo/.git"));
	stk_repo_free(repo);
}

static void repo_resolve__takes_what_people_write(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	const char *first = git_case_ask(gc->repo, "git rev-parse HEAD~1");

	git_case_run(gc->repo, "git tag -a v1 -m v1 HEAD~1");
	check_resolves(repo, "HEAD~1", first);
	check_resolves(repo, "v1", first); /* an annotated tag is looked through */
	check_resolves(repo, first, first);
	check_resolves(repo, git_case_ask(gc->repo, "git rev-parse --short=8 HEAD~1"), first);
	stk_repo_free(repo);
}

static void repo_resolve__a_branch_that_only_the_remote_has(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo;

	git_case_run(gc->dir, "git clone -q repo clone && cd clone && git checkout -q -b topic && "
			      "git branch -q -D main");
	repo = open_in(gc, "clone");
	check_resolves(repo, "main", git_case_ask(gc->repo, "git rev-parse HEAD"));
	stk_repo_free(repo);
}

static void repo_resolve__says_what_to_fetch(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id id;
	struct stk_repo *repo;

	git_case_run(gc->dir, "git clone -q repo clone");
	repo = open_in(gc, "clone");
	assert_int_equal(stk_repo_resolve(repo, "v9", &id, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "no commit 'v9' in this repository");
	assert_non_null(strstr(err.hint, "git fetch origin v9"));
	assert_int_equal(stk_repo_resolve(repo, "--help", &id, &err), STK_E_NOT_FOUND);
	stk_repo_free(repo);
}

static void repo_head__branch_detached_and_unborn(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_repo_id id;
	char *branch = NULL;

	assert_int_equal(stk_repo_head(repo, &id, &branch, &err), 0);
	assert_string_equal(branch, "main");
	assert_string_equal(id.hex, git_case_ask(gc->repo, "git rev-parse HEAD"));
	free(branch);
	git_case_run(gc->repo, "git checkout -q --detach HEAD~1");
	assert_int_equal(stk_repo_head(repo, &id, &branch, &err), 0);
	assert_null(branch);
	assert_string_equal(id.hex, git_case_ask(gc->repo, "git rev-parse main~1"));
	git_case_run(gc->repo, "git checkout -q --orphan empty");
	assert_int_equal(stk_repo_head(repo, &id, &branch, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "this repository has no commit yet");
	stk_repo_free(repo);
}

static void check_default(struct stk_repo *repo, const char *name, const char *ref)
{
	struct stk_err err = STK_ERR_INIT;
	char *found = NULL, *found_ref = NULL;

	if (stk_repo_default_branch(repo, &found, &found_ref, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(found, name);
	assert_string_equal(found_ref, ref);
	free(found);
	free(found_ref);
}

static void repo_default_branch__remote_head_then_names_then_setting(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_err err = STK_ERR_INIT;
	char *name = NULL, *ref = NULL;

	check_default(repo, "main", "refs/heads/main");
	git_case_run(gc->repo, "git branch -q -m main trunk");
	assert_int_equal(stk_repo_default_branch(repo, &name, &ref, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.hint, "--base"));
	git_case_run(gc->repo, "git config init.defaultBranch trunk");
	check_default(repo, "trunk", "refs/heads/trunk");
	stk_repo_free(repo);
	/* what it was cloned as wins, also when a main was added later */
	git_case_run(gc->dir, "git -C repo branch main && git clone -q repo clone");
	repo = open_in(gc, "clone");
	check_default(repo, "trunk", "refs/remotes/origin/trunk");
	git_case_run(gc->dir, "git -C clone remote set-head origin -d");
	check_default(repo, "main", "refs/remotes/origin/main");
	stk_repo_free(repo);
}

static void check_base(struct stk_repo *repo, const char *a, const char *b, const char *want)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id one, other, base;

	assert_int_equal(stk_repo_resolve(repo, a, &one, &err), 0);
	assert_int_equal(stk_repo_resolve(repo, b, &other, &err), 0);
	if (stk_repo_merge_base(repo, &one, &other, &base, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(base.hex, want);
}

static void check_count(struct stk_repo *repo, const char *base, const char *head, int64_t want)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id from, to;
	int64_t count = -1;

	assert_int_equal(stk_repo_resolve(repo, base, &from, &err), 0);
	assert_int_equal(stk_repo_resolve(repo, head, &to, &err), 0);
	if (stk_repo_count_commits(repo, &from, &to, &count, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(count, want);
}

/* topic left main at its second commit and has three of its own; main went on. */
static void make_topic(const struct git_case *gc)
{
	git_case_run(gc->repo, "git checkout -q -b topic && for i in 1 2 3; do "
			       "echo $i > t && git add t && git commit -q -m t$i; done && "
			       "git checkout -q main && echo m > m && git add m && "
			       "git commit -q -m three");
}

static void repo_merge_base__is_gits_own(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);

	make_topic(gc);
	check_base(repo, "main", "topic", git_case_ask(gc->repo, "git merge-base main topic"));
	check_base(repo, "topic~1", "topic", git_case_ask(gc->repo, "git rev-parse topic~1"));
	check_count(repo, "main", "topic", 3);
	check_count(repo, "topic", "main", 1);
	check_count(repo, "topic", "topic", 0);
	stk_repo_free(repo);
}

static void repo_merge_base__unrelated_histories(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id one, other, base;
	struct stk_repo *repo = open_repo(gc->repo);

	git_case_run(gc->repo, "git checkout -q --orphan alien && git commit -q -m alien");
	assert_int_equal(stk_repo_resolve(repo, "main", &one, &err), 0);
	assert_int_equal(stk_repo_resolve(repo, "alien", &other, &err), 0);
	assert_int_equal(stk_repo_merge_base(repo, &one, &other, &base, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "have no common ancestor"));
	assert_null(strstr(err.hint, "fetch-depth"));
	stk_repo_free(repo);
}

static void repo_merge_base__a_shallow_clone_names_fetch_depth(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id one, other, base;
	struct stk_repo *repo;

	make_topic(gc);
	git_case_run(gc->dir, "git clone -q --depth 1 --no-single-branch file://$PWD/repo shallow");
	repo = open_in(gc, "shallow");
	assert_true(stk_repo_is_shallow(repo));
	assert_int_equal(stk_repo_resolve(repo, "main", &one, &err), 0);
	assert_int_equal(stk_repo_resolve(repo, "topic", &other, &err), 0);
	assert_int_equal(stk_repo_merge_base(repo, &one, &other, &base, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "in this shallow clone"));
	assert_non_null(strstr(err.hint, "fetch-depth: 0"));
	assert_non_null(strstr(err.hint, "git fetch --unshallow"));
	assert_int_equal(stk_repo_resolve(repo, "main~1", &base, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.hint, "fetch-depth: 0"));
	stk_repo_free(repo);
	/* deep enough is deep enough */
	git_case_run(gc->dir, "git -C shallow fetch -q --depth 3 origin");
	repo = open_in(gc, "shallow");
	git_case_run(gc->dir, "git -C shallow fetch -q --depth 4 origin");
	check_base(repo, "main", "topic", git_case_ask(gc->repo, "git merge-base main topic"));
	check_count(repo, "main", "topic", 3);
	stk_repo_free(repo);
}

static void repo_open__a_filtered_clone_is_read_and_filled(void **state)
{
	struct git_case *gc = *state;
	const char *const filters[] = {"blob:none", "tree:0"};
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo_id head;

	make_topic(gc);
	git_case_run(gc->repo, "git config uploadpack.allowFilter true && git config "
			       "uploadpack.allowAnySHA1InWant true");
	for (size_t i = 0; i < 2; i++) {
		char *clone = stk_xasprintf("git clone -q --no-checkout --filter=%s "
					    "file://$PWD/repo filtered%zu",
			filters[i], i);
		char *name = stk_xasprintf("filtered%zu", i);
		struct stk_repo *repo;

		git_case_run(gc->dir, clone);
		repo = open_in(gc, name);
		assert_true(stk_repo_is_filtered(repo));
		check_base(
			repo, "main", "topic", git_case_ask(gc->repo, "git merge-base main topic"));
		assert_int_equal(stk_repo_resolve(repo, "main", &head, &err), 0);
		assert_int_equal(stk_repo_has_path(repo, &head, "sub/deep/new.txt", &err), 1);
		assert_int_equal(stk_repo_has_path(repo, &head, "sub/none", &err), 0);
		stk_repo_free(repo);
		free(clone);
		free(name);
	}
}

static void repo_has_path__files_folders_and_the_root(void **state)
{
	struct git_case *gc = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = open_repo(gc->repo);
	struct stk_repo_id id;

	assert_int_equal(stk_repo_resolve(repo, "HEAD~1", &id, &err), 0);
	assert_int_equal(stk_repo_has_path(repo, &id, "", &err), 1);
	assert_int_equal(stk_repo_has_path(repo, &id, "file.txt", &err), 1);
	assert_int_equal(stk_repo_has_path(repo, &id, "sub", &err), 0);
	assert_int_equal(stk_repo_has_path(repo, &id, "file.txt/x", &err), 0);
	assert_int_equal(stk_repo_resolve(repo, "HEAD", &id, &err), 0);
	assert_int_equal(stk_repo_has_path(repo, &id, "sub/deep", &err), 1);
	stk_repo_free(repo);
}

static void repo_strip_url__takes_user_and_password_away(void **state)
{
	static const char *const cases[][2] = {
		{"https://x-access-token:ghs_abc@github.com/a/b.git", "https://github.com/a/b.git"},
		{"https://me@example.org/a?b=c@d", "https://example.org/a?b=c@d"},
		{"https://a:p@ss@example.org/b", "https://example.org/b"},
		{"https://github.com/a/b@c", "https://github.com/a/b@c"},
		{"git@github.com:a/b.git", "git@github.com:a/b.git"},
		{"ssh://git@example.org:22/a", "ssh://example.org:22/a"},
		{"/srv/git/a.git", "/srv/git/a.git"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *got = stk_repo_strip_url(cases[i][0]);
		assert_string_equal(got, cases[i][1]);
		free(got);
	}
}

static void repo_remote_url__origin_first_none_is_null(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_repo(gc->repo);
	char *url;

	assert_null(stk_repo_remote_url(repo));
	git_case_run(gc->repo, "git remote add fork https://example.org/fork && "
			       "git remote add origin https://u:p@example.org/own");
	url = stk_repo_remote_url(repo);
	assert_string_equal(url, "https://example.org/own");
	free(url);
	stk_repo_free(repo);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, git_case_setup, git_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(repo_open__finds_it_from_a_folder_inside),
		CASE(repo_open__says_that_there_is_none),
		CASE(repo_open__a_linked_work_tree_shares_what_is_common),
		CASE(repo_open__a_filtered_clone_is_read_and_filled),
		CASE(repo_resolve__takes_what_people_write),
		CASE(repo_resolve__a_branch_that_only_the_remote_has),
		CASE(repo_resolve__says_what_to_fetch),
		CASE(repo_head__branch_detached_and_unborn),
		CASE(repo_default_branch__remote_head_then_names_then_setting),
		CASE(repo_merge_base__is_gits_own),
		CASE(repo_merge_base__unrelated_histories),
		CASE(repo_merge_base__a_shallow_clone_names_fetch_depth),
		CASE(repo_has_path__files_folders_and_the_root),
		CASE(repo_strip_url__takes_user_and_password_away),
		CASE(repo_remote_url__origin_first_none_is_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
