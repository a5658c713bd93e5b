/* test_bind_jar: cookies of one's own, against a server in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/script_run.h"

#define SENT                                                                                       \
	"local function sent(p) return http.get(p or '/echo').body:match 'Cookie: ([^\\n]*)' "     \
	"end\n"

/* k6 5.1: `cookieJar()`: `set`, `cookiesForURL`, `delete`, `clear` | `http.cookie_jar()`, in
 * snake_case | `cookies_for_url` gives text by name, no lists; paths go behind `base_url` */
static void jar__is_that_of_the_requests(void **state)
{
	script_run_expect_talk(*state,
		"local jar = http.cookie_jar()\n" SENT "print(next(jar:cookies_for_url '/'))\n"
		"jar:set('/', 'theme', 'dark blue') print(sent())\n"
		"http.get '/cookie' local all = jar:cookies_for_url '/echo'\n"
		"print(all.theme, all.a, all.b)\n"
		"jar:set('/', 'a', '7', { path = '/cookie' }) print(sent(), sent '/cookie')\n"
		"jar:delete('/', 'a') print(sent()) jar:clear '/' print(sent())",
		"print: nil\nprint: theme=dark blue\nprint: dark blue\t1\t2\n"
		"print: theme=dark blue; a=1; b=2\tnil\nprint: theme=dark blue; b=2\n"
		"print: nil\n");
}

static void jar__takes_what_a_server_may_say(void **state)
{
	script_run_expect_talk(*state,
		"local jar, url = http.cookie_jar(), 'https://eu.shop.test/x/'\n"
		"local function of(u) return jar:cookies_for_url(u).c end\n"
		"jar:set(url, 'c', '1', { domain = 'shop.test', path = '/', secure = true, max_age "
		"= 60 })\n"
		"print(of 'https://us.shop.test/', of 'http://us.shop.test/', of "
		"'https://other.test/')\n"
		"jar:set(url, 'c', '2', { path = '/x' }) print(of(url), of "
		"'https://eu.shop.test/')\n"
		"jar:set(url, 'c', '', { path = '/x', max_age = 0 }) print(of(url))",
		"print: 1\tnil\tnil\nprint: 2\t1\nprint: 1\n");
}

static void jar__says_what_is_wrong(void **state)
{
	static const char *const cases[][2] = {
		{"jar:set('/', 'a b', '1')", "case.lua:3: cookie jar: name cannot hold ' '"},
		{"jar:set('/', 'a', '1;2')", "case.lua:3: cookie jar: value cannot hold ';'"},
		{"jar:set('/', 'a', 'x\\ny')",
			"case.lua:3: cookie jar: value cannot hold a control character"},
		{"jar:set('/', 'a')", "case.lua:3: cookie jar: value must be text, not nil"},
		{"jar:set('/', 'a', '1', { max_age = '1' })",
			"case.lua:3: cookie jar: 'max_age' is none of domain, path (text), max_age "
			"(whole seconds), secure (true or false)"},
		{"jar:set('/', 'a', '1', { domain = 'other.test' })",
			"case.lua:3: cookie jar: '127.0.0.1' may not set this cookie: it is of "
			"another domain, or longer than 4096 bytes"},
		{"jar:set('ftp://x/', 'a', '1')", "case.lua:3: cookie jar: 'ftp://x/' is no URL"},
		{"jar:delete('/')",
			"case.lua:3: cookie jar: delete takes a url and a name; clear forgets all"},
		{"jar.max = 1",
			"case.lua:3: the cookie jar is read-only; it cannot be given 'max'"},
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		char body[200];

		(void)snprintf(body, sizeof body, "local jar = http.cookie_jar() %s", cases[i][0]);
		script_run_expect_error(*state, body, cases[i][1]);
	}
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, script_run_setup, script_run_teardown)
	const struct CMUnitTest tests[] = {
		CASE(jar__is_that_of_the_requests),
		CASE(jar__takes_what_a_server_may_say),
		CASE(jar__says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
