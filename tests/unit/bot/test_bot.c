/* test_bot: who is let in: rules of repositories, secrets, what is looked at first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/fs.h"
#include "core/bot/bot_priv.h"

static int start(const char *const *repositories, size_t len, const struct stk_secret *secret,
	struct stk_bot **out, struct stk_err *err)
{
	static struct stk_secret token;
	struct stk_bot_opts opts = {.data = "/proc/stoker",
		.secrets = {secret, NULL},
		.repositories = repositories,
		.repositories_len = len,
		.hub = {.api_url = "http://127.0.0.1:9", .token = &token, .token_source = "TOKEN"}};

	return stk_bot_start(&opts, out, err);
}

static void bot_start__refuses_to_obey_everybody(void **state)
{
	static const char *const good[] = {"acme/shop"};
	static const char *const bad[][1] = {{"acme"}, {"acme/shop/x"}, {"*/*"}, {"acme/s*"}, {""}};
	struct stk_secret secret, empty = STK_SECRET_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_bot *bot = NULL;

	(void)state;
	stk_secret_init(&secret, STK_STR("secret"));
	assert_int_equal(start(good, 1, NULL, &bot, &err), STK_E_INVAL);
	assert_int_equal(start(good, 1, &empty, &bot, &err), STK_E_INVAL);
	assert_int_equal(start(good, 0, &secret, &bot, &err), STK_E_INVAL);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(start(bad[i], 1, &secret, &bot, &err), STK_E_INVAL);
	/* all is well but the folder */
	assert_true(start(good, 1, &secret, &bot, &err) < 0);
	assert_non_null(strstr(err.msg, "/proc/stoker"));
	assert_null(bot);
	stk_bot_stop(NULL);
	stk_secret_release(&secret);
}

static void bot_knows__names_and_owners_whatever_their_case(void **state)
{
	static const char *const rules[] = {"acme/shop", "Octo/*"};
	struct stk_bot bot = {.opts = {.repositories = rules, .repositories_len = 2}};

	(void)state;
	assert_true(stk_bot_knows(&bot, "Acme/Shop"));
	assert_true(stk_bot_knows(&bot, "octo/anything"));
	assert_false(stk_bot_knows(&bot, "acme/other"));
	assert_false(stk_bot_knows(&bot, "octopus/x"));
	assert_false(stk_bot_knows(&bot, "acme"));
}

/* What a request is answered: by status, without a server between. */
struct asked {
	struct stk_bot bot;
	struct stk_server_reply reply;
	struct stk_secret secret;
};

static int ask(struct asked *a, const char *signature, const char *type, const char *id,
	struct stk_str body)
{
	const struct stk_http_header headers[] = {
		{STK_STR("X-Hub-Signature-256"), stk_str_of(signature)},
		{STK_STR("Content-Type"), stk_str_of(type)},
		{STK_STR("X-GitHub-Delivery"), stk_str_of(id)},
		{STK_STR("X-GitHub-Event"), STK_STR("issue_comment")}};
	struct stk_server_request request = {.method = "POST",
		.path = STK_STR("/webhook"),
		.body = body,
		.headers = headers,
		.headers_len = 4};

	a->reply = (struct stk_server_reply){.status = 200, .body = STK_BUF_EMPTY};
	stk_bot_receive(&request, &a->reply, &a->bot);
	stk_buf_release(&a->reply.body);
	return a->reply.status;
}

static void bot_receive__looks_at_the_signature_first(void **state)
{
	/* reference publishing 6.2: made with OpenSSL and with the published library */
	static const char signature[] =
		"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
	struct stk_str body = STK_STR("Hello, World!");
	struct asked *a = calloc(1, sizeof *a);

	(void)state;
	stk_secret_init(&a->secret, STK_STR("It's a Secret to Everybody"));
	a->bot.opts.secrets[1] = &a->secret; /* the former one will do */
	a->bot.opts.clock = stk_clock_system();
	assert_int_equal(ask(a, "", "application/json", "d-1", body), 401);
	assert_int_equal(ask(a, signature + 7, "application/json", "d-1", body), 401);
	assert_int_equal(ask(a, signature, "application/json", "d-1", STK_STR("Hello")), 401);
	assert_int_equal(ask(a, signature, "text/plain", "d-1", body), 415);
	assert_int_equal(ask(a, signature, "application/json; charset=utf-8", "", body), 400);
	assert_int_equal(ask(a, signature, "application/json", "d-1", body), 400); /* no JSON */
	assert_int_equal(atomic_load(&a->bot.tally.counts[STK_TALLY_UNSIGNED]), 3);
	assert_int_equal(atomic_load(&a->bot.tally.counts[STK_TALLY_MALFORMED]), 3);
	stk_secret_release(&a->secret);
	free(a);
}

static void bot_stop__leaves_a_folder_that_opens_again(void **state)
{
	static const char *const rules[] = {"acme/shop"};
	struct stk_secret secret, token;
	struct stk_bot_opts opts = {.repositories = rules,
		.repositories_len = 1,
		.secrets = {&secret, NULL},
		.hub = {.api_url = "http://127.0.0.1:9",
			.token = &token,
			.token_source = "TOKEN",
			.user_agent = "stoker/1"}};
	struct stk_bot *bot = NULL;
	char *dir = NULL;

	(void)state;
	stk_secret_init(&secret, STK_STR("secret"));
	stk_secret_init(&token, STK_STR("t0ken"));
	assert_int_equal(stk_fs_mkdtemp("stk-bot", &dir, NULL), 0);
	opts.data = dir;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(stk_bot_start(&opts, &bot, NULL), 0);
		assert_true(stk_str_starts(stk_str_of(stk_bot_url(bot)), "http://127.0.0.1:"));
		stk_bot_stop(bot);
	}
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(dir);
	stk_secret_release(&secret);
	stk_secret_release(&token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bot_start__refuses_to_obey_everybody),
		cmocka_unit_test(bot_knows__names_and_owners_whatever_their_case),
		cmocka_unit_test(bot_receive__looks_at_the_signature_first),
		cmocka_unit_test(bot_stop__leaves_a_folder_that_opens_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
