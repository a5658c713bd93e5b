/* test_app_token: a signed token, its spellings of keys, and tokens of installations that are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/publish/app_token.h"
#include "tests/support/fake_http.h"

#define NOW_NS (INT64_C(1795358285) * STK_NS_PER_S)

static void read_key(struct stk_secret *out)
{
	struct stk_buf text = STK_BUF_EMPTY;

	assert_int_equal(stk_fs_read("tests/fixtures/keys/rsa_pkcs1.pem", &text, NULL), 0);
	stk_secret_init(out, stk_buf_str(&text));
	stk_buf_release(&text);
}

static void app_token_sign_jwt__has_whole_times_and_the_issuer(void **state)
{
	struct stk_buf jwt = STK_BUF_EMPTY, claims = STK_BUF_EMPTY;
	struct stk_str rest, part;
	struct stk_secret pem;

	(void)state;
	read_key(&pem);
	assert_int_equal(
		stk_app_token_sign_jwt("Iv1.a\"b", &pem, NOW_NS + 999999999, &jwt, NULL), 0);
	rest = stk_buf_str(&jwt);
	assert_true(stk_str_find_byte(rest, '=') < 0);
	assert_true(stk_str_cut(&rest, '.', &part) && stk_str_cut(&rest, '.', &part));
	assert_int_equal(stk_base64_parse(part, &claims, NULL), 0);
	assert_string_equal(
		claims.ptr, "{\"iat\":1795358225,\"exp\":1795358825,\"iss\":\"Iv1.a\\\"b\"}");
	stk_secret_release(&pem);
	stk_buf_release(&jwt);
	stk_buf_release(&claims);
}

static void app_token_read_key__takes_three_spellings(void **state)
{
	struct stk_secret pem, given[3], got;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	read_key(&pem);
	stk_secret_init(&given[0], stk_secret_reveal(&pem));
	for (size_t i = 0; i < pem.len; i++) {
		if (pem.text[i] == '\n')
			stk_buf_add_text(&text, "\\n");
		else
			stk_buf_add_byte(&text, pem.text[i]);
	}
	stk_secret_init(&given[1], stk_buf_str(&text));
	stk_buf_clear(&text);
	stk_base64_add(&text, stk_secret_reveal(&pem));
	stk_secret_init(&given[2], stk_buf_str(&text));
	for (size_t i = 0; i < 3; i++) {
		struct stk_buf jwt = STK_BUF_EMPTY;

		stk_app_token_read_key(&given[i], &got);
		assert_int_equal(stk_app_token_sign_jwt("1", &got, NOW_NS, &jwt, NULL), 0);
		stk_secret_release(&got);
		stk_secret_release(&given[i]);
		stk_buf_release(&jwt);
	}
	stk_secret_release(&pem);
	stk_buf_release(&text);
}

/* A token of 900 characters, good for an hour. */
static char *answer_of(char letter)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_add_text(&text, "{\"token\":\"ghs_");
	stk_buf_add_fill(&text, letter, 900);
	stk_buf_add_text(&text, "\",\"expires_at\":\"2026-11-22T15:38:05Z\"}");
	return stk_buf_take(&text, NULL);
}

static void app_token_get__keeps_a_token_until_it_nears_its_end(void **state)
{
	char *first = answer_of('a'), *second = answer_of('b');
	const struct fake_http_reply replies[] = {
		{.path = "/app", .status = 200, .body = STK_STR("{\"slug\":\"perf\"}")},
		{.path = "/repos/o/r/installation", .status = 200, .body = STK_STR("{\"id\":7}")},
		{.method = "POST",
			.path = "/app/installations/7/access_tokens",
			.status = 201,
			.body = stk_str_of(first),
			.times = 1},
		{.method = "POST", .status = 201, .body = stk_str_of(second)}};
	struct fake_http *fake = fake_http_start(replies, 4);
	struct stk_app_token_opts opts = {.api_url = fake_http_url(fake), .id = "1"};
	const struct stk_secret *token = NULL;
	struct stk_app_token *app = NULL;
	struct stk_fake_clock clock;
	const char *login = NULL;
	struct stk_secret pem;

	(void)state;
	read_key(&pem);
	stk_fake_clock_init(&clock, 0, NOW_NS);
	opts.key = &pem;
	opts.clock = &clock.clock;
	assert_int_equal(stk_app_token_new(&opts, &app, NULL), 0);
	assert_int_equal(stk_app_token_login(app, &login, NULL), 0);
	assert_string_equal(login, "perf[bot]");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stk_app_token_get(app, "o/r", false, &token, NULL), 0);
		assert_int_equal(token->len, 904);
		assert_int_equal(token->text[4], 'a');
	}
	assert_int_equal(fake_http_len(fake), 3);
	assert_string_equal(fake_http_at(fake, 2)->body.ptr, "{\"repositories\":[\"r\"]}");
	stk_fake_clock_advance(&clock, INT64_C(3301) * STK_NS_PER_S);
	assert_int_equal(stk_app_token_get(app, "o/r", false, &token, NULL), 0);
	assert_int_equal(token->text[4], 'b');
	assert_int_equal(stk_app_token_get(app, "o/r", true, &token, NULL), 0);
	assert_int_equal(fake_http_len(fake), 7);
	stk_app_token_free(app);
	stk_secret_release(&pem);
	fake_http_stop(fake);
	free(first);
	free(second);
}

static void app_token_get__mends_a_wrong_clock_once(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 401,
		.body = STK_STR("{\"message\":\"'Expiration time' claim ('exp') is too far in "
				"the future\"}")}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_app_token_opts opts = {.api_url = fake_http_url(fake), .id = "1"};
	struct stk_app_token *app = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_fake_clock clock;
	const char *login = NULL;
	struct stk_secret pem;

	(void)state;
	read_key(&pem);
	stk_fake_clock_init(&clock, 0, NOW_NS * 2); /* decades ahead of the server's Date */
	opts.key = &pem;
	opts.clock = &clock.clock;
	assert_int_equal(stk_app_token_new(&opts, &app, NULL), 0);
	assert_int_equal(stk_app_token_login(app, &login, &err), STK_E_AUTH);
	assert_int_equal(fake_http_len(fake), 2);
	/* the second was signed for the server's time, so it is another one */
	assert_string_not_equal(fake_http_at(fake, 0)->headers, fake_http_at(fake, 1)->headers);
	assert_non_null(strstr(err.msg, "too far in the future"));
	assert_null(strstr(err.msg, "PRIVATE"));
	stk_app_token_free(app);
	stk_secret_release(&pem);
	fake_http_stop(fake);
}

static void app_token_new__refuses_what_is_no_key(void **state)
{
	struct stk_app_token *app = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_secret key;
	struct stk_app_token_opts opts = {.api_url = "http://127.0.0.1:1", .id = "1", .key = &key};

	(void)state;
	stk_secret_init(&key, STK_STR("hunter2"));
	assert_int_equal(stk_app_token_new(&opts, &app, &err), STK_E_FORMAT);
	assert_null(strstr(err.msg, "hunter2"));
	stk_secret_release(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(app_token_sign_jwt__has_whole_times_and_the_issuer),
		cmocka_unit_test(app_token_read_key__takes_three_spellings),
		cmocka_unit_test(app_token_get__keeps_a_token_until_it_nears_its_end),
		cmocka_unit_test(app_token_get__mends_a_wrong_clock_once),
		cmocka_unit_test(app_token_new__refuses_what_is_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
