/* test_retry: which outcomes are repeated, how long the pauses are, on a clock that jumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/http/client.h"
#include "tests/support/fake_http.h"

static void retry_wants__repeats_only_what_may_pass(void **state)
{
	static const struct {
		int status;
		const char *body;
		bool wants;
	} rows[] = {{200, "", false}, {400, "", false}, {401, "", false}, {404, "", false},
		{408, "", true}, {413, "", false}, {422, "", false}, {429, "", true},
		{500, "{\"code\":\"unknown\"}", false},
		{500, "rpc error: code = Unavailable desc = x", true},
		{500, "<Error><Code>InternalError</Code></Error>", true}, {501, "", false},
		{502, "", true}, {503, "", true}, {504, "", true}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_http_response response = STK_HTTP_RESPONSE_INIT;

		response.status = rows[i].status;
		stk_buf_add_text(&response.body, rows[i].body);
		assert_int_equal(stk_retry_wants(&response, NULL), rows[i].wants);
		stk_http_response_release(&response);
	}
}

static void retry_pause__doubles_up_to_the_limit(void **state)
{
	struct stk_retry retry = STK_RETRY_INIT;

	(void)state;
	for (int n = 1; n <= 12; n++) {
		int64_t full = n > 5 ? 8000 : 250 << (n - 1);
		int64_t ms = stk_retry_pause_ns(&retry, n, NULL) / STK_NS_PER_MS;

		assert_in_range(ms, full / 2, full);
	}
}

static void retry_pause__obeys_retry_after(void **state)
{
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_header header = {STK_STR("retry-after"), STK_STR("3")};

	(void)state;
	stk_vec_push(&response.headers, header);
	assert_int_equal(stk_retry_pause_ns(&retry, 1, &response), 3 * STK_NS_PER_S);
	response.headers.items[0].value = STK_STR("600");
	assert_int_equal(stk_retry_pause_ns(&retry, 1, &response), 8 * STK_NS_PER_S);
	stk_http_response_release(&response);
}

static void client_send_retry__ends_with_success(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 503, .times = 2}, {.status = 200}};
	struct fake_http *fake = fake_http_start(replies, 2);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_request request = {.url = fake_http_url(fake)};
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_fake_clock clock;

	(void)state;
	stk_fake_clock_init(&clock, 0, 0);
	retry.clock = &clock.clock;
	assert_int_equal(stk_client_send_retry(client, &retry, &request, &response, NULL), 0);
	assert_int_equal(response.status, 200);
	assert_int_equal(fake_http_len(fake), 3);
	assert_in_range(clock.mono_ns, 375 * STK_NS_PER_MS, 750 * STK_NS_PER_MS);
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
}

static void client_send_retry__gives_up_with_the_last_outcome(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 429, .body = STK_STR("slow down\n")}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_client *client = stk_client_new(NULL);
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	struct stk_http_request request = {.url = fake_http_url(fake)};
	struct stk_retry retry = STK_RETRY_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_fake_clock clock;

	(void)state;
	stk_fake_clock_init(&clock, 0, 0);
	retry.clock = &clock.clock;
	retry.tries = 3;
	assert_int_equal(stk_client_send_retry(client, &retry, &request, &response, &err), 0);
	assert_int_equal(fake_http_len(fake), 3);
	assert_int_equal(stk_http_response_check(&response, &err), STK_E_HTTP);
	assert_string_equal(err.msg, "HTTP 429: slow down");
	stk_http_response_release(&response);
	stk_client_free(client);
	fake_http_stop(fake);
}

static void http_response_check__names_the_kind(void **state)
{
	static const int rows[][2] = {{200, 0}, {204, 0}, {301, STK_E_HTTP}, {401, STK_E_AUTH},
		{403, STK_E_AUTH}, {404, STK_E_NOT_FOUND}, {500, STK_E_HTTP}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_http_response response = STK_HTTP_RESPONSE_INIT;

		response.status = rows[i][0];
		assert_int_equal(stk_http_response_check(&response, NULL), rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry_wants__repeats_only_what_may_pass),
		cmocka_unit_test(retry_pause__doubles_up_to_the_limit),
		cmocka_unit_test(retry_pause__obeys_retry_after),
		cmocka_unit_test(client_send_retry__ends_with_success),
		cmocka_unit_test(client_send_retry__gives_up_with_the_last_outcome),
		cmocka_unit_test(http_response_check__names_the_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
