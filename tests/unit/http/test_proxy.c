/* test_proxy: variables of the environment into the proxy of a URL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/http/proxy.h"

static const char *const names[] = {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
	"ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"};

static int forget_variables(void **state)
{
	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++)
		(void)unsetenv(names[i]);
	return 0;
}

/* What the variables that are set now make of url; "-" is none. */
static void assert_proxy(const char *text, const char *wanted)
{
	struct stk_proxies proxies;
	struct stk_url url;
	const char *found;

	assert_int_equal(stk_url_parse(stk_str_of(text), &url, NULL), 0);
	stk_proxies_init(&proxies);
	found = stk_proxies_find(&proxies, &url);
	assert_string_equal(found ? found : "-", wanted);
	stk_proxies_release(&proxies);
}

static void proxies_find__has_one_for_each_scheme(void **state)
{
	(void)state;
	assert_proxy("http://shop.test/", "-");
	(void)setenv("HTTP_PROXY", "http://p:1", 1);
	(void)setenv("https_proxy", "http://p:2", 1);
	assert_proxy("http://shop.test/", "http://p:1");
	assert_proxy("https://shop.test/", "http://p:2");
	(void)setenv("http_proxy", "http://small:1", 1);
	assert_proxy("http://shop.test/", "http://p:1");
	(void)setenv("HTTP_PROXY", "", 1);
	assert_proxy("http://shop.test/", "http://small:1");
}

static void proxies_find__all_proxy_stands_for_what_is_not_set(void **state)
{
	(void)state;
	(void)setenv("ALL_PROXY", "socks5://p:9", 1);
	(void)setenv("http_proxy", "http://p:1", 1);
	assert_proxy("http://shop.test/", "http://p:1");
	assert_proxy("https://shop.test/", "socks5://p:9");
}

static void proxies_find__believes_no_header_of_a_cgi_client(void **state)
{
	(void)state;
	(void)setenv("HTTP_PROXY", "http://evil:1", 1);
	(void)setenv("REQUEST_METHOD", "GET", 1);
	assert_proxy("http://shop.test/", "-");
}

static void proxies_find__never_for_this_machine(void **state)
{
	(void)state;
	(void)setenv("HTTP_PROXY", "http://p:1", 1);
	assert_proxy("http://localhost:8080/", "-");
	assert_proxy("http://127.1.2.3/", "-");
	assert_proxy("http://[::1]:80/", "-");
	assert_proxy("http://127.shop.test/", "http://p:1"); /* no address */
	assert_proxy("http://128.0.0.1/", "http://p:1");
}

static void proxies_find__leaves_out_no_proxy(void **state)
{
	static const char *const straight[] = {"http://shop.test/", "http://eu.shop.test/",
		"http://a.below.test/", "http://a.star.test/", "http://10.1.2.3/",
		"http://192.0.2.7/", "http://[fd00::1]/", "http://port.test:8080/",
		"http://[2001:db8::5]:8080/"};
	static const char *const proxied[] = {"http://othershop.test/", "http://below.test/",
		"http://star.test/", "http://11.1.2.3/", "http://192.0.2.8/", "http://[fc00::1]/",
		"http://port.test/", "http://[2001:db8::5]/"};

	(void)state;
	(void)setenv("HTTP_PROXY", "http://p:1", 1);
	(void)setenv("NO_PROXY",
		"Shop.test, .below.test,*.star.test,10.0.0.0/8,192.0.2.7,[fd00::1],,port.test:8080,"
		"[2001:db8::5]:8080,bad:port,:80",
		1);
	for (size_t i = 0; i < STK_ARRAY_LEN(straight); i++)
		assert_proxy(straight[i], "-");
	for (size_t i = 0; i < STK_ARRAY_LEN(proxied); i++)
		assert_proxy(proxied[i], "http://p:1");
	(void)setenv("NO_PROXY", "x, *", 1);
	assert_proxy("http://othershop.test/", "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(proxies_find__has_one_for_each_scheme, forget_variables),
		cmocka_unit_test_setup(
			proxies_find__all_proxy_stands_for_what_is_not_set, forget_variables),
		cmocka_unit_test_setup(
			proxies_find__believes_no_header_of_a_cgi_client, forget_variables),
		cmocka_unit_test_setup(proxies_find__never_for_this_machine, forget_variables),
		cmocka_unit_test_setup(proxies_find__leaves_out_no_proxy, forget_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
