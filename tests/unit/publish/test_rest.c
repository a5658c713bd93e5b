/* test_rest: what the REST client makes of limits, lost answers, redirects, pages and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/rest_priv.h"
#include "core/publish/token.h"
#include "tests/support/fake_http.h"

#define NOW_NS (INT64_C(1795358285) * STK_NS_PER_S)

struct scene {
	struct fake_http *fake;
	struct stk_fake_clock clock;
	struct stk_token token;
	struct stk_rest *rest;
	struct stk_rest_answer answer;
	struct stk_err err;
	struct stk_buf said;
};

static void on_say(const char *line, void *ctx)
{
	stk_buf_add_text(ctx, line);
}

static void start(struct scene *s, const struct fake_http_reply *replies, size_t len)
{
	memset(s, 0, sizeof *s);
	stk_buf_init(&s->said, 0);
	s->fake = fake_http_start(replies, len);
	stk_fake_clock_init(&s->clock, 0, NOW_NS);
	stk_secret_init(&s->token.secret, STK_STR("t0ps3cret"));
	s->token.source = "GITHUB_TOKEN";
	struct stk_rest_opts opts = {.base_url = fake_http_url(s->fake),
		.token = stk_token_get,
		.token_ctx = &s->token,
		.token_source = "GITHUB_TOKEN",
		.user_agent = "stoker/1",
		.clock = &s->clock.clock,
		.say = on_say,
		.say_ctx = &s->said};
	assert_int_equal(stk_rest_new(&opts, &s->rest, &s->err), 0);
}

static void end(struct scene *s)
{
	stk_rest_answer_release(&s->answer);
	stk_rest_free(s->rest);
	stk_token_release(&s->token);
	stk_buf_release(&s->said);
	fake_http_stop(s->fake);
}

static int send(struct scene *s, const char *method, const char *path)
{
	struct stk_json *body = strcmp(method, "GET") == 0 ? NULL : stk_json_new_object();
	struct stk_rest_request request = {
		.method = method, .path = path, .body = body, .permission = "checks: write"};
	int rc = stk_rest_send(s->rest, &request, &s->answer, &s->err);

	stk_json_free(body);
	return rc;
}

static double waited_s(const struct scene *s)
{
	return (double)s->clock.mono_ns / STK_NS_PER_S;
}

static void rest_send__waits_longer_at_each_secondary_limit(void **state)
{
	const struct fake_http_reply replies[] = {
		{.status = 403,
			.body = STK_STR(
				"{\"message\":\"You have exceeded a secondary rate limit.\"}"),
			.times = 2},
		{.status = 201, .body = STK_STR("{\"id\":9007199254740993}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 2);
	assert_int_equal(send(&s, "POST", "/x"), 0);
	assert_true(waited_s(&s) >= 180 && waited_s(&s) < 182);
	assert_true(
		stk_json_int(stk_json_get(s.answer.json, "id"), 0) == INT64_C(9007199254740993));
	assert_non_null(strstr(s.said.ptr, "waiting 60 s"));
	end(&s);
}

static void rest_send__waits_for_the_reset_by_the_servers_clock(void **state)
{
	/* our clock says 14:38:05; the server's is an hour behind, the reset 30 s after that */
	const struct fake_http_reply replies[] = {
		{.status = 403,
			.headers = "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1795354715",
			.body = STK_STR("{\"message\":\"API rate limit exceeded\"}"),
			.times = 1},
		{.status = 200, .body = STK_STR("[]")}};
	struct stk_rest rest = {.clock = NULL};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_fake_clock clock;
	struct scene s;

	(void)state;
	stk_fake_clock_init(&clock, 0, NOW_NS);
	rest.clock = &clock.clock;
	response.status = 403;
	stk_vec_push(&response.headers,
		(struct stk_http_header){STK_STR("X-RateLimit-Remaining"), STK_STR("0")});
	stk_vec_push(&response.headers,
		(struct stk_http_header){STK_STR("X-RateLimit-Reset"), STK_STR("1795354715")});
	stk_vec_push(&response.headers, (struct stk_http_header){STK_STR("Date"),
						STK_STR("Sun, 22 Nov 2026 13:38:05 GMT")});
	assert_true(stk_rest_limit_ns(&rest, &response, 0) == 31 * STK_NS_PER_S);
	response.headers.len = 2; /* without a Date: ours, by which it is over */
	assert_true(stk_rest_limit_ns(&rest, &response, 0) == STK_NS_PER_S);
	stk_http_response_release(&response);
	start(&s, replies, 2);
	assert_int_equal(send(&s, "GET", "/x"), 0);
	assert_int_equal(fake_http_len(s.fake), 2);
	end(&s);
}

static void rest_send__takes_other_403_for_permission(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 403,
		.headers = "x-ratelimit-remaining: 4000\nx-ratelimit-reset: 1795354715",
		.body = STK_STR("{\"message\":\"Resource not accessible by integration\"}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 1);
	assert_int_equal(send(&s, "POST", "/repos/o/r/check-runs?x=1"), STK_E_AUTH);
	assert_string_equal(s.err.msg,
		"POST /repos/o/r/check-runs: HTTP 403: Resource not accessible by integration");
	assert_non_null(strstr(s.err.hint, "GITHUB_TOKEN may not do this, it needs checks: write"));
	assert_int_equal(fake_http_len(s.fake), 1);
	assert_false(s.answer.is_lost);
	end(&s);
}

static void rest_send__stops_when_it_would_wait_too_long(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 429, .headers = "Retry-After: 200"}};
	struct scene s;

	(void)state;
	start(&s, replies, 1);
	assert_int_equal(send(&s, "GET", "/x"), STK_E_TIMEOUT); /* 200 of 300 s, then 200 more */
	assert_int_equal(fake_http_len(s.fake), 2);
	assert_non_null(strstr(s.err.msg, "asks to wait 200 s"));
	end(&s);
}

static void rest_send__repeats_what_does_no_harm(void **state)
{
	const struct fake_http_reply replies[] = {
		{.status = 502, .times = 2}, {.status = 200, .body = STK_STR("{}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 2);
	assert_int_equal(send(&s, "PATCH", "/x"), 0);
	assert_true(waited_s(&s) >= 1.5 && waited_s(&s) <= 3);
	end(&s);
	start(&s, replies, 2);
	assert_int_equal(send(&s, "POST", "/x"), STK_E_HTTP);
	assert_true(s.answer.is_lost);
	assert_int_equal(fake_http_len(s.fake), 1);
	end(&s);
}

static void rest_send__says_when_an_answer_was_lost(void **state)
{
	const struct fake_http_reply replies[] = {
		{.method = "POST", .status = 201, .body = STK_STR("{\"id\": 1}"), .cut_after = 3},
		{.method = "GET", .status = 200, .body = STK_STR("<html>")}};
	struct scene s;

	(void)state;
	start(&s, replies, 2);
	assert_int_equal(send(&s, "POST", "/x"), STK_E_NET);
	assert_true(s.answer.is_lost);
	assert_int_equal(send(&s, "GET", "/x"), STK_E_FORMAT);
	assert_non_null(strstr(s.err.msg, "is the API URL right?"));
	assert_false(s.answer.is_lost);
	end(&s);
}

static void rest_send__explains_without_the_token(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 422,
		.body = STK_STR("{\"message\":\"no t0ps3cret\\n\\u001b[31m\",\"errors\":[\"plain\","
				"{\"resource\":\"R\",\"field\":\"f\",\"code\":\"invalid\"}]}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 1);
	assert_int_equal(send(&s, "POST", "/x"), STK_E_HTTP);
	assert_string_equal(s.err.msg, "POST /x: HTTP 422: no ***??[31m; plain; R f invalid");
	end(&s);
}

static void rest_send__explains_gitlabs_objects(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 400,
		.body = STK_STR("{\"message\":{\"note\":[\"is too long\",\"is odd\"]}}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 1);
	assert_int_equal(send(&s, "POST", "/x"), STK_E_HTTP);
	assert_string_equal(s.err.msg, "POST /x: HTTP 400: note is too long is odd");
	end(&s);
}

static void rest_send__keeps_the_method_over_a_redirect(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/old", .status = 301, .headers = "Location: /new"},
		{.path = "/loop", .status = 307, .headers = "Location: /loop"},
		{.path = "/away", .status = 307, .headers = "Location: http://192.0.2.1/x"},
		{.path = "/new", .status = 200, .body = STK_STR("{}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 4);
	assert_int_equal(send(&s, "POST", "/old"), 0);
	assert_string_equal(fake_http_at(s.fake, 1)->method, "POST");
	assert_true(fake_http_has_header(s.fake, 1, "authorization", "Bearer t0ps3cret"));
	assert_int_equal(send(&s, "POST", "/loop"), STK_E_HTTP);
	assert_int_equal(fake_http_len(s.fake), 6);
	assert_int_equal(send(&s, "POST", "/away"), STK_E_HTTP);
	assert_non_null(strstr(s.err.hint, "another host"));
	end(&s);
}

static int count(struct stk_json *item, void *ctx)
{
	*(int64_t *)ctx += stk_json_int(item, 0);
	return stk_json_int(item, 0) == 9;
}

static void rest_each__goes_on_only_to_later_pages(void **state)
{
	const struct fake_http_reply replies[] = {
		{.status = 200,
			.headers =
				"Link: <https://elsewhere.test/l?per_page=2&page=2>; rel=\"next\"",
			.body = STK_STR("[1,2]"),
			.times = 1},
		{.status = 200,
			.headers = "Link: <https://elsewhere.test/l?page=2>; rel=\"next\"",
			.body = STK_STR("[3,9,100]")}};
	struct stk_rest_list list = {.path = "/l?per_page=2"};
	int64_t sum = 0;
	struct scene s;

	(void)state;
	start(&s, replies, 2);
	assert_int_equal(stk_rest_each(s.rest, &list, count, &sum, &s.err), 0);
	assert_int_equal(sum, 15);
	assert_int_equal(fake_http_len(s.fake), 2);
	assert_string_equal(fake_http_at(s.fake, 1)->target, "/l?per_page=2&page=2");
	end(&s);
}

static void rest_next__takes_only_a_page_number(void **state)
{
	static const struct {
		const char *link, *next;
	} rows[] = {{"", ""}, {"<http://h/x?page=3>; rel=\"next\"", "page=3"},
		{"<http://h/x?page=1>; rel=\"prev\", <http://h/x?a=b&page=12&c>; rel=\"next\"",
			"page=12"},
		{"<http://h/x?page=x>; rel=\"next\"", ""}, {"<http://h/x>; rel=\"next\"", ""},
		{"<http://h/x?page=3>; rel=\"last\"", ""}, {"rel=\"next\"", ""},
		{"<http://h/x?page=99999999999>; rel=\"next\"", ""}};
	char next[64];

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		stk_rest_next(stk_str_of(rows[i].link), next, sizeof next);
		assert_string_equal(next, rows[i].next);
	}
}

static int other_token(bool again, const struct stk_secret **out, struct stk_err *err, void *ctx)
{
	struct stk_secret *tokens = ctx;

	(void)err;
	*out = &tokens[again];
	return 0;
}

static void rest_send__asks_for_another_token_once(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 401, .times = 1},
		{.status = 200, .body = STK_STR("{}"), .times = 1},
		{.status = 401, .body = STK_STR("{\"message\":\"Bad credentials\"}")}};
	struct stk_secret tokens[2];
	struct stk_rest_opts opts = {.token = other_token,
		.token_ctx = tokens,
		.token_source = "X",
		.token_header = "PRIVATE-TOKEN"};
	struct stk_rest_request request = {.method = "GET", .path = "/x"};
	struct stk_rest *rest = NULL;
	struct scene s;

	(void)state;
	start(&s, replies, 3);
	stk_secret_init(&tokens[0], STK_STR("old"));
	stk_secret_init(&tokens[1], STK_STR("new"));
	opts.base_url = fake_http_url(s.fake);
	assert_int_equal(stk_rest_new(&opts, &rest, &s.err), 0);
	assert_int_equal(stk_rest_send(rest, &request, &s.answer, &s.err), 0);
	assert_true(fake_http_has_header(s.fake, 0, "private-token", "old"));
	assert_true(fake_http_has_header(s.fake, 1, "private-token", "new"));
	assert_int_equal(stk_rest_send(rest, &request, &s.answer, &s.err), STK_E_AUTH);
	assert_int_equal(fake_http_len(s.fake), 4);
	assert_string_equal(s.err.hint, "the token in X is wrong or has expired");
	stk_rest_free(rest);
	stk_secret_release(&tokens[0]);
	stk_secret_release(&tokens[1]);
	end(&s);
}

static void rest_send__writes_a_second_apart_when_there_are_many(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 201, .body = STK_STR("{}")}};
	struct scene s;

	(void)state;
	start(&s, replies, 1);
	for (int i = 0; i < 8; i++)
		assert_int_equal(send(&s, "POST", "/x"), 0);
	assert_true(waited_s(&s) == 3);
	end(&s);
}

static void rest_new__refuses_a_base_with_a_password(void **state)
{
	static const char *const bad[] = {
		"", "ftp://h", "http://u:p@h/", "http://h/api?x=1", "h.test/api"};
	struct stk_rest *rest = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_rest_opts opts = {.base_url = bad[i]};

		assert_int_equal(stk_rest_new(&opts, &rest, &err), STK_E_INVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rest_send__waits_longer_at_each_secondary_limit),
		cmocka_unit_test(rest_send__waits_for_the_reset_by_the_servers_clock),
		cmocka_unit_test(rest_send__takes_other_403_for_permission),
		cmocka_unit_test(rest_send__stops_when_it_would_wait_too_long),
		cmocka_unit_test(rest_send__repeats_what_does_no_harm),
		cmocka_unit_test(rest_send__says_when_an_answer_was_lost),
		cmocka_unit_test(rest_send__explains_without_the_token),
		cmocka_unit_test(rest_send__explains_gitlabs_objects),
		cmocka_unit_test(rest_send__keeps_the_method_over_a_redirect),
		cmocka_unit_test(rest_each__goes_on_only_to_later_pages),
		cmocka_unit_test(rest_next__takes_only_a_page_number),
		cmocka_unit_test(rest_send__asks_for_another_token_once),
		cmocka_unit_test(rest_send__writes_a_second_apart_when_there_are_many),
		cmocka_unit_test(rest_new__refuses_a_base_with_a_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
