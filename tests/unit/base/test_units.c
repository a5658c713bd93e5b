/* test_units: durations, rates, sizes as people write and read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/units.h"

static void units_parse_duration__takes_all_spellings(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {
		{"30s", 30 * STK_NS_PER_S},
		{"1m30s", 90 * STK_NS_PER_S},
		{"500ms", 500 * STK_NS_PER_MS},
		{"2h", 7200 * STK_NS_PER_S},
		{"1d2h", 26 * 3600 * STK_NS_PER_S},
		{"1.5s", 1500 * STK_NS_PER_MS},
		{"0s", 0},
		{"0", 0},
		{"10", 10 * STK_NS_PER_S},
		{"0.25", 250 * STK_NS_PER_MS},
		{"7us", 7000},
		{"9ns", 9},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		int64_t ns = -1;

		assert_int_equal(stk_units_parse_duration(stk_str_of(rows[i].text), &ns, NULL), 0);
		assert_int_equal(ns, rows[i].ns);
	}
}

static void units_parse_duration__refuses_the_rest(void **state)
{
	static const char *const bad[] = {
		"", "s", "1x", "1s2", "1 s", "s1", "1m-3s", "1..5s", "-1s"};
	struct stk_err err = STK_ERR_INIT;
	int64_t ns = 5;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_int_equal(
			stk_units_parse_duration(stk_str_of(bad[i]), &ns, &err), STK_E_FORMAT);
	assert_string_equal(err.msg, "'-1s' is no duration");
	assert_int_equal(stk_units_parse_duration(STK_STR("-1"), &ns, NULL), STK_E_TOO_LARGE);
	assert_int_equal(stk_units_parse_duration(STK_STR("1e18"), &ns, NULL), STK_E_TOO_LARGE);
	assert_int_equal(ns, 5);
}

static void units_parse_rate__tells_events_and_time(void **state)
{
	static const char *const bad[] = {"", "/s", "5/", "5/x", "-5", "5/s/s", "a"};
	double events = 0;
	int64_t unit = 0;

	(void)state;
	assert_int_equal(stk_units_parse_rate(STK_STR("200"), &events, &unit, NULL), 0);
	assert_true(events == 200 && unit == STK_NS_PER_S);
	assert_int_equal(stk_units_parse_rate(STK_STR("3000/m"), &events, &unit, NULL), 0);
	assert_true(events == 3000 && unit == 60 * STK_NS_PER_S);
	assert_int_equal(stk_units_parse_rate(STK_STR("0.5/h"), &events, &unit, NULL), 0);
	assert_true(events == 0.5 && unit == 3600 * STK_NS_PER_S);
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_int_equal(stk_units_parse_rate(stk_str_of(bad[i]), &events, &unit, NULL),
			STK_E_FORMAT);
}

static const char *duration(struct stk_buf *buf, int64_t ns)
{
	stk_buf_clear(buf);
	stk_units_format_duration(buf, ns);
	return buf->ptr;
}

static void units_format_duration__looks_like_k6(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	assert_string_equal(duration(&buf, 108 * STK_NS_PER_S), "1m48s");
	assert_string_equal(duration(&buf, 1500 * STK_NS_PER_MS), "1.5s");
	assert_string_equal(duration(&buf, 350 * STK_NS_PER_MS), "350ms");
	assert_string_equal(duration(&buf, 12340000), "12.34ms");
	assert_string_equal(duration(&buf, 210000), "210\xc2\xb5s");
	assert_string_equal(duration(&buf, 3600 * STK_NS_PER_S), "1h00m00s");
	assert_string_equal(duration(&buf, 0), "0ns");
	assert_string_equal(duration(&buf, -1500 * STK_NS_PER_MS), "-1.5s");
	stk_buf_release(&buf);
}

static void units_format__three_digits_and_the_unit_that_reads_best(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_units_format_ns(&buf, 440000);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_ns(&buf, 1630000);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_bytes(&buf, 18.4 * 1024);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_bytes(&buf, 36.9 * 1048576);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_count(&buf, 5868);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_count(&buf, -1234567);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_count(&buf, 12);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_percent(&buf, 0.106, 1);
	stk_buf_add_byte(&buf, '|');
	stk_units_format_percent(&buf, -0.076, 1);
	assert_string_equal(
		buf.ptr, "0.44 ms|1.63 ms|18.4 KiB|36.9 MiB|5 868|-1 234 567|12|+10.6 %|-7.6 %");
	stk_buf_release(&buf);
}

static void units_format_stamp__is_utc(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_units_format_stamp(&buf, (int64_t)1795358285 * STK_NS_PER_S);
	stk_buf_add_byte(&buf, ' ');
	stk_units_format_clock(&buf, (int64_t)1795358285 * STK_NS_PER_S);
	stk_buf_add_byte(&buf, ' ');
	stk_units_format_rfc3339(&buf, (int64_t)1795358285 * STK_NS_PER_S + 123 * STK_NS_PER_MS);
	assert_string_equal(buf.ptr, "20261122-143805 14:38:05 2026-11-22T14:38:05.123Z");
	stk_buf_release(&buf);
}

static void units_parse_rfc3339__knows_zones_and_fractions(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {{"2026-11-22T14:38:05Z", INT64_C(1795358285000000000)},
		{"2026-11-22T14:38:05.123Z", INT64_C(1795358285123000000)},
		{"2026-11-22T16:38:05.000000001+02:00", INT64_C(1795358285000000001)},
		{"2026-11-22T09:08:05-05:30", INT64_C(1795358285000000000)},
		{"1970-01-01T00:00:00Z", 0},
		{"2024-02-29T00:00:00Z", INT64_C(1709164800000000000)}};
	static const char *const bad[] = {"", "2026-11-22", "2026-11-22T14:38:05",
		"2026-11-22 14:38:05Z", "2026-11-22T14:38:05.Z", "2026-11-22T14:38:05+02",
		"2026-11-22T14:38:05Zx", "2026-13-22T14:38:05Z", "2026-11-31T14:38:05Z",
		"2025-02-29T00:00:00Z", "2026-11-22T24:38:05Z", "2026-11-22T14:60:05Z",
		"0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00",
		"2026-11-22T14:38:05+25:00", "2026-11-22T14:38:05.1234567890Z",
		"-026-11-22T14:38:05Z"};
	int64_t ns = 7;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(stk_units_parse_rfc3339(stk_str_of(rows[i].text), &ns, NULL), 0);
		assert_int_equal(ns, rows[i].ns);
	}
	ns = 7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
			stk_units_parse_rfc3339(stk_str_of(bad[i]), &ns, NULL), STK_E_FORMAT);
	assert_int_equal(ns, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_parse_duration__takes_all_spellings),
		cmocka_unit_test(units_parse_duration__refuses_the_rest),
		cmocka_unit_test(units_parse_rate__tells_events_and_time),
		cmocka_unit_test(units_format_duration__looks_like_k6),
		cmocka_unit_test(units_format__three_digits_and_the_unit_that_reads_best),
		cmocka_unit_test(units_format_stamp__is_utc),
		cmocka_unit_test(units_parse_rfc3339__knows_zones_and_fractions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
