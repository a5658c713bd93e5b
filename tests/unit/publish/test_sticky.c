/* test_sticky: which of two runs is the newer one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/publish/sticky.h"

#define NOW_NS (INT64_C(1795358285) * STK_NS_PER_S)

static struct stk_comment_marker marker(const char *sha, const char *run, int64_t at_ns)
{
	struct stk_comment_marker out = {.at_ns = at_ns};

	memcpy(out.sha, sha, strlen(sha));
	memcpy(out.run, run, strlen(run));
	return out;
}

static void sticky_is_newer__goes_by_the_start(void **state)
{
	struct stk_comment_marker old = marker("", "a", NOW_NS - 60 * STK_NS_PER_S);
	struct stk_comment_marker new = marker("", "b", NOW_NS);
	struct stk_comment_marker twin = marker("", "c", NOW_NS);
	struct stk_comment_marker unknown = marker("", "", 0);

	(void)state;
	assert_true(stk_sticky_is_newer(&new, &old, NULL, NOW_NS));
	assert_false(stk_sticky_is_newer(&old, &new, NULL, NOW_NS));
	assert_false(stk_sticky_is_newer(&new, &new, NULL, NOW_NS));
	assert_true(stk_sticky_is_newer(&twin, &new, NULL, NOW_NS)); /* both see it alike */
	assert_false(stk_sticky_is_newer(&new, &twin, NULL, NOW_NS));
	assert_false(stk_sticky_is_newer(&unknown, &old, NULL, NOW_NS));
}

static void sticky_is_newer__prefers_the_commit_that_is_the_head(void **state)
{
	struct stk_comment_marker head = marker("aaaaaaa", "1", NOW_NS - 60 * STK_NS_PER_S);
	struct stk_comment_marker rerun = marker("bbbbbbb", "2", NOW_NS);

	(void)state;
	/* a run of an older commit that was started again stays behind */
	assert_true(stk_sticky_is_newer(&head, &rerun, "aaaaaaa", NOW_NS));
	assert_false(stk_sticky_is_newer(&rerun, &head, "aaaaaaa", NOW_NS));
	assert_true(stk_sticky_is_newer(&rerun, &head, "ccccccc", NOW_NS));
}

static void sticky_is_newer__believes_no_future(void **state)
{
	struct stk_comment_marker liar = marker("", "x", NOW_NS * 2);
	struct stk_comment_marker ours = marker("", "a", NOW_NS);
	struct stk_comment_marker near = marker("", "b", NOW_NS + 300 * STK_NS_PER_S);

	(void)state;
	assert_false(stk_sticky_is_newer(&liar, &ours, NULL, NOW_NS));
	assert_true(stk_sticky_is_newer(&near, &ours, NULL, NOW_NS)); /* clocks differ a little */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sticky_is_newer__goes_by_the_start),
		cmocka_unit_test(sticky_is_newer__prefers_the_commit_that_is_the_head),
		cmocka_unit_test(sticky_is_newer__believes_no_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
