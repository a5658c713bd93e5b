/* test_client: requests against the fake server: bodies, headers, authentication, limits, batches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/http/client.h"
#include "tests/support/fake_http.h"

static char *url_of(struct fake_http *fake, const char *path)
{
	return stk_xasprintf("%s%s", fake_http_url(fake), path);
}

static void client_send__sends_body_and_headers(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 201,
		.content_type = "text/x",
		.headers = "X-One: 1\nx-two:  two words ",
		.body = STK_STR("made")}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_client *client = stk_client_new(NULL);
	const struct stk_http_header headers[] = {
		{STK_STR("X-Scope-OrgID"), STK_STR("team-a")}, {STK_STR("X-Empty"), STK_STR("")}};
	char *url = url_of(fake, "/put?a=1");
	struct stk_http_request request = {.method = "PUT",
		.url = url,
		.headers = headers,
		.headers_len = 2,
		.body = {"\0x", 2}};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, NULL), 0);
	assert_int_equal(response.status, 201);
	assert_string_equal(response.body.ptr, "made");
	assert_true(stk_str_is(stk_http_response_header(&response, "X-ONE"), "1"));
	assert_true(stk_str_is(stk_http_response_header(&response, "x-two"), "two words"));
	assert_int_equal(stk_http_response_header(&response, "x-none").len, 0);
	assert_true(response.elapsed_ns > 0);
	assert_int_equal(fake_http_len(fake), 1);
	assert_string_equal(fake_http_at(fake, 0)->method, "PUT");
	assert_string_equal(fake_http_at(fake, 0)->target, "/put?a=1");
	assert_int_equal(fake_http_at(fake, 0)->body.len, 2);
	assert_true(fake_http_has_header(fake, 0, "x-scope-orgid", "team-a"));
	assert_true(fake_http_has_header(fake, 0, "X-Empty", ""));
	assert_true(fake_http_has_header(fake, 0, "user-agent", "stoker"));
	assert_null(strstr(fake_http_at(fake, 0)->headers, "Content-Type"));
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
	free(url);
}

static void client_send__authenticates(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 200}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_secret secret = STK_SECRET_INIT;
	struct stk_http_request request = {.url = fake_http_url(fake), .password = &secret};

	(void)state;
	stk_secret_init(&secret, STK_STR("s3cret"));
	assert_int_equal(stk_client_send(client, &request, &response, NULL), 0);
	assert_true(fake_http_has_header(fake, 0, "authorization", "Bearer s3cret"));
	request.user = "4711";
	assert_int_equal(stk_client_send(client, &request, &response, NULL), 0);
	assert_true(fake_http_has_header(fake, 1, "authorization", "Basic NDcxMTpzM2NyZXQ="));
	stk_secret_release(&secret);
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
}

static void client_send__bounds_the_answer(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 200, .body = STK_STR("0123456789")}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_request request = {.url = fake_http_url(fake), .max_body = 9};
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, &err), STK_E_TOO_LARGE);
	assert_non_null(strstr(err.msg, "9 bytes"));
	request.max_body = 10;
	assert_int_equal(stk_client_send(client, &request, &response, &err), 0);
	assert_int_equal(response.body.len, 10);
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
}

static void client_send__says_what_went_wrong(void **state)
{
	const struct fake_http_reply replies[] = {
		{.status = 200, .body = STK_STR("0123456789"), .cut_after = 4}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_request request = {.url = fake_http_url(fake)};
	struct stk_err err = STK_ERR_INIT;
	char *url = stk_xstrdup(fake_http_url(fake));

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, &err), STK_E_NET);
	fake_http_stop(fake);
	request.url = url;
	assert_int_equal(stk_client_send(client, &request, &response, &err), STK_E_NET);
	assert_non_null(strstr(err.msg, url));
	request.url = "ftp://127.0.0.1/";
	assert_int_equal(stk_client_send(client, &request, &response, &err), STK_E_INVAL);
	request.url = NULL;
	assert_int_equal(stk_client_send(client, &request, &response, &err), STK_E_INVAL);
	stk_http_response_release(&response);
	stk_client_free(client);
	free(url);
}

static void client_send__refuses_headers_with_line_breaks(void **state)
{
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	const struct stk_http_header header = {STK_STR("X"), STK_STR("a\r\nY: b")};
	struct stk_http_request request = {
		.url = "http://127.0.0.1:1/", .headers = &header, .headers_len = 1};

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, NULL), STK_E_INVAL);
	stk_http_response_release(&response);
	stk_client_free(client);
}

static void client_send__stops_when_interrupted(void **state)
{
	atomic_int interrupts = 1;
	struct stk_client_opts opts = {.interrupts = &interrupts};
	struct stk_client *client = stk_client_new(&opts);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_request request = {.url = "http://127.0.0.1:1/"};

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, NULL), STK_E_ABORTED);
	stk_http_response_release(&response);
	stk_client_free(client);
}

static void client_send_all__gives_each_its_own_result(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/ok/*", .status = 200, .body = STK_STR("fine")},
		{.path = "/no", .status = 503}};
	struct fake_http *fake = fake_http_start(replies, 2);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_client_item items[12];
	char *urls[12];

	(void)state;
	memset(items, 0, sizeof items);
	for (size_t i = 0; i < 12; i++) {
		char *path = i == 5 ? stk_xstrdup("/no") : stk_xasprintf("/ok/%zu", i);

		urls[i] = url_of(fake, path);
		items[i].request.url = i == 7 ? NULL : urls[i];
		free(path);
	}
	assert_int_equal(stk_client_send_all(client, items, 12, NULL), 0);
	for (size_t i = 0; i < 12; i++) {
		if (i == 7)
			assert_int_equal(items[i].err.code, STK_E_INVAL);
		else
			assert_int_equal(items[i].response.status, i == 5 ? 503 : 200);
		stk_http_response_release(&items[i].response);
		free(urls[i]);
	}
	assert_int_equal(fake_http_len(fake), 11);
	stk_client_free(client);
	fake_http_stop(fake);
}

static void client_send__follows_only_when_told(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/a", .status = 302, .headers = "Location: /b", .body = STK_STR("gone")},
		{.path = "/b", .status = 200, .body = STK_STR("here")}};
	struct fake_http *fake = fake_http_start(replies, 2);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	char *url = url_of(fake, "/a");
	struct stk_http_request request = {.url = url};

	(void)state;
	assert_int_equal(stk_client_send(client, &request, &response, NULL), 0);
	assert_int_equal(response.status, 302);
	request.follow = true;
	assert_int_equal(stk_client_send(client, &request, &response, NULL), 0);
	assert_int_equal(response.status, 200);
	assert_string_equal(response.body.ptr, "here");
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
	free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_send__sends_body_and_headers),
		cmocka_unit_test(client_send__authenticates),
		cmocka_unit_test(client_send__bounds_the_answer),
		cmocka_unit_test(client_send__says_what_went_wrong),
		cmocka_unit_test(client_send__refuses_headers_with_line_breaks),
		cmocka_unit_test(client_send__stops_when_interrupted),
		cmocka_unit_test(client_send_all__gives_each_its_own_result),
		cmocka_unit_test(client_send__follows_only_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
