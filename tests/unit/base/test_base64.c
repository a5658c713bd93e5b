/* test_base64: text of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/base64.h"

static void base64__agrees_with_rfc_4648(void **state)
{
	static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}};

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct stk_buf out = STK_BUF_EMPTY, again = STK_BUF_EMPTY;

		stk_base64_add(&out, stk_str_of(rows[i][0]));
		assert_string_equal(out.ptr, rows[i][1]);
		assert_int_equal(stk_base64_parse(stk_buf_str(&out), &again, NULL), 0);
		assert_string_equal(again.ptr, rows[i][0]);
		stk_buf_release(&out);
		stk_buf_release(&again);
	}
}

static void base64_add_url__has_no_padding(void **state)
{
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	stk_buf_add_text(&out, "a+b=");
	stk_base64_add_url(&out, stk_str_n("\xfb\xff\xbf\xff", 4));
	assert_string_equal(out.ptr, "a+b=-_-__w");
	stk_buf_release(&out);
}

static void base64_parse__takes_url_letters_and_no_padding(void **state)
{
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_base64_parse(STK_STR("-_-_"), &out, NULL), 0);
	assert_memory_equal(out.ptr, "\xfb\xff\xbf", 3);
	stk_buf_clear(&out);
	assert_int_equal(stk_base64_parse(STK_STR("Zg"), &out, NULL), 0);
	assert_string_equal(out.ptr, "f");
	stk_buf_release(&out);
}

static void base64_parse__refuses_the_rest(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg=", "Z===", "Zm9v Zm9v", "Zm9v=Zm9", "====", "Zm9v\n"};
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	stk_buf_add_text(&out, "kept");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(stk_base64_parse(stk_str_of(bad[i]), &out, NULL), STK_E_FORMAT);
	assert_string_equal(out.ptr, "kept");
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64__agrees_with_rfc_4648),
		cmocka_unit_test(base64_add_url__has_no_padding),
		cmocka_unit_test(base64_parse__takes_url_letters_and_no_padding),
		cmocka_unit_test(base64_parse__refuses_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
