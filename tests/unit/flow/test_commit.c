/* test_commit: what the record says of the commit that is checked out. */
#include "core/flow/commit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/git_case.h"

static void note(struct stk_run *run, const char *folder)
{
	struct stk_session session = {.run = run};
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(run);
	assert_int_equal(chdir(folder), 0);
	if (stk_session_note_commit(&session, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(chdir("/"), 0);
}

static void commit_note__is_commit_branch_and_changes(void **state)
{
	const struct git_case *gc = *state;
	struct stk_run run;

	note(&run, gc->repo);
	assert_string_equal(
		run.sides[STK_SIDE_HEAD].revision, git_case_ask(gc->repo, "git rev-parse HEAD"));
	assert_string_equal(run.sides[STK_SIDE_HEAD].ref, "main");
	assert_string_equal(run.sides[STK_SIDE_HEAD].why, "checked out here");
	assert_false(run.sides[STK_SIDE_HEAD].dirty);
	assert_null(run.sides[STK_SIDE_BASE].revision);
	stk_run_release(&run);
	git_case_run(gc->repo, "touch new.txt"); /* nothing of the commit's */
	note(&run, gc->repo);
	assert_false(run.sides[STK_SIDE_HEAD].dirty);
	stk_run_release(&run);
	git_case_run(gc->repo, "echo more >> file.txt; git checkout -q --detach");
	note(&run, gc->repo);
	assert_true(run.sides[STK_SIDE_HEAD].dirty);
	assert_null(run.sides[STK_SIDE_HEAD].ref);
	stk_run_release(&run);
}

static void commit_note__is_nothing_without_one(void **state)
{
	const struct git_case *gc = *state;
	struct stk_run run;

	note(&run, gc->dir);
	assert_null(run.sides[STK_SIDE_HEAD].revision);
	stk_run_release(&run);
	git_case_run(gc->dir, "git init -q empty");
	note(&run, git_case_ask(gc->dir, "cd empty && pwd"));
	assert_null(run.sides[STK_SIDE_HEAD].revision);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commit_note__is_commit_branch_and_changes,
			git_case_setup, git_case_teardown),
		cmocka_unit_test_setup_teardown(
			commit_note__is_nothing_without_one, git_case_setup, git_case_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
