/* test_artifact: which artifact, and its bytes from a store that does not see the token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/bot/artifact.h"
#include "tests/support/fake_http.h"

static struct stk_secret token;

static struct stk_hub *enter(struct fake_http *fake)
{
	struct stk_hub_opts opts = {.api_url = fake_http_url(fake), .user_agent = "stoker/1"};
	struct stk_hub *hub = NULL;

	stk_secret_init(&token, STK_STR("t0ken"));
	opts.token = &token;
	opts.token_source = "TOKEN";
	assert_int_equal(stk_hub_new(&opts, &hub, NULL), 0);
	assert_int_equal(stk_hub_enter(hub, "acme/shop", NULL), 0);
	return hub;
}

static void leave(struct stk_hub *hub, struct fake_http *fake)
{
	stk_hub_free(hub);
	stk_secret_release(&token);
	fake_http_stop(fake);
}

#define ITEM(id, name, sha, expired)                                                               \
	"{\"id\":" id ",\"name\":\"" name "\",\"size_in_bytes\":9,\"expired\":" expired            \
	",\"workflow_run\":{\"id\":7,\"head_sha\":\"" sha "\"}}"

static void artifact_of__takes_the_newest_that_fits(void **state)
{
	const struct fake_http_reply replies[] = {
		{.path = "/repos/acme/shop/actions/runs/77/artifacts",
			.status = 200,
			.body = STK_STR("{\"artifacts\":[" ITEM("5", "rec", "aaa",
				"false") "," ITEM("9", "other", "aaa", "false") "," ITEM("6", "rec",
				"aaa", "false") "," ITEM("7", "rec", "aaa", "true") ",7]}")},
		{.path = "/repos/acme/shop/actions/artifacts",
			.status = 200,
			.body = STK_STR("{\"artifacts\":[" ITEM("5", "rec", "aaa",
				"false") "," ITEM("6", "rec", "bbb", "false") "]}")},
		{.path = "/repos/acme/shop/actions/runs/78/artifacts",
			.status = 200,
			.body = STK_STR("{\"artifacts\":[" ITEM("5", "rec", "aaa", "true") "]}")}};
	struct fake_http *fake = fake_http_start(replies, 3);
	struct stk_hub *hub = enter(fake);
	struct stk_artifact artifact;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_artifact_of_run(hub, 77, "rec", &artifact, NULL), 0);
	assert_true(artifact.id == 6 && artifact.size == 9 && artifact.run_id == 77);
	assert_string_equal(fake_http_at(fake, 0)->target,
		"/repos/acme/shop/actions/runs/77/artifacts?per_page=100&name=rec");
	assert_int_equal(stk_artifact_of_commit(hub, "AAA", "rec", &artifact, NULL), 0);
	assert_true(artifact.id == 5 && artifact.run_id == 7);
	assert_int_equal(
		stk_artifact_of_commit(hub, "ccc", "rec", &artifact, &err), STK_E_NOT_FOUND);
	assert_int_equal(stk_artifact_of_run(hub, 78, "rec", &artifact, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "has expired"));
	leave(hub, fake);
}

static void artifact_fetch__leaves_the_token_behind(void **state)
{
	const struct fake_http_reply stored[] = {
		{.path = "/blob", .status = 200, .body = STK_STR("PK bytes")}};
	struct fake_http *store = fake_http_start(stored, 1);
	struct stk_buf location = STK_BUF_EMPTY, zip = STK_BUF_EMPTY;
	struct stk_artifact artifact = {.id = 5, .size = 9};
	struct fake_http *fake;
	struct stk_hub *hub;

	(void)state;
	stk_buf_addf(&location, "Location: %s/blob?sig=x", fake_http_url(store));
	{
		const struct fake_http_reply replies[] = {
			{.path = "/repos/acme/shop/actions/artifacts/5/zip",
				.status = 302,
				.headers = location.ptr},
			{.path = "/repos/acme/shop/actions/artifacts/6/zip", .status = 410},
			{.path = "/repos/acme/shop/actions/artifacts/7/zip",
				.status = 302,
				.headers = "Location: file:///etc/passwd"}};

		fake = fake_http_start(replies, 3);
	}
	hub = enter(fake);
	assert_int_equal(stk_artifact_fetch(hub, &artifact, &zip, NULL), 0);
	assert_string_equal(zip.ptr, "PK bytes");
	assert_true(fake_http_has_header(fake, 0, "authorization", "Bearer t0ken"));
	assert_null(strstr(fake_http_at(store, 0)->headers, "t0ken"));
	stk_buf_release(&zip);
	artifact.id = 6;
	assert_int_equal(stk_artifact_fetch(hub, &artifact, &zip, NULL), STK_E_NOT_FOUND);
	artifact.id = 7;
	assert_int_equal(stk_artifact_fetch(hub, &artifact, &zip, NULL), STK_E_INVAL);
	artifact.size = (int64_t)STK_ARTIFACT_MAX + 1;
	assert_int_equal(stk_artifact_fetch(hub, &artifact, &zip, NULL), STK_E_TOO_LARGE);
	assert_int_equal(fake_http_len(fake), 3);
	leave(hub, fake);
	fake_http_stop(store);
	stk_buf_release(&location);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(artifact_of__takes_the_newest_that_fits),
		cmocka_unit_test(artifact_fetch__leaves_the_token_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
