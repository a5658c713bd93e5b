/* test_checkout: work trees and builds of commits: made, kept, shared, locked, swept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/service/checkout_priv.h"
#include "tests/support/git_case.h"

struct place {
	struct git_case *gc;
	struct stk_repo *repo;
	char *root;
	struct stk_repo_id first, second;
};

static int set_up(void **state)
{
	struct place *place = stk_xcalloc(1, sizeof *place);
	void *gc = NULL;

	git_case_setup(&gc);
	place->gc = gc;
	assert_int_equal(stk_repo_open(place->gc->repo, &place->repo, NULL), 0);
	assert_int_equal(stk_repo_resolve(place->repo, "HEAD~1", &place->first, NULL), 0);
	assert_int_equal(stk_repo_resolve(place->repo, "HEAD", &place->second, NULL), 0);
	place->root = stk_fs_join(stk_repo_workdir(place->repo), ".stoker/work");
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	void *gc = place->gc;

	stk_repo_free(place->repo);
	free(place->root);
	free(place);
	return git_case_teardown(&gc);
}

static struct stk_checkout_opts opts_of(struct place *place)
{
	return (struct stk_checkout_opts){.repo = place->repo,
		.commit = &place->second,
		.root = place->root,
		.subdir = "",
		.key = 1,
		.has_build = true,
		.clock = stk_clock_system()};
}

static struct stk_checkout *open_checkout(const struct stk_checkout_opts *opts)
{
	struct stk_checkout *checkout = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_checkout_open(opts, &checkout, &err) < 0)
		fail_msg("%s", err.msg);
	return checkout;
}

/* Open, put a file where a build would, close. */
static void build(const struct stk_checkout_opts *opts)
{
	struct stk_checkout *checkout = open_checkout(opts);
	const char *to = opts->keeps_tree ? stk_checkout_dir(checkout) : stk_checkout_out(checkout);

	assert_false(stk_checkout_is_built(checkout));
	git_case_run(to, "echo made > product");
	assert_int_equal(stk_checkout_set_built(checkout, NULL), 0);
	stk_checkout_close(checkout);
}

static const char *folders(struct place *place)
{
	return git_case_ask(place->root, "ls -d */ 2>/dev/null | wc -l");
}

static void check_repo_is_as_before(struct place *place)
{
	assert_string_equal(git_case_ask(place->gc->repo, "git worktree list | wc -l"), "1");
	assert_string_equal(git_case_ask(place->gc->repo, "git status --porcelain"), "");
	assert_string_equal(git_case_ask(place->gc->repo, "git branch --list"), "* main");
}

static void checkout_open__a_tree_that_is_built_once(void **state)
{
	struct stk_checkout_opts opts = opts_of(*state);
	struct stk_checkout *checkout;

	build(&opts);
	check_repo_is_as_before(*state);
	checkout = open_checkout(&opts);
	assert_true(stk_checkout_is_built(checkout));
	assert_string_equal(git_case_ask(stk_checkout_out(checkout), "cat product"), "made");
	assert_string_equal(git_case_ask(stk_checkout_dir(checkout), "cat file.txt"), "one");
	stk_checkout_close(checkout);
	opts.rebuild = true;
	checkout = open_checkout(&opts);
	assert_false(stk_checkout_is_built(checkout));
	git_case_run(stk_checkout_out(checkout), "test ! -e product");
	stk_checkout_close(checkout);
	opts.rebuild = false;
	opts.key = 2; /* another build command */
	build(&opts);
	check_repo_is_as_before(*state);
}

static void checkout_open__a_build_that_writes_into_the_tree_keeps_it(void **state)
{
	struct stk_checkout_opts opts = opts_of(*state);
	struct stk_checkout *checkout;

	opts.keeps_tree = true;
	build(&opts);
	check_repo_is_as_before(*state);
	checkout = open_checkout(&opts);
	assert_true(stk_checkout_is_built(checkout));
	assert_string_equal(git_case_ask(stk_checkout_dir(checkout), "cat product"), "made");
	stk_checkout_close(checkout);
}

static void checkout_close__keeps_nothing_that_was_not_built(void **state)
{
	struct place *place = *state;
	struct stk_checkout_opts opts = opts_of(place);

	stk_checkout_close(open_checkout(&opts)); /* the build failed */
	assert_string_equal(git_case_ask(place->root, "ls"), "");
	opts.has_build = false;
	stk_checkout_close(open_checkout(&opts));
	assert_string_equal(git_case_ask(place->root, "ls"), "");
	check_repo_is_as_before(place);
}

static void checkout_open__the_folder_of_the_workflow(void **state)
{
	struct place *place = *state;
	struct stk_checkout_opts opts = opts_of(place);
	struct stk_checkout *checkout;
	struct stk_err err = STK_ERR_INIT;

	opts.subdir = "sub/deep";
	checkout = open_checkout(&opts);
	assert_string_equal(git_case_ask(stk_checkout_dir(checkout), "ls"), "new.txt");
	stk_checkout_close(checkout);
	opts.commit = &place->first;
	assert_int_equal(stk_checkout_open(&opts, &checkout, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "has no folder 'sub/deep'"));
}

static void checkout_open__two_may_run_what_is_built(void **state)
{
	struct stk_checkout_opts opts = opts_of(*state);
	struct stk_checkout *one, *other;

	build(&opts);
	one = open_checkout(&opts);
	other = open_checkout(&opts);
	assert_true(stk_checkout_is_built(other));
	stk_checkout_close(one);
	assert_string_equal(git_case_ask(stk_checkout_dir(other), "cat file.txt"), "one");
	assert_string_equal(
		git_case_ask(((struct place *)*state)->gc->repo, "git worktree list | wc -l"), "2");
	stk_checkout_close(other);
	check_repo_is_as_before(*state);
}

static void interrupt(const char *text, void *ctx)
{
	assert_non_null(strstr(text, "waiting for another stoker"));
	atomic_store((atomic_int *)ctx, 1);
}

static void checkout_open__waits_for_who_builds(void **state)
{
	struct stk_checkout_opts opts = opts_of(*state);
	struct stk_checkout *builder = open_checkout(&opts), *second = NULL;
	struct stk_err err = STK_ERR_INIT;
	atomic_int interrupts = 0;

	opts.interrupts = &interrupts;
	opts.waits = interrupt;
	opts.waits_ctx = &interrupts;
	assert_int_equal(stk_checkout_open(&opts, &second, &err), STK_E_ABORTED);
	git_case_run(stk_checkout_dir(builder), "test -e file.txt");
	assert_int_equal(stk_checkout_set_built(builder, &err), 0);
	interrupts = 0;
	second = open_checkout(&opts); /* no wait any more */
	stk_checkout_close(second);
	stk_checkout_close(builder);
	check_repo_is_as_before(*state);
}

static void checkout_sweep__removes_what_a_killed_run_left(void **state)
{
	struct place *place = *state;
	struct stk_checkout_opts opts = opts_of(place);
	pid_t pid = fork();

	if (pid == 0) {
		(void)!open_checkout(&opts);
		_exit(0); /* nothing is closed properly */
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_string_equal(git_case_ask(place->gc->repo, "git worktree list | wc -l"), "2");
	opts.commit = &place->first;
	stk_checkout_close(open_checkout(&opts));
	check_repo_is_as_before(place);
	assert_string_equal(git_case_ask(place->root, "ls"), "");
}

static void checkout_sweep__keeps_the_last_used(void **state)
{
	struct place *place = *state;
	struct stk_checkout_opts opts = opts_of(place);
	struct stk_checkout *checkout;

	for (unsigned key = 1; key <= STK_CHECKOUT_KEPT + 2; key++) {
		opts.key = key;
		build(&opts);
	}
	assert_string_equal(folders(place), "7"); /* six, and the one that was in use */
	opts.key = 2;
	checkout = open_checkout(&opts);
	assert_false(stk_checkout_is_built(checkout));
	stk_checkout_close(checkout);
	opts.key = 3;
	checkout = open_checkout(&opts); /* now it is the last used */
	assert_true(stk_checkout_is_built(checkout));
	stk_checkout_close(checkout);
	assert_int_equal(stk_checkout_sweep(place->repo, place->root, 2, NULL), 0);
	assert_string_equal(folders(place), "2");
	assert_string_equal(git_case_ask(place->root, "ls *.lock | wc -l"), "2");
	checkout = open_checkout(&opts);
	assert_true(stk_checkout_is_built(checkout));
	stk_checkout_close(checkout);
}

static void checkout_sweep__leaves_what_is_in_use(void **state)
{
	struct place *place = *state;
	struct stk_checkout_opts opts = opts_of(place);
	struct stk_checkout *checkout = open_checkout(&opts);

	assert_int_equal(stk_checkout_sweep(place->repo, place->root, 0, NULL), 0);
	git_case_run(stk_checkout_dir(checkout), "test -e file.txt && git rev-parse HEAD");
	stk_checkout_close(checkout);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(checkout_open__a_tree_that_is_built_once),
		CASE(checkout_open__a_build_that_writes_into_the_tree_keeps_it),
		CASE(checkout_close__keeps_nothing_that_was_not_built),
		CASE(checkout_open__the_folder_of_the_workflow),
		CASE(checkout_open__two_may_run_what_is_built),
		CASE(checkout_open__waits_for_who_builds),
		CASE(checkout_sweep__removes_what_a_killed_run_left),
		CASE(checkout_sweep__keeps_the_last_used),
		CASE(checkout_sweep__leaves_what_is_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
