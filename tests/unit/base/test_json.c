/* test_json: documents in and out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"

static struct stk_json *parse(const char *text)
{
	struct stk_json *value = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_json_parse(stk_str_of(text), &value, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	return value;
}

static void json_parse__keeps_64_bits(void **state)
{
	struct stk_json *value = parse("{\"n\":9007199254740993,\"m\":-9223372036854775808}");
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	assert_true(stk_json_int(stk_json_get(value, "n"), 0) == 9007199254740993);
	assert_true(stk_json_int(stk_json_get(value, "m"), 0) == INT64_MIN);
	stk_json_format(value, STK_JSON_SORTED, &text);
	assert_string_equal(text.ptr, "{\"m\":-9223372036854775808,\"n\":9007199254740993}");
	stk_buf_release(&text);
	stk_json_free(value);
}

static void json_parse__refuses_what_is_not_one_document(void **state)
{
	static const char *const bad[] = {"", "{", "[1,2] x", "{\"a\":1,\"a\":2}", "\"\xff\"",
		"[1,]", "nul", "{\"\\u0000\":1}", "99999999999999999999"};
	struct stk_err err = STK_ERR_INIT;
	struct stk_json *value = NULL;
	char deep[3000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(stk_json_parse(stk_str_of(bad[i]), &value, &err), STK_E_FORMAT);
	memset(deep, '[', sizeof deep);
	assert_int_equal(stk_json_parse(stk_str_n(deep, sizeof deep), &value, &err), STK_E_FORMAT);
	assert_int_equal(stk_json_parse(STK_STR("{\n \"a\": x}"), &value, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "json: line 2, column"));
	assert_null(value);
}

static void json_get__has_fall_backs_for_other_types(void **state)
{
	struct stk_json *value =
		parse("{\"i\":3,\"r\":2.5,\"b\":true,\"s\":\"x\",\"z\":null,\"a\":[1,2]}");

	(void)state;
	assert_int_equal(stk_json_int(stk_json_get(value, "r"), -7), -7);
	assert_true(stk_json_real(stk_json_get(value, "i"), 0) == 3.0);
	assert_true(stk_json_real(stk_json_get(value, "r"), 0) == 2.5);
	assert_true(stk_json_bool(stk_json_get(value, "b"), false));
	assert_true(stk_json_bool(stk_json_get(value, "nope"), true));
	assert_string_equal(stk_json_text(stk_json_get(value, "s"), "-"), "x");
	assert_string_equal(stk_json_text(stk_json_get(value, "i"), "-"), "-");
	assert_int_equal(stk_json_type(stk_json_get(value, "z")), STK_JSON_NULL);
	assert_int_equal(stk_json_type(NULL), STK_JSON_NULL);
	assert_int_equal(stk_json_len(stk_json_get(value, "a")), 2);
	assert_int_equal(stk_json_len(value), 6);
	assert_int_equal(stk_json_len(stk_json_get(value, "i")), 0);
	assert_null(stk_json_at(stk_json_get(value, "a"), 2));
	assert_null(stk_json_get(stk_json_get(value, "a"), "x"));
	stk_json_free(value);
}

static void json_pointer__follows_rfc_6901(void **state)
{
	struct stk_json *value =
		parse("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"m~n\":8,\"c%d\":2}");

	(void)state;
	assert_ptr_equal(stk_json_pointer(value, STK_STR("")), value);
	assert_string_equal(stk_json_text(stk_json_pointer(value, STK_STR("/foo/1")), ""), "baz");
	assert_int_equal(stk_json_int(stk_json_pointer(value, STK_STR("/")), -1), 0);
	assert_int_equal(stk_json_int(stk_json_pointer(value, STK_STR("/a~1b")), -1), 1);
	assert_int_equal(stk_json_int(stk_json_pointer(value, STK_STR("/m~0n")), -1), 8);
	assert_null(stk_json_pointer(value, STK_STR("/foo/2")));
	assert_null(stk_json_pointer(value, STK_STR("/foo/01")));
	assert_null(stk_json_pointer(value, STK_STR("/foo/-")));
	assert_null(stk_json_pointer(value, STK_STR("foo")));
	assert_null(stk_json_pointer(value, STK_STR("/nope/x")));
	stk_json_free(value);
}

static void json_need__names_the_member(void **state)
{
	struct stk_json *value = parse("{\"n\":\"text\",\"o\":{},\"a\":[]}"), *out = NULL;
	struct stk_err err = STK_ERR_INIT;
	const char *text = NULL;
	int64_t n = 5;
	double r = 5;

	(void)state;
	assert_int_equal(stk_json_need_int(value, "n", &n, &err), STK_E_FORMAT);
	assert_string_equal(err.msg, "member 'n': an integer is missing");
	assert_int_equal(stk_json_need_real(value, "n", &r, &err), STK_E_FORMAT);
	assert_int_equal(stk_json_need_text(value, "o", &text, &err), STK_E_FORMAT);
	assert_int_equal(stk_json_need_array(value, "o", &out, &err), STK_E_FORMAT);
	assert_int_equal(stk_json_need_object(value, "a", &out, &err), STK_E_FORMAT);
	assert_true(n == 5 && r == 5 && !text && !out);
	assert_int_equal(stk_json_need_text(value, "n", &text, &err), 0);
	assert_string_equal(text, "text");
	assert_int_equal(stk_json_need_object(value, "o", &out, &err), 0);
	assert_int_equal(stk_json_need_array(value, "a", &out, &err), 0);
	stk_json_free(value);
}

static int stop_at_b(struct stk_str key, struct stk_json *value, void *ctx)
{
	*(int64_t *)ctx += stk_json_int(value, 0);
	return stk_str_is(key, "b") ? 42 : 0;
}

static void json_each__goes_in_document_order_until_stopped(void **state)
{
	struct stk_json *value = parse("{\"z\":1,\"b\":2,\"a\":4}");
	int64_t sum = 0;

	(void)state;
	assert_int_equal(stk_json_each(value, stop_at_b, &sum), 42);
	assert_int_equal(sum, 3);
	stk_json_free(value);
}

static void json_format__is_always_valid(void **state)
{
	struct stk_json *object = stk_json_new_object(), *array = stk_json_new_array(),
			*again = NULL;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_json_push(array, stk_json_new_str(stk_str_n("a\xff\xe2\x82", 4)));
	stk_json_push(array, stk_json_new_real(0.1));
	stk_json_push(array, stk_json_new_real(NAN));
	stk_json_push(array, stk_json_new_bool(true));
	stk_json_push(array, stk_json_new_text(NULL));
	stk_json_push(array, NULL);
	stk_json_push(array, stk_json_new_int(-1));
	stk_json_push(array, stk_json_new_null());
	stk_json_put(object, "a\xff", array);
	stk_json_put(object, "s", stk_json_new_str(stk_str_n("x\0y", 3)));
	stk_json_format(object, STK_JSON_COMPACT, &text);
	assert_string_equal(text.ptr,
		"{\"a\xef\xbf\xbd\":[\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",0.10000000000000001,"
		"null,true,"
		"null,null,-1,null],\"s\":\"x\\u0000y\"}");
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &again, NULL), 0);
	assert_int_equal(stk_json_str(stk_json_get(again, "s")).len, 3);
	stk_json_free(again);
	stk_json_free(object);
	stk_buf_release(&text);
}

static void json_ref__keeps_it_alive(void **state)
{
	struct stk_json *value = parse("[1]"), *again = stk_json_ref(value);

	(void)state;
	stk_json_free(value);
	assert_int_equal(stk_json_int(stk_json_at(again, 0), 0), 1);
	stk_json_free(again);
	stk_json_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_parse__keeps_64_bits),
		cmocka_unit_test(json_parse__refuses_what_is_not_one_document),
		cmocka_unit_test(json_get__has_fall_backs_for_other_types),
		cmocka_unit_test(json_pointer__follows_rfc_6901),
		cmocka_unit_test(json_need__names_the_member),
		cmocka_unit_test(json_each__goes_in_document_order_until_stopped),
		cmocka_unit_test(json_format__is_always_valid),
		cmocka_unit_test(json_ref__keeps_it_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
