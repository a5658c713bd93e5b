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

/* k6 5.1: `new CookieJar()`, request parameter `jar` | `http.new_cookie_jar()`, `jar = …` | lives
 * over iterations at file level, as in k6, but is emptied when a comparison switches sides; what is
 * no jar is an error, in k6 it is overlooked */
static void new_jar__keeps_its_cookies_to_itself(void **state)
{
	script_run_expect_talk(*state,
		"local mine, more = http.new_cookie_jar(), http.new_cookie_jar()\n"
		"local function sent(jar, cookies)\n"
		"local opts = { jar = jar, cookies = cookies }\n"
		"return http.get('/echo', opts).body:match 'Cookie: ([^\\n]*)' end\n"
		"http.get('/cookie', { jar = mine }) print(sent(), sent(mine), sent(more))\n"
		"more:set('/', 'c', '3') print(sent(), sent(mine), sent(more, { d = '4' }))\n"
		"print(mine:cookies_for_url('/').a, more:cookies_for_url('/').a)\n"
		"http.batch { { 'GET', '/cookie' }, { url = '/cookie', jar = more } }\n"
		"print(sent(http.cookie_jar()), sent(more))\n"
		"mine:delete('/', 'a') more:clear '/' print(sent(mine), sent(more), sent())",
		"print: nil\ta=1; b=2\tnil\nprint: nil\ta=1; b=2\td=4; c=3\nprint: 1\tnil\n"
		"print: a=1; b=2\tc=3; a=1; b=2\nprint: b=2\tnil\ta=1; b=2\n");
}

/* k6 5.2: `cookies` of a request go out before those of its jar | the same | no `replace`: the
 * jar's of the same name follows */
static void jar__comes_behind_the_cookies_of_the_request(void **state)
{
	script_run_expect_talk(*state,
		SENT "http.cookie_jar():set('/', 'a', '1', { path = '/' })\n"
		     "local function with(path) return http.get(path, { cookies = { a = '9' } "
		     "}).body:match 'Cookie: ([^\\n]*)' end\n"
		     "print(with '/echo', sent())\n"
		     "http.cookie_jar():clear '/' http.cookie_jar():set('/x', 'b', '1', { path = "
		     "'/x' })\n"
		     "print(with '/echo')",
		"print: a=9; a=1\ta=1\nprint: a=9\n");
}

static void new_jar__of_the_file_lives_with_its_virtual_user(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run,
			"local stoker = require 'stoker' local http = stoker.http\n"
			"local jar = http.new_cookie_jar()\n"
			"return { base_url = stoker.env 'BASE_URL', iterations = 3, default = "
			"function()\n"
			"if stoker.vu.iter == 1 then http.get('/cookie', { jar = jar }) end\n"
			"print(jar:cookies_for_url('/').a)\n"
			"end }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "print: nil\nprint: 1\nprint: 1\n");
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
		{"http.get('/', { jar = {} })",
			"case.lua:3: http.get: jar must be http.cookie_jar() or one of "
			"http.new_cookie_jar(), not table"},
		{"jar.clear '/'",
			"case.lua:3: cookie jar: its functions are called with ':', as jar:set"},
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
		CASE(new_jar__keeps_its_cookies_to_itself),
		CASE(jar__comes_behind_the_cookies_of_the_request),
		CASE(new_jar__of_the_file_lives_with_its_virtual_user),
		CASE(jar__takes_what_a_server_may_say),
		CASE(jar__says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
