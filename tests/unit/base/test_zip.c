/* test_zip: archives of others, read with limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/zip.h"
#include "tests/support/zip_case.h"

static void zip_open__shows_names_as_they_stand(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_zip *zip = NULL;

	(void)state;
	zip_case_add(&made, "../a\\b", STK_STR("hello"));
	zip_case_add(&made, "d/", STK_STR(""));
	zip_case_finish(&made, made.entries);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 2, &zip, NULL), 0);
	assert_int_equal(stk_zip_len(zip), 2);
	assert_true(stk_str_is(stk_zip_name(zip, 0), "../a\\b"));
	assert_true(stk_str_is(stk_zip_name(zip, 1), "d/"));
	assert_int_equal(stk_zip_read(zip, 0, &text, NULL), 0);
	assert_string_equal(text.ptr, "hello");
	assert_int_equal(stk_zip_read(zip, 2, &text, NULL), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	zip_case_release(&made);
}

static void zip_read__stops_at_the_buffers_limit(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_buf text = STK_BUF_INIT(3);
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	zip_case_add(&made, "a", STK_STR("hello"));
	zip_case_finish(&made, 1);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 1, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, &err), STK_E_TOO_LARGE);
	assert_int_equal(text.len, 0);
	stk_zip_close(zip);
	stk_buf_release(&text);
	zip_case_release(&made);
}

static void zip_read__refuses_what_is_unfit(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	zip_case_add_unfit(&made, "encrypted", STK_STR("hello"), 1, 0);
	zip_case_add_unfit(&made, "bzip2", STK_STR("hello"), 0, 12);
	zip_case_add_unfit(&made, "no deflate", STK_STR("hello"), 0, 8);
	zip_case_finish(&made, made.entries);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 3, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "encrypted"));
	assert_int_equal(stk_zip_read(zip, 1, &text, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "method 12"));
	assert_int_equal(stk_zip_read(zip, 2, &text, &err), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	zip_case_release(&made);
}

static void zip_read__sees_a_wrong_checksum(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_zip *zip = NULL;

	(void)state;
	zip_case_add(&made, "a", STK_STR("hello"));
	zip_case_finish(&made, 1);
	made.bytes.ptr[31] = 'j'; /* of hello */
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 1, &zip, NULL), 0);
	assert_int_equal(stk_zip_read(zip, 0, &text, NULL), STK_E_FORMAT);
	stk_zip_close(zip);
	stk_buf_release(&text);
	zip_case_release(&made);
}

static void zip_open__counts_before_it_reads(void **state)
{
	struct zip_case made = ZIP_CASE_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_zip *zip = NULL;

	(void)state;
	zip_case_add(&made, "a", STK_STR("x"));
	zip_case_finish(&made, 60000);
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 100, &zip, &err), STK_E_TOO_LARGE);
	assert_non_null(strstr(err.msg, "60000 entries, at most 100"));
	/* no end at all, an end of something else, nothing */
	made.bytes.len -= 22;
	assert_int_equal(stk_zip_open(stk_buf_str(&made.bytes), 100, &zip, &err), STK_E_FORMAT);
	assert_int_equal(stk_zip_open(STK_STR("PK\5\6"), 100, &zip, &err), STK_E_FORMAT);
	assert_int_equal(stk_zip_open(STK_STR(""), 100, &zip, &err), STK_E_FORMAT);
	assert_null(zip);
	stk_zip_close(NULL);
	zip_case_release(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zip_open__shows_names_as_they_stand),
		cmocka_unit_test(zip_read__stops_at_the_buffers_limit),
		cmocka_unit_test(zip_read__refuses_what_is_unfit),
		cmocka_unit_test(zip_read__sees_a_wrong_checksum),
		cmocka_unit_test(zip_open__counts_before_it_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
