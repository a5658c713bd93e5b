/* test_pull: the pull request of a report, by number and by head. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/pull.h"
#include "tests/support/fake_http.h"

#define SHA   "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"
#define OTHER "1111111111111111111111111111111111111111"

static int complete(struct stk_ci *ci, char *target, struct stk_err *err)
{
	const struct fake_http_reply replies[] = {
		{.path = "/repos/acme/shop/pulls",
			.status = 200,
			.body = STK_STR("[{\"number\":11,\"head\":{\"sha\":\"" OTHER
					"\"}},7,{\"number\":12,\"head\":{\"sha\":\"" SHA
					"\"},\"base\":{\"ref\":\"main\"}}]")},
		{.path = "/repos/acme/shop/pulls/12",
			.status = 200,
			.body = STK_STR("{\"head\":{\"sha\":\"" SHA "\"}}")},
		{.path = "/repos/acme/shop/pulls/13",
			.status = 200,
			.body = STK_STR("{\"head\":{\"sha\":\"../x\"}}")}};
	struct fake_http *fake = fake_http_start(replies, 3);
	struct stk_rest_opts opts = {.base_url = fake_http_url(fake)};
	struct stk_rest *rest = NULL;
	int rc;

	ci->forge = STK_FORGE_GITHUB;
	ci->repository = "acme/shop";
	assert_int_equal(stk_rest_new(&opts, &rest, NULL), 0);
	rc = stk_pull_complete(ci, rest, err);
	target[0] = '\0';
	if (fake_http_len(fake))
		(void)snprintf(target, 256, "%s", fake_http_at(fake, 0)->target);
	stk_rest_free(rest);
	fake_http_stop(fake);
	return rc;
}

static void pull_complete__finds_the_head_of_a_number(void **state)
{
	struct stk_ci ci = {.number = 12};
	char target[256];

	(void)state;
	assert_int_equal(complete(&ci, target, NULL), 0);
	assert_string_equal(ci.head_sha, SHA);
	ci.head_sha = OTHER; /* known already: nothing is asked */
	assert_int_equal(complete(&ci, target, NULL), 0);
	assert_string_equal(target, "");
	stk_arena_release(&ci.arena);
}

static void pull_complete__finds_a_forks_by_branch_and_commit(void **state)
{
	struct stk_ci ci = {.event = "workflow_run",
		.head_sha = SHA,
		.head_owner = "stranger",
		.head_ref = "feat/x&y=z"};
	char target[256];

	(void)state;
	assert_int_equal(complete(&ci, target, NULL), 0);
	assert_int_equal(ci.number, 12);
	assert_string_equal(target, "/repos/acme/shop/pulls?state=open&head=stranger%3Afeat%2Fx%26y"
				    "%3Dz&per_page=100");
	stk_arena_release(&ci.arena);
	ci = (struct stk_ci){.event = "workflow_run",
		.head_sha = "2222222",
		.head_owner = "stranger",
		.head_ref = "x"};
	assert_int_equal(complete(&ci, target, NULL), 0);
	assert_int_equal(ci.number, 0);
	stk_arena_release(&ci.arena);
}

static void pull_complete__checks_a_number_that_a_stranger_claims(void **state)
{
	struct stk_ci ci = {.event = "workflow_run", .head_sha = OTHER, .number = 12};
	struct stk_err err = STK_ERR_INIT;
	char target[256];

	(void)state;
	assert_int_equal(complete(&ci, target, &err), STK_E_AUTH);
	assert_non_null(strstr(err.msg, "nothing is posted there"));
	ci.head_sha = SHA;
	assert_int_equal(complete(&ci, target, &err), 0);
	ci.number = 13;
	assert_int_equal(complete(&ci, target, &err), STK_E_FORMAT);
	ci.number = 14;
	assert_int_equal(complete(&ci, target, &err), STK_E_NOT_FOUND);
	stk_arena_release(&ci.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pull_complete__finds_the_head_of_a_number),
		cmocka_unit_test(pull_complete__finds_a_forks_by_branch_and_commit),
		cmocka_unit_test(pull_complete__checks_a_number_that_a_stranger_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
