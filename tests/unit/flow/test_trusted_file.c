/* test_trusted_file: the base's word counts, one's own counts too, the change's does not. */
#include "core/flow/trusted_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/git_case.h"

#define NAME ".stoker/accepted.json"

static int setup(void **state)
{
	const struct git_case *gc;
	int rc = git_case_setup(state);

	gc = *state;
	if (rc != 0 || chdir(gc->repo) != 0)
		return -1;
	git_case_run(gc->repo, "mkdir .stoker && echo base > " NAME
			       " && git add -A && git commit -qm base && git tag base-was-here && "
			       "echo change > " NAME " && git commit -qam change");
	return 0;
}

static int teardown(void **state)
{
	return chdir("/") == 0 ? git_case_teardown(state) : -1;
}

static int read_trusted(const char *base, const char *rules, struct stk_buf *text)
{
	struct stk_run run;
	struct stk_session session = {.run = &run, .rules = rules};
	int rc;

	stk_run_init(&run);
	run.sides[STK_SIDE_BASE].revision = base;
	stk_buf_clear(text);
	rc = stk_trusted_file_read(&session, NAME, text, NULL);
	stk_run_release(&run);
	return rc;
}

static void trusted_file_read__is_what_the_base_says(void **state)
{
	struct stk_buf text = STK_BUF_INIT(1 << 20);

	(void)state;
	assert_int_equal(read_trusted("base-was-here", NULL, &text), 1);
	assert_string_equal(text.ptr, "base\n");
	assert_int_equal(read_trusted("base-was-here~1", NULL, &text), 0);
	assert_int_equal(text.len, 0);
	assert_true(read_trusted("0123456789", NULL, &text) < 0);
	assert_int_equal(read_trusted(NULL, NULL, &text), 1); /* no base: as it lies here */
	assert_string_equal(text.ptr, "change\n");
	stk_buf_release(&text);
}

/* What was accepted after the branch was made holds for it as well. */
static void trusted_file_read__is_what_the_base_branch_says_now(void **state)
{
	const struct git_case *gc = *state;
	struct stk_buf text = STK_BUF_INIT(1 << 20);

	git_case_run(gc->repo, "git checkout -q -b trunk base-was-here && echo accepted > " NAME
			       " && git commit -qam accept && git checkout -q -");
	assert_int_equal(read_trusted("base-was-here", "trunk", &text), 1);
	assert_string_equal(text.ptr, "accepted\n");
	stk_buf_release(&text);
}

static void trusted_file_read_local__is_not_what_the_change_brings(void **state)
{
	const struct git_case *gc = *state;
	struct stk_buf text = STK_BUF_INIT(1 << 20);

	assert_int_equal(stk_trusted_file_read_local(NAME, &text, NULL), 0);
	assert_int_equal(text.len, 0);
	git_case_run(gc->repo, "echo here > " NAME);
	assert_int_equal(stk_trusted_file_read_local(NAME, &text, NULL), 1);
	assert_string_equal(text.ptr, "here\n");
	stk_buf_clear(&text);
	git_case_run(gc->repo, "rm " NAME);
	assert_int_equal(stk_trusted_file_read_local(NAME, &text, NULL), 0);
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			trusted_file_read__is_what_the_base_says, setup, teardown),
		cmocka_unit_test_setup_teardown(
			trusted_file_read__is_what_the_base_branch_says_now, setup, teardown),
		cmocka_unit_test_setup_teardown(
			trusted_file_read_local__is_not_what_the_change_brings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
