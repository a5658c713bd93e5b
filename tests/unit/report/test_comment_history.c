/* test_comment_history: a bounded list of commits and marks; what is none is none. */
#include "core/report/comment_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void assert_added(const char *earlier, const char *sha, const char *mark, const char *wanted)
{
	char out[STK_COMMENT_HISTORY_MAX + 1];

	stk_comment_history_add(earlier, sha, mark, out);
	assert_string_equal(out, wanted);
}

static void comment_history_add__appends_and_replaces(void **state)
{
	(void)state;
	assert_added("", "a91c2b7e00112233", "🟢", "a91c2b7e:g");
	assert_added("a91c2b7e:g", "2d91e07a00112233", "🔴", "a91c2b7e:g 2d91e07a:r");
	assert_added("a91c2b7e:g 2d91e07a:r", "2d91e07a00112233", "🟡", "a91c2b7e:g 2d91e07a:y");
	assert_added("a91c2b7e:g", "", "🔴", "a91c2b7e:g"); /* nobody knows what was measured */
	assert_added("<script>", "a91c2b7e", "⚪", "a91c2b7e:w");
	assert_added("", "", "⚪", "");
}

static void comment_history_add__is_bounded(void **state)
{
	char out[STK_COMMENT_HISTORY_MAX + 1] = "", sha[16];

	(void)state;
	for (int i = 0; i < 50; i++) {
		char before[STK_COMMENT_HISTORY_MAX + 1];

		snprintf(sha, sizeof sha, "%08x", i);
		memcpy(before, out, sizeof before);
		stk_comment_history_add(before, sha, "🔵", out);
		assert_true(stk_comment_history_is(stk_str_of(out)));
	}
	assert_int_equal(strncmp(out, "0000002a:b 0000002b:b", 21), 0);
	assert_non_null(strstr(out, "00000031:b"));
}

static void comment_history_is__takes_nothing_else(void **state)
{
	static const char *const bad[] = {"", "a91c", "a91c:x", "a9:g", "A91C:g", "a91c2b7e0:g",
		"a91c:g ", " a91c:g", "a91c:g  b91c:g", "a91c:g\n", "a91c:gg", "a91c:g --> x"};

	(void)state;
	assert_true(stk_comment_history_is(STK_STR("a91c:g b91c2:r")));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (stk_comment_history_is(stk_str_of(bad[i])))
			fail_msg("'%s' was taken", bad[i]);
	assert_false(stk_comment_history_is(stk_str_n("a91c\0:g", 7)));
}

static void comment_history_format__shows_two_or_more(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_comment_history_format("a91c2b7e:g", &text);
	assert_int_equal(text.len, 0);
	stk_comment_history_format("a91c2b7e:g 2d91e07a:r", &text);
	assert_string_equal(text.ptr, "`a91c` 🟢 → `2d91` 🔴");
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comment_history_add__appends_and_replaces),
		cmocka_unit_test(comment_history_add__is_bounded),
		cmocka_unit_test(comment_history_is__takes_nothing_else),
		cmocka_unit_test(comment_history_format__shows_two_or_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
