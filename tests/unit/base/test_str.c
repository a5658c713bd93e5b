/* test_str: views, words, numbers, nearness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/base/str.h"

static void str_cut__gives_every_word_once(void **state)
{
	struct stk_str rest = STK_STR("a,,b"), word;

	(void)state;
	assert_true(stk_str_cut(&rest, ',', &word) && stk_str_is(word, "a"));
	assert_true(stk_str_cut(&rest, ',', &word) && stk_str_is(word, ""));
	assert_true(stk_str_cut(&rest, ',', &word) && stk_str_is(word, "b"));
	assert_false(stk_str_cut(&rest, ',', &word));
	rest = STK_STR("");
	assert_true(stk_str_cut(&rest, ',', &word) && word.len == 0);
	assert_false(stk_str_cut(&rest, ',', &word));
}

static void str_to_i64__takes_the_whole_range_and_nothing_else(void **state)
{
	static const char *const no_numbers[] = {
		"", "-", "+1", " 1", "1 ", "0x1", "1.0", "--1", "1e3"};
	static const char *const too_large[] = {
		"9223372036854775808", "-9223372036854775809", "99999999999999999999999"};
	int64_t value = 7;

	(void)state;
	assert_int_equal(stk_str_to_i64(STK_STR("-9223372036854775808"), &value, NULL), 0);
	assert_true(value == INT64_MIN);
	assert_int_equal(stk_str_to_i64(STK_STR("9223372036854775807"), &value, NULL), 0);
	assert_true(value == INT64_MAX);
	for (size_t i = 0; i < STK_ARRAY_LEN(no_numbers); i++)
		assert_int_equal(
			stk_str_to_i64(stk_str_of(no_numbers[i]), &value, NULL), STK_E_FORMAT);
	for (size_t i = 0; i < STK_ARRAY_LEN(too_large); i++)
		assert_int_equal(
			stk_str_to_i64(stk_str_of(too_large[i]), &value, NULL), STK_E_TOO_LARGE);
	assert_true(value == INT64_MAX);
}

static void str_to_u64__ends_at_the_last_value(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(stk_str_to_u64(STK_STR("18446744073709551615"), &value, NULL), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(
		stk_str_to_u64(STK_STR("18446744073709551616"), &value, NULL), STK_E_TOO_LARGE);
	assert_int_equal(stk_str_to_u64(STK_STR("-1"), &value, NULL), STK_E_FORMAT);
}

static void str_to_f64__takes_what_json_takes(void **state)
{
	static const char *const no_numbers[] = {
		"", ".5", "1.", "nan", "inf", "0x10", "1e", "1e+", " 1", "+1", "1,5"};
	struct stk_err err = STK_ERR_INIT;
	double value = 0;

	(void)state;
	assert_int_equal(stk_str_to_f64(STK_STR("-1.5e-3"), &value, NULL), 0);
	assert_true(value == -1.5e-3);
	assert_int_equal(stk_str_to_f64(STK_STR("12"), &value, NULL), 0);
	assert_true(value == 12);
	for (size_t i = 0; i < STK_ARRAY_LEN(no_numbers); i++)
		assert_int_equal(
			stk_str_to_f64(stk_str_of(no_numbers[i]), &value, &err), STK_E_FORMAT);
	assert_string_equal(err.msg, "'1,5' is no number");
	assert_int_equal(stk_str_to_f64(STK_STR("1e999"), &value, NULL), STK_E_TOO_LARGE);
	assert_true(value == 12);
}

static void str_trim__takes_blanks_of_both_ends(void **state)
{
	(void)state;
	assert_true(stk_str_is(stk_str_trim(STK_STR(" \t a b\r\n")), "a b"));
	assert_true(stk_str_is(stk_str_trim(STK_STR(" \n")), ""));
}

static void str_sub__is_clipped(void **state)
{
	(void)state;
	assert_true(stk_str_is(stk_str_sub(STK_STR("abc"), 1, 9), "bc"));
	assert_true(stk_str_is(stk_str_sub(STK_STR("abc"), 9, 1), ""));
	assert_true(stk_str_is(stk_str_skip(STK_STR("abc"), 3), ""));
	assert_true(stk_str_is(stk_str_sub(stk_str_of(NULL), 0, 1), ""));
}

static void str_find__finds_bytes_and_parts(void **state)
{
	struct stk_str s = STK_STR("a=b=c");

	(void)state;
	assert_int_equal(stk_str_find_byte(s, '='), 1);
	assert_int_equal(stk_str_rfind_byte(s, '='), 3);
	assert_int_equal(stk_str_find_byte(s, 'x'), -1);
	assert_int_equal(stk_str_find(s, STK_STR("b=")), 2);
	assert_int_equal(stk_str_find(s, STK_STR("")), 0);
	assert_int_equal(stk_str_find(s, STK_STR("bc")), -1);
	assert_true(stk_str_contains(s, STK_STR("=c")));
	assert_true(stk_str_starts(s, "a=") && !stk_str_starts(s, "a=b=c="));
	assert_true(stk_str_ends(s, "=c") && !stk_str_ends(s, "xa=b=c"));
}

static void str_cmp__orders_by_bytes_then_length(void **state)
{
	(void)state;
	assert_true(stk_str_cmp(STK_STR("a"), STK_STR("b")) < 0);
	assert_true(stk_str_cmp(STK_STR("a"), STK_STR("aa")) < 0);
	assert_true(stk_str_cmp(STK_STR("\xff"), STK_STR("a")) > 0);
	assert_int_equal(stk_str_cmp(STK_STR("a"), STK_STR("a")), 0);
	assert_true(stk_str_eq_nocase(STK_STR("Content-Type"), STK_STR("content-type")));
	assert_false(stk_str_eq_nocase(STK_STR("a"), STK_STR("ab")));
}

static void str_is_utf8__refuses_what_is_not(void **state)
{
	static const char *const good[] = {"", "abc", "\xc2\xb5", "\xe2\x82\xac",
		"\xf0\x9f\x94\xb4", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xe2\x82", "\xc2"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(good); i++)
		assert_true(stk_str_is_utf8(stk_str_of(good[i])));
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_false(stk_str_is_utf8(stk_str_of(bad[i])));
}

static void str_distance__counts_slips(void **state)
{
	(void)state;
	assert_int_equal(stk_str_distance(STK_STR("stages"), STK_STR("stages"), 5), 0);
	assert_int_equal(stk_str_distance(STK_STR("stgaes"), STK_STR("stages"), 5), 1);
	assert_int_equal(stk_str_distance(STK_STR("kitten"), STK_STR("sitting"), 5), 3);
	assert_int_equal(stk_str_distance(STK_STR("kitten"), STK_STR("sitting"), 2), 3);
	assert_int_equal(stk_str_distance(STK_STR(""), STK_STR("abc"), 5), 3);
}

static void str_nearest__names_only_what_may_be_meant(void **state)
{
	static const char *const known[] = {"vus", "duration", "iterations", "thresholds"};

	(void)state;
	assert_string_equal(stk_str_nearest(STK_STR("treshold"), known, 4), "thresholds");
	assert_string_equal(stk_str_nearest(STK_STR("vu"), known, 4), "vus");
	assert_null(stk_str_nearest(STK_STR("colour"), known, 4));
}

static void str_hash__depends_on_bytes_and_seed(void **state)
{
	(void)state;
	assert_true(stk_str_hash(STK_STR("a"), 1) == stk_str_hash(STK_STR("a"), 1));
	assert_true(stk_str_hash(STK_STR("a"), 1) != stk_str_hash(STK_STR("a"), 2));
	assert_true(stk_str_hash(STK_STR("ab"), 1) != stk_str_hash(STK_STR("ba"), 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_cut__gives_every_word_once),
		cmocka_unit_test(str_to_i64__takes_the_whole_range_and_nothing_else),
		cmocka_unit_test(str_to_u64__ends_at_the_last_value),
		cmocka_unit_test(str_to_f64__takes_what_json_takes),
		cmocka_unit_test(str_trim__takes_blanks_of_both_ends),
		cmocka_unit_test(str_sub__is_clipped),
		cmocka_unit_test(str_find__finds_bytes_and_parts),
		cmocka_unit_test(str_cmp__orders_by_bytes_then_length),
		cmocka_unit_test(str_is_utf8__refuses_what_is_not),
		cmocka_unit_test(str_distance__counts_slips),
		cmocka_unit_test(str_nearest__names_only_what_may_be_meant),
		cmocka_unit_test(str_hash__depends_on_bytes_and_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
