/* test_ignore: what .gitignore rules leave out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/init/ignore.h"

static void ignore_match__knows_stars_and_classes(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} rows[] = {{"*.o", "a.o", true}, {"*.o", "a.c", false}, {"a*c", "abbc", true},
		{"*", "a/b", false}, {"a/**", "a/b/c", true}, {"**/x", "x", true},
		{"**/x", "a/b/x", true}, {"a/**/b", "a/b", true}, {"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/x/y/c", false}, {"[a-c]x", "bx", true}, {"[!a-c]x", "bx", false},
		{"[]x]", "]", true}, {"[a", "[a", true}, {"\\*", "*", true}, {"\\*", "a", false},
		{"?", "/", false}, {"**/*.js/x", "a/b.js/x", true}, {"", "", true}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (stk_ignore_match(rows[i].pattern, rows[i].text) != rows[i].fits)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
}

static void ignore_has__takes_the_last_rule_that_matches(void **state)
{
	struct stk_ignore ignore = STK_IGNORE_INIT;

	(void)state;
	stk_ignore_read(
		&ignore, "", STK_STR("# notes\n\n*.log\r\n!keep.log\nbuild/\n/only\nweb/dist\n"));
	stk_ignore_read(&ignore, "web/", STK_STR("*.map\n"));
	assert_true(stk_ignore_has(&ignore, "a/b.log", false));
	assert_false(stk_ignore_has(&ignore, "a/keep.log", false));
	assert_true(stk_ignore_has(&ignore, "a/build", true));
	assert_false(stk_ignore_has(&ignore, "a/build", false));
	assert_true(stk_ignore_has(&ignore, "only", false));
	assert_false(stk_ignore_has(&ignore, "a/only", false));
	assert_true(stk_ignore_has(&ignore, "web/dist", true));
	assert_true(stk_ignore_has(&ignore, "web/x/y.map", false));
	assert_false(stk_ignore_has(&ignore, "y.map", false));
	stk_ignore_release(&ignore);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ignore_match__knows_stars_and_classes),
		cmocka_unit_test(ignore_has__takes_the_last_rule_that_matches),
	};
	return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
