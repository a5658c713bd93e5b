/* test_http_op: requests are read from Lua, and their parts keep their place as lists grow. */
#include "core/script/http_op.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>
#include <lua.h>

#include "core/base/gzip.h"
#include "core/script/bind.h"
#include "core/script/state.h"

struct fixture {
	struct stk_state *state;
	lua_State *lua;
	struct stk_http_op *pool, *op;
	struct stk_err err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.err = STK_ERR_INIT};
	assert_int_equal(stk_state_new(NULL, 0, &f.state, &f.err), 0);
	f.lua = stk_state_lua(f.state);
	f.op = stk_http_op_take(&f.pool);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_http_op_give(&f->pool, f->op);
	stk_http_op_free_pool(f->pool);
	stk_state_free(f->state);
	return 0;
}

/* The op is found by C functions through an upvalue: url, options, body. */
static int add_request(lua_State *lua)
{
	struct stk_http_op *op = lua_touserdata(lua, lua_upvalueindex(1));

	(void)stk_http_op_add(op, lua, "http.post", "POST", 1);
	stk_http_op_options(op, lua, "http.post", 2);
	stk_http_op_body(op, lua, "http.post", 3);
	stk_http_op_compress(op, lua, "http.post");
	return 0;
}

/* Call add_request with the values of a list of Lua expressions, which stay alive in a global. */
static int add(struct fixture *f, const char *args)
{
	char text[1024];

	stk_err_clear(&f->err);
	lua_pushlightuserdata(f->lua, f->op);
	lua_pushcclosure(f->lua, add_request, 1);
	lua_setglobal(f->lua, "add");
	snprintf(text, sizeof text, "kept = {%s}; return add(kept[1], kept[2], kept[3])", args);
	assert_int_equal(stk_state_compile(f->lua, text, strlen(text), "=expr", &f->err), 0);
	return stk_state_call(f->state, f->lua, 0, 0, &f->err);
}

static void http_op__reads_url_options_and_body(void **state)
{
	struct fixture *f = *state;
	const struct stk_request *request;

	assert_int_equal(add(f, "'/cart', {name = 'cart', timeout = '2s', redirects = 3, headers = "
				"{['X-A'] = 'b'}}, 'text'"),
		0);
	request = stk_http_op_requests(f->op);
	assert_string_equal(request->method, "POST");
	assert_true(stk_str_is(request->url, "/cart"));
	assert_true(stk_str_is(request->name, "cart"));
	assert_int_equal(request->timeout_ns, INT64_C(2000000000));
	assert_int_equal(request->redirects, 3);
	assert_int_equal(request->headers_len, 1);
	assert_true(stk_str_is(request->headers[0].name, "X-A"));
	assert_true(request->has_body && stk_str_is(request->body, "text"));
	assert_true(stk_http_op_has_header(f->op, "x-a"));
	assert_false(stk_http_op_has_header(f->op, "x-b"));
}

static void http_op__many_requests_keep_their_own(void **state)
{
	struct fixture *f = *state;
	const struct stk_request *requests;

	lua_pushliteral(f->lua, "/many");
	for (int i = 0; i < 100; i++) {
		(void)stk_http_op_add(f->op, f->lua, "http.batch", "GET", 1);
		for (int k = 0; k < i % 3; k++)
			stk_http_op_header(
				f->op, STK_STR("N"), stk_str_n("0123456789" + i % 10, 1));
	}
	requests = stk_http_op_requests(f->op);
	assert_int_equal(f->op->len, 100);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(requests[i].headers_len, i % 3);
		for (int k = 0; k < i % 3; k++)
			assert_int_equal(requests[i].headers[k].value.ptr[0], '0' + i % 10);
	}
}

static void http_op__compresses_what_is_asked_for(void **state)
{
	struct fixture *f = *state;
	struct stk_buf plain = STK_BUF_INIT(1 << 20);
	const struct stk_request *request;

	char args[512];

	snprintf(args, sizeof args, "'/cart', {compress = 'gzip'}, '%0400d'", 0);
	assert_int_equal(add(f, args), 0);
	request = stk_http_op_requests(f->op);
	assert_true(request->body.len < 100);
	assert_true(stk_http_op_has_header(f->op, "content-encoding"));
	assert_int_equal(stk_gzip_unpack(request->body, &plain, &f->err), 0);
	assert_int_equal(plain.len, 400);
	stk_buf_release(&plain);
	assert_int_equal(add(f, "'/cart', {compress = 'deflate'}, 'aaaa'"), 0);
	(void)stk_http_op_requests(f->op);
	request = &f->op->requests.items[f->op->requests.len - 1];
	assert_true(stk_str_is(request->headers[0].value, "deflate"));
	assert_int_equal(stk_gzip_inflate(request->body, &plain, &f->err), 0);
	assert_string_equal(plain.ptr, "aaaa");
	stk_buf_release(&plain);
	assert_int_not_equal(add(f, "'/cart', {compress = 'lzma'}, 'aaaa'"), 0);
}

static void http_op__an_address_that_is_secret_has_no_name(void **state)
{
	struct fixture *f = *state;
	struct stk_http_item *item;

	stk_secret_push(f->lua, STK_STR("http://user:hunter2@host/"));
	item = stk_http_op_add(f->op, f->lua, "http.get", "GET", -1);
	assert_true(item->secret_url);
	assert_true(stk_str_is(item->request.name, "secret"));
}

static void http_op__says_what_is_wrong(void **state)
{
	static const char *const cases[][2] = {
		{"3", "http.post: url must be text, not number"},
		{"'/', {timeout = 0}", "http.post: timeout must be above 0"},
		{"'/', {redirects = 1001}",
			"http.post: redirects must be a whole number from 0 to 1000, not number"},
		{"'/', {headers = {a = 'b\\r\\nX: y'}}",
			"http.post: headers 'a' is empty or has a line break"},
		{"'/', {headers = {a = {}}}", "http.post: headers 'a' must be text, not table"},
		{"'/', {name = {}}", "http.post: name must be text, not table"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		assert_int_equal(add(f, cases[i][0]), STK_E_SCRIPT);
		if (!strstr(f->err.msg, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], f->err.msg);
	}
}

static void http_op_take__gives_an_empty_one_again(void **state)
{
	struct fixture *f = *state;
	struct stk_http_op *first = f->op;

	assert_int_equal(add(f, "'/cart', {headers = {a = 'b'}}"), 0);
	stk_http_op_give(&f->pool, f->op);
	f->op = stk_http_op_take(&f->pool);
	assert_ptr_equal(f->op, first);
	assert_int_equal(f->op->len, 0);
	assert_int_equal(f->op->headers.len, 0);
	assert_int_equal(f->op->requests.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			http_op__reads_url_options_and_body, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			http_op__many_requests_keep_their_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			http_op__compresses_what_is_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			http_op__an_address_that_is_secret_has_no_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(http_op__says_what_is_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			http_op_take__gives_an_empty_one_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
