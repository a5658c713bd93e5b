/* test_hub: calls of GitHub's API, and what is made of its answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/bot/hub.h"
#include "tests/support/fake_http.h"

#define SHA "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"

struct world {
	struct fake_http *fake;
	struct stk_secret token;
	struct stk_hub *hub;
};

static void begin(struct world *world, const struct fake_http_reply *replies, size_t len)
{
	struct stk_hub_opts opts = {.server_url = "https://github.test",
		.token_source = "TOKEN",
		.user_agent = "stoker/1"};

	world->fake = fake_http_start(replies, len);
	stk_secret_init(&world->token, STK_STR("t0ken"));
	opts.api_url = fake_http_url(world->fake);
	opts.token = &world->token;
	assert_int_equal(stk_hub_new(&opts, &world->hub, NULL), 0);
	assert_int_equal(stk_hub_enter(world->hub, "acme/shop", NULL), 0);
}

static void end(struct world *world)
{
	stk_hub_free(world->hub);
	stk_secret_release(&world->token);
	fake_http_stop(world->fake);
}

static void hub_may_write__asks_for_the_permission(void **state)
{
	static const struct {
		const char *login;
		int may;
	} rows[] = {{"boss", 1}, {"dev", 1}, {"reader", 0}, {"odd", 0}, {"nobody", 0}};
#define PERMISSION(login, word)                                                                    \
	{                                                                                          \
		.path = "/repos/acme/shop/collaborators/" login "/permission", .status = 200,      \
		.body = STK_STR("{\"permission\":" word "}")                                       \
	}
	const struct fake_http_reply replies[] = {PERMISSION("boss", "\"admin\""),
		PERMISSION("dev", "\"write\""), PERMISSION("reader", "\"read\""),
		PERMISSION("odd", "7"), {.path = "*", .status = 404, .body = STK_STR("{}")}};
	struct world world;

	(void)state;
	begin(&world, replies, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(stk_hub_may_write(world.hub, rows[i].login, NULL), rows[i].may);
	assert_true(fake_http_has_header(world.fake, 0, "authorization", "Bearer t0ken"));
	assert_true(fake_http_has_header(world.fake, 0, "x-github-api-version", "2022-11-28"));
	end(&world);
}

static void hub_get_pull__wants_a_head_and_a_base(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/repos/acme/shop/pulls/12",
			.status = 200,
			.body = STK_STR("{\"state\":\"open\",\"head\":{\"sha\":\"" SHA
					"\",\"ref\":\"x\",\"repo\":null},"
					"\"base\":{\"ref\":\"main\"}}")},
		{.path = "/repos/acme/shop/pulls/13",
			.status = 200,
			.body = STK_STR("{\"head\":{\"sha\":\"main\"},\"base\":{\"ref\":\"m\"}}")}};
	struct stk_hub_pull pull;
	struct world world;

	(void)state;
	begin(&world, replies, 2);
	assert_int_equal(stk_hub_get_pull(world.hub, 12, &pull, NULL), 0);
	assert_true(pull.is_open);
	assert_string_equal(pull.head_sha, SHA);
	assert_string_equal(pull.base_ref, "main");
	assert_null(pull.head_repository);
	stk_hub_pull_release(&pull);
	assert_int_equal(stk_hub_get_pull(world.hub, 13, &pull, NULL), STK_E_FORMAT);
	assert_int_equal(stk_hub_get_pull(world.hub, 14, &pull, NULL), STK_E_NOT_FOUND);
	end(&world);
}

static void hub_answer__looks_for_an_earlier_one(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/user", .status = 200, .body = STK_STR("{\"login\":\"octo-bot\"}")},
		{.method = "GET",
			.path = "/repos/acme/shop/issues/12/comments",
			.status = 200,
			.body = STK_STR("[{\"body\":\"<!-- stoker:answer v1 delivery=d-1 -->\\nx\","
					"\"user\":{\"login\":\"stranger\"}},"
					"{\"body\":\"<!-- stoker:answer v1 delivery=d-2 -->\\nx\","
					"\"user\":{\"login\":\"Octo-Bot\"}}]")},
		{.method = "POST", .status = 201, .body = STK_STR("{\"id\":1}")}};
	struct stk_hub_answer answer = {.number = 12,
		.delivery = "d-2",
		.is_again = true,
		.since_ns = INT64_C(1795358285) * STK_NS_PER_S,
		.body = STK_STR("hello")};
	struct world world;

	(void)state;
	begin(&world, replies, 3);
	assert_int_equal(stk_hub_answer(world.hub, &answer, NULL), 0);
	assert_int_equal(fake_http_len(world.fake), 2); /* who are we, the list: it is there */
	assert_string_equal(fake_http_at(world.fake, 1)->target,
		"/repos/acme/shop/issues/12/comments?per_page=100&since="
		"2026-11-22T14%3A38%3A05.000Z");
	answer.delivery = "d-1"; /* somebody else wrote that */
	assert_int_equal(stk_hub_answer(world.hub, &answer, NULL), 0);
	assert_int_equal(fake_http_len(world.fake), 4);
	assert_true(stk_str_contains(fake_http_at(world.fake, 3)->body,
		STK_STR("<!-- stoker:answer v1 delivery=d-1 -->\\nhello")));
	answer.is_again = false;
	assert_int_equal(stk_hub_answer(world.hub, &answer, NULL), 0);
	assert_int_equal(fake_http_len(world.fake), 5);
	end(&world);
}

static void hub_login__may_not_be_known(void **state)
{
	const struct fake_http_reply replies[] = {{.path = "/user",
		.status = 403,
		.body = STK_STR("{\"message\":\"Resource not accessible by integration\"}")}};
	const char *login = "x";
	struct world world;

	(void)state;
	begin(&world, replies, 1);
	assert_int_equal(stk_hub_login(world.hub, &login, NULL), 0);
	assert_null(login);
	end(&world);
}

static void hub_dispatch__sends_ref_and_inputs(void **state)
{
	const struct fake_http_reply replies[] = {
		{.method = "POST",
			.path = "/repos/acme/shop/actions/workflows/stoker.yml/dispatches",
			.status = 204},
		{.method = "GET",
			.path = "/repos/acme/shop/actions/workflows/stoker.yml/runs",
			.status = 200,
			.body = STK_STR("{\"workflow_runs\":[{\"display_title\":7},"
					"{\"display_title\":\"stoker #12 abc123\"}]}")}};
	struct stk_json *inputs = stk_json_new_object();
	struct stk_hub_dispatch dispatch = {"stoker.yml", "main", inputs};
	struct world world;

	(void)state;
	begin(&world, replies, 2);
	stk_json_put(inputs, "pull_request", stk_json_new_text("12"));
	assert_int_equal(stk_hub_dispatch(world.hub, &dispatch, NULL), 0);
	assert_true(stk_str_is(fake_http_at(world.fake, 0)->body,
		"{\"ref\":\"main\",\"inputs\":{\"pull_request\":\"12\"}}"));
	assert_int_equal(stk_hub_was_dispatched(world.hub, "stoker.yml", "abc123", NULL), 1);
	assert_int_equal(stk_hub_was_dispatched(world.hub, "stoker.yml", "abc124", NULL), 0);
	dispatch.workflow = "../x";
	assert_int_equal(stk_hub_dispatch(world.hub, &dispatch, NULL), STK_E_NOT_FOUND);
	stk_json_free(inputs);
	end(&world);
}

static void hub_enter__takes_names_only(void **state)
{
	struct stk_buf path = STK_BUF_EMPTY, page = STK_BUF_EMPTY;
	struct world world;

	(void)state;
	begin(&world, NULL, 0);
	assert_int_equal(stk_hub_enter(world.hub, "acme/../x", NULL), STK_E_INVAL);
	assert_string_equal(stk_hub_repository(world.hub), "acme/shop");
	stk_hub_path(world.hub, &path, "/pulls/%d", 12);
	assert_string_equal(path.ptr, "/repos/acme/shop/pulls/12");
	stk_hub_page(world.hub, &page, "/pull/%d", 12);
	assert_string_equal(page.ptr, "https://github.test/acme/shop/pull/12");
	stk_buf_release(&path);
	stk_buf_release(&page);
	end(&world);
}

static void hub_new__refuses_a_key_that_is_none(void **state)
{
	struct stk_secret key;
	struct stk_hub_opts opts = {
		.api_url = "http://127.0.0.1:9", .app_id = "1", .app_key = &key};
	struct stk_hub *hub = NULL;

	(void)state;
	stk_secret_init(&key, STK_STR("no key"));
	assert_int_equal(stk_hub_new(&opts, &hub, NULL), STK_E_FORMAT);
	assert_null(hub);
	stk_secret_release(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hub_may_write__asks_for_the_permission),
		cmocka_unit_test(hub_get_pull__wants_a_head_and_a_base),
		cmocka_unit_test(hub_answer__looks_for_an_earlier_one),
		cmocka_unit_test(hub_login__may_not_be_known),
		cmocka_unit_test(hub_dispatch__sends_ref_and_inputs),
		cmocka_unit_test(hub_enter__takes_names_only),
		cmocka_unit_test(hub_new__refuses_a_key_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
