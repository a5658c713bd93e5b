/* test_err: the text of an error as it travels up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"

static void err_wrap__reads_outer_to_inner_and_keeps_the_hint(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(
		stk_err_set(&err, STK_E_FORMAT, "varint runs past %s", "the end"), STK_E_FORMAT);
	stk_err_hint(&err, "send it again");
	assert_int_equal(stk_err_wrap(&err, "sample %d", 12), STK_E_FORMAT);
	assert_int_equal(stk_err_wrap(&err, "profile '%s'", "a.pb.gz"), STK_E_FORMAT);
	assert_string_equal(err.msg, "profile 'a.pb.gz': sample 12: varint runs past the end");
	assert_string_equal(err.hint, "send it again");
}

static void err_set__may_quote_the_error_itself(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_err_set(&err, STK_E_IO, "inner");
	stk_err_hint(&err, "a hint");
	stk_err_set(&err, STK_E_NET, "outer of %s", err.msg);
	assert_string_equal(err.msg, "outer of inner");
	assert_string_equal(err.hint, "");
	stk_err_clear(&err);
	assert_int_equal(err.code, 0);
	assert_string_equal(err.msg, "");
}

static void err_set__cuts_what_is_too_long(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = 0;
	stk_err_set(&err, STK_E_IO, "%s", text);
	assert_int_equal(strlen(err.msg), STK_ERR_MSG_MAX - 1);
	stk_err_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.msg), STK_ERR_MSG_MAX - 1);
	stk_err_hint(&err, "%s", text);
	assert_int_equal(strlen(err.hint), STK_ERR_HINT_MAX - 1);
}

static void err_set_errno__names_the_system_error(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_err_set_errno(&err, STK_E_IO, ENOSPC, "'%s'", "run.json"), STK_E_IO);
	assert_string_equal(err.msg, "'run.json': No space left on device");
}

static void err_set__takes_null(void **state)
{
	(void)state;
	assert_int_equal(stk_err_set(NULL, STK_E_NET, "x"), STK_E_NET);
	assert_int_equal(stk_err_set_errno(NULL, STK_E_NET, EIO, "x"), STK_E_NET);
	assert_int_equal(stk_err_wrap(NULL, "x"), STK_E_INTERNAL);
	stk_err_hint(NULL, "x");
	stk_err_clear(NULL);
}

static void errc_name__knows_the_whole_list(void **state)
{
	(void)state;
	assert_string_equal(stk_errc_name(0), "ok");
	for (int code = STK_E_INTERNAL; code < 0; code++)
		assert_string_not_equal(stk_errc_name(code), "unknown");
	assert_string_equal(stk_errc_name(STK_E_INTERNAL), "internal");
	assert_string_equal(stk_errc_name(STK_E_INTERNAL - 1), "unknown");
	assert_string_equal(stk_errc_name(1), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_wrap__reads_outer_to_inner_and_keeps_the_hint),
		cmocka_unit_test(err_set__may_quote_the_error_itself),
		cmocka_unit_test(err_set__cuts_what_is_too_long),
		cmocka_unit_test(err_set_errno__names_the_system_error),
		cmocka_unit_test(err_set__takes_null),
		cmocka_unit_test(errc_name__knows_the_whole_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
