/* test_cookies: what is stored, what goes out, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/load/cookies.h"

#define NOW INT64_C(1700000000000000000)

static struct stk_url at(const char *text)
{
	struct stk_url url;

	assert_int_equal(stk_url_parse(stk_str_of(text), &url, NULL), 0);
	return url;
}

static bool put(struct stk_cookies *jar, const char *url, const char *line)
{
	struct stk_url parsed = at(url);

	return stk_cookies_put(jar, &parsed, stk_str_of(line), NOW);
}

static void goes_out(
	const struct stk_cookies *jar, const char *url, int64_t wall_ns, const char *want)
{
	struct stk_url parsed = at(url);
	struct stk_buf text = STK_BUF_EMPTY;

	stk_cookies_format(jar, &parsed, wall_ns, &text);
	assert_string_equal(text.ptr, want);
	stk_buf_release(&text);
}

/* k6 5.2: a jar per VU, by host, path and name | the same | - */
static void cookies_put__keeps_by_host_path_and_name(void **state)
{
	struct stk_cookies jar;

	(void)state;
	stk_cookies_init(&jar);
	assert_true(put(&jar, "http://shop.test/a/b", "x=1"));
	assert_true(put(&jar, "http://shop.test/", "y=2; Path=/"));
	assert_true(put(&jar, "http://shop.test/", "z=3; Domain=.shop.test; Path=/; HttpOnly"));
	goes_out(&jar, "http://shop.test/a/c", NOW, "x=1; y=2; z=3");
	goes_out(&jar, "http://shop.test/ab", NOW, "y=2; z=3");
	goes_out(&jar, "http://www.shop.test/", NOW, "z=3");
	goes_out(&jar, "http://notshop.test/", NOW, "");
	assert_true(put(&jar, "http://shop.test/", "y=9; Path=/"));
	goes_out(&jar, "http://shop.test/", NOW, "z=3; y=9");
	stk_cookies_release(&jar);
}

/* k6 5.2: cookies expire | the same | - */
static void cookies_put__expires(void **state)
{
	struct stk_cookies jar;

	(void)state;
	stk_cookies_init(&jar);
	(void)put(&jar, "http://h.test/", "a=1; Max-Age=10");
	(void)put(&jar, "http://h.test/", "b=2; Secure");
	goes_out(&jar, "http://h.test/", NOW, "a=1");
	goes_out(&jar, "https://h.test/", NOW, "a=1; b=2");
	goes_out(&jar, "http://h.test/", NOW + INT64_C(11000000000), "");
	(void)put(&jar, "http://h.test/", "a=gone; Max-Age=0");
	(void)put(&jar, "http://h.test/", "b=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
	assert_int_equal(jar.items.len, 0);
	stk_cookies_release(&jar);
}

static void cookies_put__refuses_foreign_and_broken_ones(void **state)
{
	struct stk_cookies jar;

	(void)state;
	stk_cookies_init(&jar);
	assert_false(put(&jar, "http://shop.test/", "a=1; Domain=bank.test"));
	assert_false(put(&jar, "http://shop.test/", "a=1; Domain=www.shop.test"));
	assert_false(put(&jar, "http://127.0.0.1/", "a=1; Domain=0.0.1"));
	assert_false(put(&jar, "http://shop.test/", "=1"));
	assert_false(put(&jar, "http://shop.test/", "novalue"));
	assert_false(put(&jar, "http://shop.test/", ""));
	for (int i = 0; i < STK_COOKIES_MAX + 5; i++) {
		char line[32];

		(void)snprintf(line, sizeof line, "c%d=1", i);
		assert_true(put(&jar, "http://shop.test/", line));
	}
	assert_int_equal(jar.items.len, STK_COOKIES_MAX);
	assert_string_equal(jar.items.items[0].name, "c5");
	stk_cookies_release(&jar);
}

static void cookies_remove__forgets_what_would_go_out(void **state)
{
	struct stk_cookies jar;
	struct stk_url deep = at("http://a.shop.test/x/y"), top = at("http://a.shop.test/");

	(void)state;
	stk_cookies_init(&jar);
	assert_true(put(&jar, "http://a.shop.test/", "a=1; Path=/"));
	assert_true(put(&jar, "http://a.shop.test/", "a=2; Path=/x; Domain=shop.test"));
	assert_true(put(&jar, "http://a.shop.test/", "b=3; Path=/x"));
	assert_true(put(&jar, "http://b.shop.test/", "c=4; Path=/"));
	stk_cookies_remove(&jar, &top, STK_STR("b"), NOW); /* is not sent there */
	goes_out(&jar, "http://a.shop.test/x/y", NOW, "a=2; b=3; a=1");
	stk_cookies_remove(&jar, &deep, STK_STR("a"), NOW);
	goes_out(&jar, "http://a.shop.test/x/y", NOW, "b=3");
	stk_cookies_remove(&jar, &deep, STK_STR(""), NOW);
	goes_out(&jar, "http://a.shop.test/x/y", NOW, "");
	goes_out(&jar, "http://b.shop.test/", NOW, "c=4");
	stk_cookies_release(&jar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookies_put__keeps_by_host_path_and_name),
		cmocka_unit_test(cookies_put__expires),
		cmocka_unit_test(cookies_put__refuses_foreign_and_broken_ones),
		cmocka_unit_test(cookies_remove__forgets_what_would_go_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
