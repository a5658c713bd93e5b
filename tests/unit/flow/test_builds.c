/* test_builds: both sides of a workflow from its repository: places, record, progress, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/flow/builds.h"
#include "core/flow/session_priv.h"
#include "core/git/range.h"
#include "tests/support/flow_case.h"
#include "tests/support/git_case.h"

#define FLOW(keys)                                                                                 \
	"local stoker = require 'stoker'\nreturn stoker.workflow { name = 'shop', load = { "       \
	"'load.lua', rate = 5 }, service = stoker.service { start = 'exec sleep 600 # {port}', "   \
	"ready_timeout = 1, " keys " } }\n"

/* main and a branch topic that is checked out, in the folder of the workflow */
static int setup(void **state)
{
	void *unused = NULL;
	int rc = flow_case_setup(state);
	struct flow_case *fc = *state;

	git_case_setup(&unused); /* for its settings; its repository is of no use here */
	git_case_teardown(&unused);
	git_case_run(fc->lc.dir,
		"git init -q -b main && echo base > cost && git add cost load.lua && "
		"git commit -q -m one && git checkout -q -b topic && "
		"echo head > cost && git commit -q -a -m two && "
		"printf 'case.lua\\nruns\\n' > .git/info/exclude");
	return rc;
}

static int make(struct flow_case *fc, const char *text)
{
	if (flow_case_open(fc, text) < 0)
		fail_msg("%s", fc->err.msg);
	return stk_builds_make(&fc->session, &fc->err);
}

static void make_good(struct flow_case *fc, const char *text)
{
	if (make(fc, text) < 0)
		fail_msg("%s\n%s", fc->err.msg, fc->err.hint);
}

static void builds_make__each_side_has_its_commit(void **state)
{
	struct flow_case *fc = *state;
	struct stk_builds_place base, head;

	make_good(fc, FLOW("build = 'cp cost {out}/product'"));
	assert_true(stk_builds_place(&fc->session, STK_SIDE_BASE, &base));
	assert_true(stk_builds_place(&fc->session, STK_SIDE_HEAD, &head));
	assert_string_equal(git_case_ask(base.dir, "cat cost"), "base");
	assert_string_equal(git_case_ask(base.out, "cat product"), "base");
	assert_string_equal(git_case_ask(head.out, "cat product"), "head");
	assert_string_equal(head.rev, git_case_ask(fc->lc.dir, "git rev-parse topic"));
	assert_string_equal(fc->run.sides[STK_SIDE_HEAD].revision, head.rev);
	assert_string_equal(fc->run.sides[STK_SIDE_HEAD].ref, "topic");
	assert_string_equal(fc->run.sides[STK_SIDE_BASE].why, "merge base with main");
	assert_string_equal(fc->run.repository.default_branch, "main");
	/* what .stoker/ of the base branch says now counts */
	assert_string_equal(fc->session.rules, git_case_ask(fc->lc.dir, "git rev-parse main"));
	assert_int_equal(fc->run.repository.commits, 1);
	assert_non_null(stk_builds_repo(&fc->session));
	assert_int_equal(stk_builds_range(&fc->session)->commits, 1);
	assert_non_null(strstr(fc->lines.ptr, "(merge base with main) ↔ head"));
	assert_non_null(strstr(
		fc->lines.ptr, "build: base 0.0 s   head\nbuild: base 0.0 s   head 0.0 s\n"));
	stk_builds_release(&fc->session);
	assert_null(stk_builds_repo(&fc->session));
	assert_false(stk_builds_place(&fc->session, STK_SIDE_HEAD, &head));
	assert_string_equal(git_case_ask(fc->lc.dir, "git worktree list | wc -l"), "1");
	assert_string_equal(git_case_ask(fc->lc.dir, "git status --porcelain"), "");
	/* once more: kept */
	stk_buf_clear(&fc->lines);
	assert_int_equal(stk_builds_make(&fc->session, &fc->err), 0);
	assert_non_null(strstr(fc->lines.ptr, "build: base kept   head kept\n"));
}

static void builds_make__the_same_commit_on_purpose(void **state)
{
	struct flow_case *fc = *state;
	struct stk_builds_place base, head;

	if (flow_case_open(fc, FLOW("build = 'echo x >> {out}/product'")) < 0)
		fail_msg("%s", fc->err.msg);
	fc->workflow.base = fc->workflow.head = "topic";
	assert_int_equal(stk_builds_make(&fc->session, &fc->err), 0);
	assert_true(stk_builds_place(&fc->session, STK_SIDE_BASE, &base));
	assert_true(stk_builds_place(&fc->session, STK_SIDE_HEAD, &head));
	assert_string_equal(base.dir, head.dir);
	assert_null(fc->session.rules); /* no branch was asked for */
	assert_string_equal(git_case_ask(head.out, "cat product"), "x"); /* built once */
	assert_non_null(strstr(fc->lines.ptr, "an A/A run"));
}

/* The same folder as a part of a larger repository; base lacks it. */
static void builds_make__a_workflow_below_the_top(void **state)
{
	struct flow_case *fc = *state;
	char *outer = stk_xasprintf("%s-outer", fc->lc.dir), *inner = stk_fs_join(outer, "a/b");
	struct stk_builds_place head;

	assert_int_equal(stk_fs_mkdirs(inner, NULL), 0);
	git_case_run(outer,
		"git init -q -b main && git commit -q --allow-empty -m zero && echo 1 > "
		"a/b/cost && git add . && git commit -q -m one && echo 2 > a/b/cost && "
		"git commit -q -a -m two");
	if (flow_case_open(fc, FLOW("build = 'cp cost {out}/product'")) < 0)
		fail_msg("%s", fc->err.msg);
	fc->workflow.dir = inner;
	fc->workflow.base = "HEAD~1";
	assert_int_equal(stk_builds_make(&fc->session, &fc->err), 0);
	assert_true(stk_builds_place(&fc->session, STK_SIDE_HEAD, &head));
	assert_true(stk_str_ends(stk_str_of(head.dir), "/tree/a/b"));
	assert_string_equal(git_case_ask(head.out, "cat product"), "2");
	stk_builds_release(&fc->session);
	fc->workflow.base = "HEAD~2";
	assert_int_equal(stk_builds_make(&fc->session, &fc->err), STK_E_NOT_FOUND);
	assert_non_null(strstr(fc->err.msg, "has no folder 'a/b'"));
	stk_builds_release(&fc->session);
	fc->workflow.dir = fc->lc.dir;
	assert_int_equal(stk_fs_remove_tree(outer, NULL), 0);
	free(outer);
	free(inner);
}

static void builds_make__tells_of_submodules(void **state)
{
	struct flow_case *fc = *state;

	git_case_run(fc->lc.dir, "git clone -q . runs/inner && git -c protocol.file.allow=always "
				 "submodule --quiet add ./runs/inner sub && git commit -q -m sub");
	make_good(fc, FLOW(""));
	assert_non_null(strstr(fc->lines.ptr, "warn: submodules are not checked out"));
	assert_non_null(strstr(fc->lines.ptr, "git submodule update --init --recursive"));
}

static void builds_make__without_a_repository(void **state)
{
	struct flow_case *fc = *state;

	git_case_run(fc->lc.dir, "rm -r .git && echo 'gitdir: /nowhere' > .git");
	assert_true(make(fc, FLOW("")) < 0);
	stk_builds_release(&fc->session);
	git_case_run(fc->lc.dir, "rm .git");
	assert_int_equal(stk_builds_make(&fc->session, &fc->err), STK_E_NOT_FOUND);
	assert_non_null(strstr(fc->err.msg, "does not lie in a git repository"));
	assert_non_null(strstr(fc->err.hint, "mode = \"idle\""));
}

static void builds_make__nothing_for_sides_by_hand(void **state)
{
	struct flow_case *fc = *state;

	make_good(fc,
		"local stoker = require 'stoker'\nreturn stoker.workflow { load = { 'load.lua', "
		"rate = 5 }, sides = { base = { url = 'http://127.0.0.1:1' }, head = { url = "
		"'http://127.0.0.1:2' } } }\n");
	assert_null(stk_builds_range(&fc->session));
	assert_null(fc->run.sides[STK_SIDE_HEAD].revision);
}

static void session_build_side__shows_the_last_lines(void **state)
{
	struct flow_case *fc = *state;

	assert_int_equal(make(fc, FLOW("build = 'echo no such thing; exit 3'")), STK_E_IO);
	assert_string_equal(fc->err.msg, "service 'base' could not be built: exit status 3");
	assert_string_equal(fc->err.hint, "its last lines:\nno such thing\n");
	stk_builds_release(&fc->session);
	assert_string_equal(git_case_ask(fc->lc.dir, "ls .stoker/work"), "");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(builds_make__each_side_has_its_commit),
		CASE(builds_make__the_same_commit_on_purpose),
		CASE(builds_make__a_workflow_below_the_top),
		CASE(builds_make__tells_of_submodules),
		CASE(builds_make__without_a_repository),
		CASE(builds_make__nothing_for_sides_by_hand),
		CASE(session_build_side__shows_the_last_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
