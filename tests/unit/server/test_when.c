/* test_when: the time syntax of /ingest and /pyroscope/render. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/server/when.h"

#define S   INT64_C(1000000000)
#define NOW (INT64_C(1795348800) * S)

static void when_parse__knows_the_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} rows[] = {{"", NOW}, {"now", NOW}, {"now-1h", NOW - 3600 * S}, {"now-90s", NOW - 90 * S},
		{"-90s", NOW - 90 * S}, {"now+30m", NOW + 1800 * S}, {"now-1h30m", NOW - 3600 * S},
		{"now-1h-30m", NOW - 3600 * S}, {"now - 2 d", NOW - 2 * 86400 * S},
		{"now-1M", NOW - 30 * 86400 * S}, {"now-1m", NOW - 60 * S},
		{"now-1y", NOW - 365 * 86400 * S}, {"20261122", INT64_C(1795305600) * S},
		{"1795348800", NOW}, {"1795348800000", NOW}, {"1795348800000000", NOW},
		{"1795348800000000000", NOW}, {"1,795,348_800", NOW}, {"0", 0}, {"2026-11-22", NOW},
		{"now-1x", NOW}, {"1h", NOW}, {"garbage", NOW}, {"99999999999999999999999", NOW},
		{"-", NOW}, {"9999999999999", NOW}, {"9999999999999999", NOW},
		{"now-99999999999999s", NOW}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		assert_int_equal(stk_when_parse(stk_str_of(rows[i].text), NOW), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_parse__knows_the_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
