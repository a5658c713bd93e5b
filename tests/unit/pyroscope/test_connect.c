/* test_connect: codes, content types and error bodies of the Connect protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/pyroscope/connect.h"

static void connect_codec__takes_what_upstream_takes(void **state)
{
	static const struct {
		const char *type;
		int rc, codec;
	} rows[] = {{"application/json", 0, STK_CONNECT_JSON},
		{"Application/JSON; charset=UTF-8", 0, STK_CONNECT_JSON},
		{"application/proto", 0, STK_CONNECT_PROTO},
		{"application/json; charset=latin1", STK_E_INVAL, 0},
		{"application/proto; charset=utf-8", STK_E_INVAL, 0},
		{"application/x-protobuf", STK_E_INVAL, 0}, {"", STK_E_INVAL, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum stk_connect_codec codec = STK_CONNECT_PROTO;

		assert_int_equal(stk_connect_codec_parse(stk_str_of(rows[i].type), &codec, NULL),
			rows[i].rc);
		if (!rows[i].rc)
			assert_int_equal(codec, rows[i].codec);
	}
}

static void connect_code__names_and_statuses_agree(void **state)
{
	static const int statuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400,
		501, 500, 503, 500, 401};

	(void)state;
	for (int code = 1; code <= STK_CONNECT_UNAUTHENTICATED; code++) {
		const char *name = stk_connect_code_name((enum stk_connect_code)code);

		assert_int_equal(stk_connect_code_parse(stk_str_of(name)), code);
		assert_int_equal(
			stk_connect_code_status((enum stk_connect_code)code), statuses[code]);
	}
	assert_int_equal(stk_connect_code_parse(STK_STR("nonsense")), STK_CONNECT_UNKNOWN);
}

static void connect_read_error__reads_what_was_written(void **state)
{
	struct stk_buf body = STK_BUF_EMPTY;
	enum stk_connect_code code = STK_CONNECT_OK;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_connect_write_error(&body, STK_CONNECT_INVALID_ARGUMENT, "missing \"x\"");
	assert_string_equal(
		body.ptr, "{\"code\":\"invalid_argument\",\"message\":\"missing \\\"x\\\"\"}");
	assert_int_equal(stk_connect_read_error(400, stk_buf_str(&body), &code, &err), STK_E_INVAL);
	assert_int_equal(code, STK_CONNECT_INVALID_ARGUMENT);
	assert_string_equal(err.msg, "invalid_argument: missing \"x\"");
	stk_buf_release(&body);
}

static void connect_read_error__falls_back_to_the_status(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_connect_read_error(200, STK_STR("{}"), NULL, &err), 0);
	assert_int_equal(stk_connect_read_error(404, STK_STR("404 page not found\n"), NULL, &err),
		STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "HTTP 404: 404 page not found");
	assert_int_equal(
		stk_connect_read_error(502, STK_STR("<html>\nbad"), NULL, &err), STK_E_HTTP);
	assert_int_equal(stk_connect_read_error(401, STK_STR(""), NULL, &err), STK_E_AUTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connect_codec__takes_what_upstream_takes),
		cmocka_unit_test(connect_code__names_and_statuses_agree),
		cmocka_unit_test(connect_read_error__reads_what_was_written),
		cmocka_unit_test(connect_read_error__falls_back_to_the_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
