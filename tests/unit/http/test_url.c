/* test_url: taking URLs apart, joining, escaping, query strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/http/url.h"

static void assert_str(struct stk_str got, const char *want)
{
	char *text = stk_str_dup(got);

	assert_string_equal(text, want);
	free(text);
}

static void url_parse__takes_every_part(void **state)
{
	struct stk_url url;

	(void)state;
	assert_int_equal(
		stk_url_parse(STK_STR("https://u:p@h.example:8443/a/b?x=1&y#frag"), &url, NULL), 0);
	assert_str(url.scheme, "https");
	assert_str(url.userinfo, "u:p");
	assert_str(url.host, "h.example");
	assert_int_equal(url.port, 8443);
	assert_str(url.path, "/a/b");
	assert_str(url.query, "x=1&y");
	assert_str(url.fragment, "frag");
}

static void url_parse__defaults_ports_and_empty_paths(void **state)
{
	struct stk_url url;

	(void)state;
	assert_int_equal(stk_url_parse(STK_STR("HTTP://localhost"), &url, NULL), 0);
	assert_int_equal(url.port, 80);
	assert_int_equal(url.path.len, 0);
	assert_int_equal(stk_url_parse(STK_STR("https://h?q"), &url, NULL), 0);
	assert_int_equal(url.port, 443);
	assert_str(url.query, "q");
	assert_int_equal(stk_url_parse(STK_STR("http://[::1]:99/x"), &url, NULL), 0);
	assert_str(url.host, "::1");
	assert_int_equal(url.port, 99);
}

static void url_parse__refuses_what_is_no_http_url(void **state)
{
	static const char *const bad[] = {"", "h/x", "ftp://h/", "http://", "http://:80/",
		"http://h:0/", "http://h:65536/", "http://h:x/", "http://a b/", "http://h/a\nb",
		"http://[::1/", "http://[::1]x/", "http://::1:80/", "://h"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_url url;

		assert_int_equal(stk_url_parse(stk_str_of(bad[i]), &url, &err), STK_E_INVAL);
		assert_true(err.msg[0] != '\0');
	}
}

static void url_join__puts_one_slash_between(void **state)
{
	static const char *const rows[][3] = {
		{"http://h/api", "/x", "http://h/api/x"},
		{"http://h/api/", "/x", "http://h/api/x"},
		{"http://h", "x", "http://h/x"},
		{"http://h", "?a=1", "http://h?a=1"},
		{"http://h/", "", "http://h"},
		{"http://h", "https://other/y", "https://other/y"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		stk_url_join(&buf, stk_str_of(rows[i][0]), stk_str_of(rows[i][1]));
		assert_string_equal(buf.ptr, rows[i][2]);
		stk_buf_release(&buf);
	}
}

static void url_escape__comes_back_by_unescape(void **state)
{
	struct stk_buf escaped = STK_BUF_EMPTY, back = STK_BUF_EMPTY;
	char all[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	stk_url_escape(&escaped, stk_str_n(all, sizeof all));
	assert_int_equal(stk_url_unescape(&back, stk_buf_str(&escaped), true, NULL), 0);
	assert_int_equal(back.len, sizeof all);
	assert_memory_equal(back.ptr, all, sizeof all);
	stk_buf_release(&escaped);
	stk_buf_release(&back);
}

static void url_unescape__refuses_cut_and_wrong_escapes(void **state)
{
	static const char *const bad[] = {"%", "%4", "a%4", "%zz", "%4x", "x%"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		assert_int_equal(
			stk_url_unescape(&buf, stk_str_of(bad[i]), false, NULL), STK_E_FORMAT);
		stk_buf_release(&buf);
	}
}

static void url_unescape__decodes_at_the_very_end(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_url_unescape(&buf, STK_STR("a+b%41"), false, NULL), 0);
	assert_string_equal(buf.ptr, "a+bA");
	stk_buf_release(&buf);
}

static void url_query__gives_decoded_values(void **state)
{
	struct stk_url_query query;

	(void)state;
	assert_int_equal(
		stk_url_query_parse(&query,
			STK_STR("name=demo.cpu%7Benv%3Dci%7D&a+b=c+d&flag&bad=%zz&&name=2"), NULL),
		0);
	assert_int_equal(query.pairs.len, 4);
	assert_str(stk_url_query_get(&query, "name"), "demo.cpu{env=ci}");
	assert_str(stk_url_query_get(&query, "a b"), "c d");
	assert_true(stk_url_query_has(&query, "flag"));
	assert_false(stk_url_query_has(&query, "bad"));
	assert_int_equal(stk_url_query_get(&query, "none").len, 0);
	stk_url_query_release(&query);
}

static void url_query__is_bounded(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_url_query query;

	(void)state;
	for (int i = 0; i <= STK_URL_QUERY_MAX_PAIRS; i++)
		stk_buf_add_text(&text, "a&");
	assert_int_equal(stk_url_query_parse(&query, stk_buf_str(&text), NULL), STK_E_TOO_LARGE);
	stk_url_query_release(&query);
	stk_buf_release(&text);
}

static void url_query_add__escapes_and_separates(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_url_query_add(&buf, "query", STK_STR("a{b=\"c\"}"));
	stk_url_query_add(&buf, "from", STK_STR("now-1h"));
	assert_string_equal(buf.ptr, "query=a%7Bb%3D%22c%22%7D&from=now-1h");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url_parse__takes_every_part),
		cmocka_unit_test(url_parse__defaults_ports_and_empty_paths),
		cmocka_unit_test(url_parse__refuses_what_is_no_http_url),
		cmocka_unit_test(url_join__puts_one_slash_between),
		cmocka_unit_test(url_escape__comes_back_by_unescape),
		cmocka_unit_test(url_unescape__refuses_cut_and_wrong_escapes),
		cmocka_unit_test(url_unescape__decodes_at_the_very_end),
		cmocka_unit_test(url_query__gives_decoded_values),
		cmocka_unit_test(url_query__is_bounded),
		cmocka_unit_test(url_query_add__escapes_and_separates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
