/* test_text: widths, cuts and cleaning of UTF-8 text. */
#include "core/report/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void text_width__counts_columns_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(stk_text_width(STK_STR("abc")), 3);
	assert_int_equal(stk_text_width(STK_STR("µs → ✗")), 6);
	assert_int_equal(stk_text_width(STK_STR("关数")), 4);
	assert_int_equal(stk_text_width(STK_STR("e\xcc\x81")), 1); /* combining accent */
	assert_int_equal(stk_text_width(STK_STR("\xff\xfe")), 2);  /* not UTF-8: one each */
	assert_int_equal(stk_text_width(STK_STR("")), 0);
}

static void text_add_cut__keeps_both_ends(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_text_add_cut(&buf, STK_STR("github.com/acme/shop/order.Find"), 16);
	assert_string_equal(buf.ptr, "githu…order.Find");
	stk_buf_clear(&buf);
	stk_text_add_cut(&buf, STK_STR("short"), 16);
	assert_string_equal(buf.ptr, "short");
	stk_buf_release(&buf);
}

static void text_add_cut__never_passes_the_width(void **state)
{
	static const char mixed[] = "关a数b处理e\xcc\x81订单\xff_xyz";

	(void)state;
	for (size_t width = 0; width < 24; width++) {
		struct stk_buf buf = STK_BUF_EMPTY;
		stk_text_add_cut(&buf, STK_STR(mixed), width);
		assert_true(stk_text_width(stk_buf_str(&buf)) <= width);
		stk_buf_release(&buf);
	}
}

static void text_add_plain__removes_what_drives_or_reorders(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_text_add_plain(&buf, STK_STR("a\x1b[2Jb\nc\x7f\xe2\x80\xae"
					 "d\xff\xc0\xaf"
					 "z关\xe2\x80\x8b\xe2\x81\xa0\xef\xbf\xbe"));
	assert_string_equal(buf.ptr, "a?[2Jb?c??d???z关???");
	stk_buf_release(&buf);
}

static void text_add_plain__removes_what_hides_and_piles_up(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_text_add_plain(
		&buf, STK_STR("a\xe3\x85\xa4\xe1\x85\x9f\xe2\xa0\x80" /* fillers */
			      "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81z\xcc\x81"));
	assert_string_equal(buf.ptr, "a???e\xcc\x81\xcc\x81\xcc\x81\xcc\x81z\xcc\x81");
	stk_buf_release(&buf);
}

static void text_add_json__writes_what_drives_as_escapes(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_text_add_json(&buf, STK_STR("{\n\t\"a\": \"\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81µ\"}"));
	assert_string_equal(buf.ptr, "{\n\t\"a\": \"\\u009b\\u202e\\udb40\\udc41µ\"}");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_width__counts_columns_not_bytes),
		cmocka_unit_test(text_add_cut__keeps_both_ends),
		cmocka_unit_test(text_add_cut__never_passes_the_width),
		cmocka_unit_test(text_add_plain__removes_what_drives_or_reorders),
		cmocka_unit_test(text_add_plain__removes_what_hides_and_piles_up),
		cmocka_unit_test(text_add_json__writes_what_drives_as_escapes),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
