/* test_moment: times as people type them, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/moment.h"

#define NOW (INT64_C(1795358285) * STK_NS_PER_S) /* 2026-11-22T14:38:05Z */

static void moment_parse__every_form(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {
		{"now", NOW},
		{" now ", NOW},
		{"now-15m", NOW - 900 * STK_NS_PER_S},
		{"now-1h30m", NOW - 5400 * STK_NS_PER_S},
		{"now+5m", NOW + 300 * STK_NS_PER_S},
		{"now-500ms", NOW - 500 * STK_NS_PER_MS},
		{"now-1d", NOW - 86400 * STK_NS_PER_S},
		{"now-2w", NOW - 14 * 86400 * STK_NS_PER_S},
		{"2026-11-22T14:38:05Z", NOW},
		{"2026-11-22T15:38:05+01:00", NOW},
		{"2026-11-22T14:38:05", NOW},
		{"2026-11-22 14:38:05", NOW},
		{"2026-11-22", NOW - (14 * 3600 + 38 * 60 + 5) * STK_NS_PER_S},
		{"1795358285", NOW},
		{"1795358285000", NOW},
		{"1795358285000000", NOW},
		{"1795358285000000000", NOW},
		{"0", 0},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_err err = STK_ERR_INIT;
		int64_t ns = -1;

		if (stk_moment_parse(stk_str_of(rows[i].text), NOW, &ns, &err) < 0)
			fail_msg("%s: %s", rows[i].text, err.msg);
		if (ns != rows[i].ns)
			fail_msg("%s: %lld", rows[i].text, (long long)ns);
	}
}

static void moment_parse__nothing_else_means_now(void **state)
{
	static const char *const rows[] = {"", " ", "yesterday", "now-", "now-1", "now-1x", "now1h",
		"now--1h", "now-h", "nowish", "now-99999w", "1h", "-1h", "2026-11", "2026-13-01",
		"2026-11-22T14:38", "12345678901", "99999999999999999999", "1795358285s", "now/d",
		"now-1h now"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_err err = STK_ERR_INIT;
		int64_t ns = 7;

		if (stk_moment_parse(stk_str_of(rows[i]), NOW, &ns, &err) != STK_E_INVAL)
			fail_msg("'%s' is taken for %lld", rows[i], (long long)ns);
		assert_int_equal(ns, 7);
		assert_non_null(strstr(err.msg, "is no time"));
		assert_non_null(strstr(err.hint, "now-1h"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moment_parse__every_form),
		cmocka_unit_test(moment_parse__nothing_else_means_now),
	};
	return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
