/* test_buf: growing, limits, what remains after a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"

static void buf_add__appends_and_stays_terminated(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	assert_string_equal(buf.ptr, "");
	stk_buf_add(&buf, "ab", 2);
	stk_buf_add_str(&buf, STK_STR("cd"));
	stk_buf_add_text(&buf, "ef");
	stk_buf_add_byte(&buf, 'g');
	stk_buf_add_fill(&buf, '-', 3);
	stk_buf_addf(&buf, "%d/%s", 7, "x");
	assert_string_equal(buf.ptr, "abcdefg---7/x");
	assert_int_equal(buf.len, 13);
	stk_buf_truncate(&buf, 2);
	assert_string_equal(buf.ptr, "ab");
	stk_buf_truncate(&buf, 9);
	assert_int_equal(buf.len, 2);
	stk_buf_release(&buf);
	assert_string_equal(buf.ptr, "");
}

static void buf_add__over_the_limit_adds_nothing_and_says_so(void **state)
{
	struct stk_buf buf = STK_BUF_INIT(4);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_buf_add(&buf, "abcd", 4);
	assert_int_equal(stk_buf_check(&buf, &err), 0);
	stk_buf_add_byte(&buf, 'e');
	assert_string_equal(buf.ptr, "abcd");
	assert_int_equal(buf.cap, 5); /* no memory is got that the limit forbids to use */
	stk_buf_truncate(&buf, 1);
	stk_buf_add_byte(&buf, 'x');
	assert_string_equal(buf.ptr, "a");
	assert_int_equal(stk_buf_check(&buf, &err), STK_E_TOO_LARGE);
	assert_string_equal(err.msg, "over the limit of 4 bytes");
	stk_buf_clear(&buf);
	stk_buf_addf(&buf, "%s", "1234");
	assert_string_equal(buf.ptr, "1234");
	assert_null(stk_buf_reserve(&buf, SIZE_MAX));
	stk_buf_release(&buf);
}

static void buf_reserve__is_written_by_the_caller(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	char *at = stk_buf_reserve(&buf, 1000);

	(void)state;
	memcpy(at, "hello", 5);
	stk_buf_commit(&buf, 5);
	assert_string_equal(buf.ptr, "hello");
	stk_buf_release(&buf);
}

static void buf_take__hands_the_bytes_over(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	size_t len = 9;
	char *bytes = stk_buf_take(&buf, &len);

	(void)state;
	assert_string_equal(bytes, "");
	assert_int_equal(len, 0);
	free(bytes);
	stk_buf_add_text(&buf, "x");
	bytes = stk_buf_take(&buf, NULL);
	assert_string_equal(bytes, "x");
	assert_int_equal(buf.len, 0);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_add__appends_and_stays_terminated),
		cmocka_unit_test(buf_add__over_the_limit_adds_nothing_and_says_so),
		cmocka_unit_test(buf_reserve__is_written_by_the_caller),
		cmocka_unit_test(buf_take__hands_the_bytes_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
