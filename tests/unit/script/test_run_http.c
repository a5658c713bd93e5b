/* test_run_http: requests, answers and cookies of load scripts, against a server in this process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/script_run.h"

/* k6 5.3: `status body headers error error_code proto url timings`, `json(selector)` | the same
 * fields; `r:json(pointer)` | RFC 6901 pointers in place of gjson paths; integers stay integers */
static void http_get__gives_a_response(void **state)
{
	script_run_expect_talk(*state,
		"local r = http.get('/products?page=1')\n"
		"print(r.status, r.ok, r.error, r.error_code, r.proto, r)\n"
		"print(r.headers['content-TYPE'], r.headers.nothing, r:json('/products/0/id'))\n"
		"print(r:json '/total', math.type(r:json '/total'), r:json '/none' == "
		"stoker.null)\n"
		"print(#r:json '/a~1b/~0', r:json '/x', #r.body > 10, r.url:match '/products.*')\n"
		"print(r.timings.duration > 0, r.timings.waiting > 0, type(r.timings.blocked))\n"
		"print(pcall(function() return r.statsu end))",
		"print: 200\ttrue\t\t0\tHTTP/1.1\tresponse 200\n"
		"print: application/json\tnil\t7\n"
		"print: 9007199254740993\tinteger\ttrue\n"
		"print: 0\tnil\ttrue\t/products?page=1\n"
		"print: true\ttrue\tnumber\n"
		"print: false\tcase.lua:9: a response has no 'statsu'; it has status, ok, body, "
		"headers, "
		"cookies, error, error_code, proto, url, timings and json(pointer)\n");
}

/* k6 5.2: a transport failure gives status 0, `error`, `error_code` | the same, and `ok` | never
 * raises; there is no `throw` */
static void http_get__network_trouble_never_raises(void **state)
{
	script_run_expect_talk(*state,
		"local r = http.get('http://127.0.0.1:1/')\nprint(r.status, r.ok, r.error_code)\n"
		"print(r.error ~= '', r.body, r:json())",
		"print: 0\tfalse\t1212\nprint: true\t\tnil\tthere is no answer\n");
}

static void http_json__says_why_there_is_nothing(void **state)
{
	script_run_expect_talk(*state,
		"local t = http.get '/text'\nprint((select(2, t:json())):match '^the body is not "
		"JSON')\n"
		"local p = http.get '/products'\nprint(select(2, p:json '/no/such'))\n"
		"print(select(2, http.get('/text', { discard = true }):json()))\n"
		"print(p:json '' == nil, p:json().total)\n"
		"print(pcall(p.json, p, 'total'))",
		"print: the body is not JSON\nprint: nothing at '/no/such'\n"
		"print: there is no body (discard)\nprint: false\t9007199254740993\n"
		"print: false\tcase.lua:9: json: a pointer begins with / (\"/items/0/id\"), not "
		"'total'\n");
}

/* k6 5.1: `get head post put patch del options request` | the same; `del` is `delete` | any method
 * name by `request` */
static void http_methods__are_sent_as_named(void **state)
{
	struct script_run *run = *state;

	script_run_expect_talk(run,
		"http.head '/text' http.delete '/test-data' http.options '/echo' http.put('/echo', "
		"'x')\n"
		"http.patch('/echo', 'x') http.request('PURGE', '/echo') http.post '/cart'",
		"");
	char *log = shop_server_log(run->shop);
	assert_string_equal(log, "HEAD /text\nDELETE /test-data\nOPTIONS /echo\nPUT /echo\n"
				 "PATCH /echo\nPURGE /echo\nPOST /cart\n");
	free(log);
}

/* k6 5.1: text raw, an object as a form with keys sorted, multipart with `http.file` | text, `{
 * json = … }`, `{ form = … }`, `{ multipart = … }`, `stoker.file` | JSON is written for you, with
 * its header */
static void http_bodies__of_every_kind(void **state)
{
	struct script_run *run = *state;

	lua_case_file(&run->lc, "part.txt", "in the file");
	lua_case_file(&run->lc, "users.csv", "name,age\nann,1\nbob,2\n");
	lua_case_file(&run->lc, "deep.json", "{\"json\": {\"l\": [1, {}], \"n\": null}}");
	script_run_expect_talk(run,
		"local function sent(body, opts)\n"
		"  local r = http.post('/echo', body, opts)\n"
		"  return r.body:match('[Cc]ontent%-[Tt]ype: ([^\\n]*)'), r.body:match "
		"'\\n\\n(.*)'\n"
		"end\n"
		"print(sent('raw'))\n"
		"print(sent { json = { b = 1, a = { 1, 2.5, 'x\"\\n' }, e = {}, l = stoker.array "
		"{},"
		" n = stoker.null, i = 9007199254740993, t = true } })\n"
		"print(sent { form = { q = 'a b&c', l = { 1, 2 } } })\n"
		"print(sent { q = 'plain', json = 'x' })\n"
		"print((sent { json = {} }), select(2, sent { json = {} }))\n"
		"print(select(2, sent(stoker.file 'part.txt')))\n"
		"print(select(2, sent { multipart = { f = stoker.file 'part.txt', a = 'b' } }))\n"
		"print((sent({ json = 1 }, { headers = { ['content-type'] = 'a/b' } })))\n"
		"local user, deep = stoker.data.csv('users.csv')[2], stoker.data.json 'deep.json'\n"
		"print(select(2, sent { json = user }), select(2, sent { json = { u = user, d = "
		"deep "
		"} }))\n"
		"print(select(2, sent(user)), select(2, sent { form = user }), select(2, "
		"sent(deep)))",
		"print: nil\traw\n"
		"print: application/json\t{\"a\":[1,2.5,\"x\\\"\\n\"],\"b\":1,\"e\":{},"
		"\"i\":9007199254740993,\"l\":[],\"n\":null,\"t\":true}\n"
		"print: application/x-www-form-urlencoded\tl=1&l=2&q=a%20b%26c\n"
		"print: application/x-www-form-urlencoded\tjson=x&q=plain\n"
		"print: application/json\t{}\n"
		"print: in the file\n"
		"print: --stoker-3b7c1d52f0a94e68\r\nContent-Disposition: form-data; "
		"name=\"a\"\r\n\r\nb\r\n"
		"--stoker-3b7c1d52f0a94e68\r\nContent-Disposition: form-data; name=\"f\"; "
		"filename=\"part.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nin the "
		"file\r\n"
		"--stoker-3b7c1d52f0a94e68--\r\n\n"
		"print: a/b\n"
		"print: "
		"{\"age\":\"2\",\"name\":\"bob\"}\t{\"d\":{\"json\":{\"l\":[1,{}],\"n\":null}},"
		"\"u\":{\"age\":\"2\",\"name\":\"bob\"}}\n"
		"print: age=2&name=bob\tage=2&name=bob\t{\"l\":[1,{}],\"n\":null}\n");
}

/* What setup returned and what files of data hold are bodies like any other table. */
static void http_bodies__of_tables_that_are_read_only(void **state)
{
	struct script_run *run = *state;

	lua_case_file(&run->lc, "users.csv", "name,age\nann,7\n");
	assert_int_equal(
		script_run_text(run,
			"local stoker = require 'stoker'\nlocal http = stoker.http\n"
			"local users = stoker.data.csv 'users.csv'\n"
			"local function sent(body)\n"
			"  print((http.post('/echo', body).body:match '\\n\\n(.*)'))\n"
			"end\n"
			"return { base_url = stoker.env 'BASE_URL', vus = 1, iterations = 1,\n"
			"setup = function() return { j = { json = { a = 1 } }, p = { q = { 1, 2 } "
			"},\n"
			"  f = { form = { b = 'x' } }, u = users[1] } end,\n"
			"default = function(ctx)\n"
			"  sent(ctx.j) sent(ctx.p) sent(ctx.f) sent { form = users[1] }\n"
			"  sent { json = users[1] } sent(users[1]) sent { json = ctx.u }\n"
			"end }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "print: {\"a\":1}\nprint: q=1&q=2\nprint: b=x\n"
					      "print: age=7&name=ann\n"
					      "print: {\"age\":\"7\",\"name\":\"ann\"}\n"
					      "print: age=7&name=ann\n"
					      "print: {\"age\":\"7\",\"name\":\"ann\"}\n");
}

static void http_json__refuses_what_json_is_not(void **state)
{
	struct script_run *run = *state;

	script_run_expect_error(run, "http.post('/echo', { json = { a = { 1, print } } })",
		"case.lua:3: http.post: json: /a/2: function cannot be JSON");
	script_run_expect_error(run, "http.post('/echo', { json = { 0/0 } })",
		"case.lua:3: http.post: json: /1: NaN cannot be JSON");
	script_run_expect_error(run, "http.post('/echo', { json = { 1, nil, 3 } })",
		"case.lua:3: http.post: json: a list with holes cannot be JSON");
	assert_int_equal(
		script_run_body(run, "local t = {} t.t = t http.post('/echo', { json = t })"), 0);
	assert_non_null(strstr(run->lc.talk.ptr,
		": a table nested this deeply (or in a circle) cannot be JSON\n"));
}

/* k6 5.2, 17: `headers cookies auth redirects timeout tags compression responseType` | `headers
 * cookies auth redirects timeout tags compress discard expect` | request bodies by gzip,
 * deflate, br, zstd, one or several */
static void http_opts__reach_the_wire(void **state)
{
	script_run_expect_talk(*state,
		"local r = http.get('/echo', { headers = { ['X-A'] = 1, Authorization = 'Bearer ' "
		".. "
		"stoker.secret 'TEST_PASSWORD' }, cookies = { c = 'v' }, name = 'n', tags = { t = "
		"1 },"
		" timeout = '5s' })\n"
		"print(r.body:match 'X%-A: 1', r.body:match 'Authorization: Bearer hunter2', "
		"r.body:match 'Cookie: c=v')\n"
		"print(http.get('/echo', { auth = { 'u', 'p' } }).body:match 'Authorization: Basic "
		"dTpw')\n"
		"print(http.get('/redirect/2').url:match '/products', http.get('/redirect/2', { "
		"redirects = 0 "
		"}).status)\n"
		"print(http.get('/status/404', { expect = 404 }).ok, http.get('/status/404', { "
		"expect = { 200,"
		" '4xx' } }).ok, http.get('/status/503').ok)\n"
		"local z = http.post('/echo', ('x'):rep(100), { compress = 'gzip' })\n"
		"print(z.body:match 'Content%-Encoding: gzip', #z.body < 400)\n"
		"z = http.post('/echo', ('x'):rep(100), { compress = 'gzip, deflate' })\n"
		"print(z.body:match 'Content%-Encoding: gzip, deflate')\n"
		"print(http.get('/text', { discard = true }).body)",
		"print: X-A: 1\tAuthorization: Bearer hunter2\tCookie: c=v\n"
		"print: Authorization: Basic dTpw\nprint: /products\t302\n"
		"print: true\ttrue\tfalse\nprint: Content-Encoding: gzip\ttrue\n"
		"print: Content-Encoding: gzip, deflate\nprint: nil\n");
}

/* k6 5.3: repeated headers are joined by `, `; `cookies` | the same | header names in any case */
static void http_response__headers_and_cookies(void **state)
{
	script_run_expect_talk(*state,
		"local r = http.get '/cookie'\n"
		"print(r.cookies.a, r.cookies.b, r.headers['x-twice'])\n"
		"local n = 0 for k, v in pairs(r.headers) do if k == 'X-Twice' then print(v) end "
		"end\n"
		"print(http.get('/echo').body:match 'Cookie: [^\\n]*')",
		"print: 1\t2\tone, two\nprint: one, two\nprint: Cookie: a=1; b=2\n");
}

/* k6 5.4, 17: cookies are cleared for each iteration | the same | - */
static void cookies__live_for_one_iteration(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run, "local s = require 'stoker' local http = s.http\n"
				     "return { base_url = s.env 'BASE_URL', vus = 1, iterations = "
				     "3, default = function()\n"
				     " local function sent() return http.get('/echo').body:match "
				     "'Cookie: ([^\\n]*)' end\n"
				     " assert(sent() == nil) http.get '/cookie' assert(sent() == "
				     "'a=1; b=2') end }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "");
	assert_int_equal(run->result.errors, 0);
	assert_int_equal(run->result.iterations, 3);
}

/* k6 5.5: `noCookiesReset` | `no_cookies_reset` | - */
static void cookies__stay_with_the_vu_where_asked(void **state)
{
	struct script_run *run = *state;

	assert_int_equal(
		script_run_text(run,
			"local s = require 'stoker' local http = s.http\n"
			"return { base_url = s.env 'BASE_URL', no_cookies_reset = true, scenarios "
			"= { s = {\n"
			" executor = 'per-vu-iterations', vus = 2, iterations = 3, exec = "
			"function()\n"
			" local function sent(opts) return http.get('/echo', opts).body:match "
			"'Cookie: ([^\\n]*)' end\n"
			" if s.vu.iter == 0 then assert(sent() == nil) http.get '/cookie' end\n"
			" assert(sent() == 'a=1; b=2', sent()) end } } }"),
		0);
	assert_string_equal(run->lc.talk.ptr, "");
	assert_int_equal(run->result.errors, 0);
	assert_int_equal(run->result.iterations, 6);
}

/* k6 5.2: an unknown param is ignored | an error with file, line and the nearest name | - */
static void http_misuse__raises_with_file_and_line(void **state)
{
	struct script_run *run = *state;

	script_run_expect_error(
		run, "\nhttp.get(nil)", "case.lua:4: http.get: url must be text, not nil");
	script_run_expect_error(run, "http.get('/', { heders = {} })",
		"case.lua:3: http.get: unknown option 'heders', did you mean 'headers'?");
	script_run_expect_error(run, "http.get('/', { timeout = {} })",
		"case.lua:3: http.get: timeout: a duration is wanted (\"30s\" or seconds), not "
		"table");
	script_run_expect_error(run, "http.get('/', { headers = { a = 'x\\ny' } })",
		"case.lua:3: http.get: headers 'a' is empty or has a line break");
	script_run_expect_error(run, "http.get('/', { name = stoker.secret 'TEST_PASSWORD' })",
		"case.lua:3: http.get: the name is a secret");
	script_run_expect_error(run, "http.request('get it', '/')",
		"case.lua:3: http.request: 'get it' is no method (GET, POST ...)");
	script_run_expect_error(run, "http.post('/', 7)",
		"case.lua:3: http.post: the body must be text, a table or stoker.file, not number");
}

/* k6 5.1: `batch` of a list or an object gives the same shape | the same | - */
static void http_batch__keeps_keys(void **state)
{
	script_run_expect_talk(*state,
		"local r = http.batch { { 'GET', '/products' }, '/text', third = { method = "
		"'POST', url = "
		"'/echo', body = { json = { 1 } }, headers = { ['X-B'] = 'y' } } }\n"
		"print(r[1]:json '/products/0/id', r[2].body, r.third.body:match 'X%-B: y')\n"
		"print(next(http.batch {}))\n"
		"local many = {} for i = 1, 50 do many[i] = '/text' end\n"
		"local all = http.batch(many) print(#all, all[50].body)",
		"print: 7\thello\tX-B: y\nprint: nil\nprint: 50\thello\n");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, script_run_setup, script_run_teardown)
	const struct CMUnitTest tests[] = {
		CASE(http_get__gives_a_response),
		CASE(http_get__network_trouble_never_raises),
		CASE(http_json__says_why_there_is_nothing),
		CASE(http_methods__are_sent_as_named),
		CASE(http_bodies__of_every_kind),
		CASE(http_bodies__of_tables_that_are_read_only),
		CASE(http_json__refuses_what_json_is_not),
		CASE(http_opts__reach_the_wire),
		CASE(http_response__headers_and_cookies),
		CASE(cookies__live_for_one_iteration),
		CASE(cookies__stay_with_the_vu_where_asked),
		CASE(http_misuse__raises_with_file_and_line),
		CASE(http_batch__keeps_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
