/* test_range: base and head as people and CI systems would have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/git/range.h"
#include "tests/support/git_case.h"

/* topic left main at its second commit and has two of its own; main went on; topic is checked out
 */
static struct stk_repo *open_topic(const struct git_case *gc)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	git_case_run(gc->repo,
		"git checkout -q -b topic && for i in 1 2; do echo $i > t && git add t "
		"&& git commit -q -m t$i; done && git checkout -q main && echo m > m "
		"&& git add m && git commit -q -m three && git checkout -q topic");
	assert_int_equal(stk_repo_open(gc->repo, &repo, &err), 0);
	return repo;
}

struct asked {
	const char *base, *head;
	const char *const *variables;
};

static int choose(struct stk_repo *repo, const struct asked *asked, struct stk_range *out,
	struct stk_err *err)
{
	static const char *const none[] = {NULL};
	struct stk_env env = {.environ_ = asked->variables ? asked->variables : none};
	struct stk_range_opts opts = {&env, asked->base, asked->head, "--base"};

	return stk_range_choose(repo, &opts, out, err);
}

static struct stk_range chosen(struct stk_repo *repo, struct asked asked)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_range range;

	if (choose(repo, &asked, &range, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.hint);
	return range;
}

static void check_end(const struct stk_range *range, int end, const char *id, const char *why)
{
	assert_string_equal(range->ends[end].id.hex, id);
	assert_string_equal(range->ends[end].why, why);
}

static void range_choose__merge_base_with_the_default_branch(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_range range = chosen(repo, (struct asked){NULL, NULL, NULL});

	check_end(&range, STK_RANGE_BASE, git_case_ask(gc->repo, "git rev-parse main~1"),
		"merge base with main");
	check_end(&range, STK_RANGE_HEAD, git_case_ask(gc->repo, "git rev-parse topic"), "HEAD");
	assert_string_equal(range.ends[STK_RANGE_HEAD].ref, "topic");
	assert_string_equal(range.default_branch, "main");
	assert_int_equal(range.commits, 2);
	assert_string_equal(
		range.branch.hex, git_case_ask(gc->repo, "git rev-parse main")); /* moved on */
	assert_false(range.is_snapshot);
	assert_null(range.remote);
	stk_range_release(&range);
	stk_repo_free(repo);
}

static void range_choose__what_was_asked_for(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_range range = chosen(repo, (struct asked){"main", "topic~1", NULL});

	check_end(&range, STK_RANGE_BASE, git_case_ask(gc->repo, "git rev-parse main"),
		"--base main");
	check_end(&range, STK_RANGE_HEAD, git_case_ask(gc->repo, "git rev-parse topic~1"),
		"--head topic~1");
	assert_string_equal(range.branch.hex, "");
	stk_range_release(&range);
	range = chosen(repo, (struct asked){"merge-base:main", NULL, NULL});
	check_end(&range, STK_RANGE_BASE, git_case_ask(gc->repo, "git rev-parse main~1"),
		"merge base with main");
	stk_range_release(&range);
	stk_repo_free(repo);
}

static void range_choose__changes_of_the_working_tree_are_head(void **state)
{
	const char *const ci[] = {"CI=true", NULL};
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_range range;

	git_case_run(gc->repo, "echo more >> t; echo new > n");
	range = chosen(repo, (struct asked){NULL, NULL, NULL});
	assert_true(range.is_snapshot);
	assert_int_equal(range.dirty.tracked, 1);
	assert_int_equal(range.dirty.untracked, 1);
	assert_string_equal(range.ends[STK_RANGE_HEAD].commit.hex,
		git_case_ask(gc->repo, "git rev-parse HEAD"));
	assert_string_not_equal(
		range.ends[STK_RANGE_HEAD].id.hex, range.ends[STK_RANGE_HEAD].commit.hex);
	stk_range_release(&range);
	/* on the default branch the last commit is the base */
	git_case_run(gc->repo, "git checkout -q -- t && git checkout -q main && echo x >> m");
	range = chosen(repo, (struct asked){NULL, NULL, NULL});
	assert_true(range.is_snapshot);
	check_end(&range, STK_RANGE_BASE, git_case_ask(gc->repo, "git rev-parse main"),
		"merge base with main");
	stk_range_release(&range);
	/* CI builds commits */
	git_case_run(gc->repo, "git checkout -q -- m && git checkout -q topic && echo x >> t");
	range = chosen(repo, (struct asked){NULL, NULL, ci});
	assert_false(range.is_snapshot);
	assert_int_equal(range.dirty.tracked, 1);
	check_end(&range, STK_RANGE_HEAD, git_case_ask(gc->repo, "git rev-parse topic"), "HEAD");
	stk_range_release(&range);
	stk_repo_free(repo);
}

static void range_choose__a_detached_head(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_range range;

	git_case_run(gc->repo, "git checkout -q --detach topic~1");
	range = chosen(repo, (struct asked){NULL, NULL, NULL});
	check_end(&range, STK_RANGE_HEAD, git_case_ask(gc->repo, "git rev-parse topic~1"), "HEAD");
	assert_null(range.ends[STK_RANGE_HEAD].ref);
	stk_range_release(&range);
	stk_repo_free(repo);
}

static void range_choose__same_commit_is_refused_unless_asked_for(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_err err = STK_ERR_INIT;
	struct stk_range range;

	git_case_run(gc->repo, "git checkout -q main");
	assert_int_equal(
		choose(repo, &(struct asked){NULL, NULL, NULL}, &range, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "base and head are the same commit"));
	assert_non_null(strstr(err.msg, "merge base with main"));
	assert_non_null(strstr(err.hint, "--base HEAD~1"));
	range = chosen(repo, (struct asked){"HEAD", "HEAD", NULL});
	assert_true(range.is_same);
	stk_range_release(&range);
	stk_repo_free(repo);
}

/* The checkout of a pull_request event: the test merge of topic into main, detached. */
static void range_choose__head_of_a_pull_request_not_its_test_merge(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	char event[1000], *path = stk_fs_join(gc->dir, "event.json"), variable[1000];
	const char *const variables[] = {"CI=true", "GITHUB_ACTIONS=true", variable, NULL};
	struct stk_err err = STK_ERR_INIT;
	struct stk_range range;

	git_case_run(gc->repo, "git checkout -q --detach main && git merge -q -m merge topic");
	(void)snprintf(event, sizeof event,
		"{\"pull_request\":{\"number\":7,\"base\":{\"sha\":\"%s\",\"ref\":\"main\"},"
		"\"head\":{\"sha\":\"%s\",\"ref\":\"topic\"}}}",
		git_case_ask(gc->repo, "git rev-parse main"),
		git_case_ask(gc->repo, "git rev-parse topic"));
	assert_int_equal(stk_fs_write(path, stk_str_of(event), &err), 0);
	(void)snprintf(variable, sizeof variable, "GITHUB_EVENT_PATH=%s", path);
	range = chosen(repo, (struct asked){NULL, NULL, variables});
	check_end(&range, STK_RANGE_BASE, git_case_ask(gc->repo, "git rev-parse main~1"),
		"merge base with main");
	check_end(&range, STK_RANGE_HEAD, git_case_ask(gc->repo, "git rev-parse topic"),
		"head of request #7");
	assert_string_equal(range.ends[STK_RANGE_HEAD].ref, "topic");
	stk_range_release(&range);
	/* as actions/checkout makes it without fetch-depth: 0 */
	git_case_run(gc->dir,
		"cd repo && git branch -q merged && cd .. && git clone -q --depth 1 -b "
		"merged file://$PWD/repo shallow");
	stk_repo_free(repo);
	assert_int_equal(stk_repo_open(git_case_ask(gc->dir, "cd shallow && pwd"), &repo, &err), 0);
	assert_int_equal(choose(repo, &(struct asked){NULL, NULL, variables}, &range, &err),
		STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "head of request #7: no commit"));
	assert_non_null(strstr(err.hint, "fetch-depth: 0"));
	stk_repo_free(repo);
	free(path);
}

static void range_choose__a_shallow_clone_of_a_branch(void **state)
{
	struct git_case *gc = *state;
	struct stk_repo *repo = open_topic(gc);
	struct stk_err err = STK_ERR_INIT;
	struct stk_range range;

	stk_repo_free(repo);
	git_case_run(gc->dir, "git -C repo checkout -q main && git clone -q --depth 1 "
			      "--no-single-branch -b topic file://$PWD/repo "
			      "shallow");
	assert_int_equal(stk_repo_open(git_case_ask(gc->dir, "cd shallow && pwd"), &repo, &err), 0);
	assert_int_equal(
		choose(repo, &(struct asked){NULL, NULL, NULL}, &range, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "merge base with"));
	assert_non_null(strstr(err.hint, "fetch-depth: 0"));
	stk_repo_free(repo);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, git_case_setup, git_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(range_choose__merge_base_with_the_default_branch),
		CASE(range_choose__what_was_asked_for),
		CASE(range_choose__changes_of_the_working_tree_are_head),
		CASE(range_choose__a_detached_head),
		CASE(range_choose__same_commit_is_refused_unless_asked_for),
		CASE(range_choose__head_of_a_pull_request_not_its_test_merge),
		CASE(range_choose__a_shallow_clone_of_a_branch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
