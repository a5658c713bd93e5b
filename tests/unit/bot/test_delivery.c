/* test_delivery: events of GitHub: what is ours, what is passed over, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/bot/delivery.h"

#define COMMENT                                                                                    \
	"{\"action\":\"created\",\"issue\":{\"number\":12,\"pull_request\":{\"url\":\"x\"}},"      \
	"\"comment\":{\"id\":5000000001,\"body\":\"/stoker run\",\"created_at\":"                  \
	"\"2026-11-22T14:38:05Z\",\"user\":{\"login\":\"dev\",\"type\":\"User\"}},"                \
	"\"repository\":{\"full_name\":\"acme/shop\"}}"
#define SHA "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"
#define FINISHED                                                                                   \
	"{\"action\":\"completed\",\"workflow_run\":{\"id\":77,\"event\":\"pull_request\","        \
	"\"head_sha\":\"" SHA "\",\"head_branch\":\"feat/x\",\"conclusion\":\"failure\","          \
	"\"display_title\":\"t\",\"updated_at\":\"2026-11-22T14:38:05Z\",\"pull_requests\":[],"    \
	"\"head_repository\":{\"full_name\":\"stranger/shop\"}},"                                  \
	"\"repository\":{\"full_name\":\"acme/shop\"}}"

/* The event with the first `from` replaced. */
static int parse(const char *name, const char *body, const char *from, const char *to,
	struct stk_delivery *out)
{
	struct stk_buf text = STK_BUF_EMPTY;
	const char *at = from ? strstr(body, from) : NULL;
	int rc;

	assert_true(!from || at);
	stk_buf_add(&text, body, at ? (size_t)(at - body) : strlen(body));
	if (at) {
		stk_buf_add_text(&text, to);
		stk_buf_add_text(&text, at + strlen(from));
	}
	rc = stk_delivery_parse(stk_str_of(name), stk_buf_str(&text), out, NULL);
	stk_buf_release(&text);
	return rc;
}

static void check(const char *name, const char *body, const char *from, const char *to, int wanted)
{
	struct stk_delivery delivery;
	int rc = parse(name, body, from, to, &delivery);

	if (rc < 0 ? rc != wanted : (int)delivery.kind != wanted)
		fail_msg("%s -> %s: %d, kind %d", from, to, rc, (int)delivery.kind);
	stk_delivery_release(&delivery);
}

static void delivery_parse__reads_a_comment(void **state)
{
	struct stk_delivery delivery;

	(void)state;
	assert_int_equal(parse("issue_comment", COMMENT, NULL, NULL, &delivery), 0);
	assert_int_equal(delivery.kind, STK_DELIVERY_COMMENT);
	assert_string_equal(delivery.repository, "acme/shop");
	assert_string_equal(delivery.login, "dev");
	assert_string_equal(delivery.text, "/stoker run");
	assert_true(delivery.number == 12 && delivery.comment_id == 5000000001);
	assert_true(delivery.at_ns == INT64_C(1795358285) * STK_NS_PER_S);
	stk_delivery_release(&delivery);
}

static void delivery_parse__reads_a_finished_run(void **state)
{
	struct stk_delivery delivery;

	(void)state;
	assert_int_equal(parse("workflow_run", FINISHED, NULL, NULL, &delivery), 0);
	assert_int_equal(delivery.kind, STK_DELIVERY_FINISHED);
	assert_string_equal(delivery.head_sha, SHA);
	assert_string_equal(delivery.head_owner, "stranger");
	assert_string_equal(delivery.head_branch, "feat/x");
	assert_true(delivery.run_id == 77 && delivery.number == 0);
	stk_delivery_release(&delivery);
	assert_int_equal(parse("workflow_run", FINISHED, "\"pull_requests\":[]",
				 "\"pull_requests\":[{\"number\":12}]", &delivery),
		0);
	assert_true(delivery.number == 12);
	stk_delivery_release(&delivery);
	/* two: neither is believed; a fork that is gone */
	assert_int_equal(parse("workflow_run", FINISHED, "\"pull_requests\":[]",
				 "\"pull_requests\":[{\"number\":12},{\"number\":13}]", &delivery),
		0);
	assert_true(delivery.number == 0);
	stk_delivery_release(&delivery);
	assert_int_equal(parse("workflow_run", FINISHED, "{\"full_name\":\"stranger/shop\"}",
				 "null", &delivery),
		0);
	assert_null(delivery.head_repository);
	stk_delivery_release(&delivery);
}

static void delivery_parse__passes_over_what_is_not_ours(void **state)
{
	(void)state;
	check("ping", "{\"zen\":\"x\"}", NULL, NULL, STK_DELIVERY_PING);
	check("star", COMMENT, NULL, NULL, STK_DELIVERY_IGNORED);
	check("issue_comment", COMMENT, "created", "edited", STK_DELIVERY_IGNORED);
	check("issue_comment", COMMENT, "{\"url\":\"x\"}", "null", STK_DELIVERY_IGNORED);
	check("issue_comment", COMMENT, "/stoker", "hello", STK_DELIVERY_IGNORED);
	check("issue_comment", COMMENT, "\"User\"", "\"Bot\"", STK_DELIVERY_IGNORED);
	check("issue_comment", COMMENT, "\"/stoker run\"", "7", STK_DELIVERY_IGNORED);
	check("workflow_run", FINISHED, "completed", "requested", STK_DELIVERY_IGNORED);
	check("workflow_run", FINISHED, "\"pull_request\"", "\"push\"", STK_DELIVERY_IGNORED);
}

static void delivery_parse__refuses_ours_when_it_is_unfit(void **state)
{
	(void)state;
	check("issue_comment", "{", NULL, NULL, STK_E_FORMAT);
	check("issue_comment", "[]", NULL, NULL, STK_E_FORMAT);
	check("issue_comment", COMMENT, "acme/shop", "acme/shop/..", STK_E_FORMAT);
	check("issue_comment", COMMENT, "\"dev\"", "\"a/../b\"", STK_E_FORMAT);
	check("issue_comment", COMMENT, "5000000001", "-1", STK_E_FORMAT);
	check("issue_comment", COMMENT, "12", "\"12\"", STK_E_FORMAT);
	check("issue_comment", COMMENT, "2026-11-22T14:38:05Z", "yesterday", STK_E_FORMAT);
	check("workflow_run", FINISHED, SHA, "main", STK_E_FORMAT);
	check("workflow_run", FINISHED, "77", "0", STK_E_FORMAT);
	check("workflow_run", FINISHED, "acme/shop", "", STK_E_FORMAT);
}

static void delivery_is_login__takes_what_fits_a_path(void **state)
{
	(void)state;
	assert_true(stk_delivery_is_login(STK_STR("octo-cat_acme")));
	assert_false(stk_delivery_is_login(STK_STR("")));
	assert_false(stk_delivery_is_login(STK_STR("a/b")));
	assert_false(stk_delivery_is_login(STK_STR("renovate[bot]")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivery_parse__reads_a_comment),
		cmocka_unit_test(delivery_parse__reads_a_finished_run),
		cmocka_unit_test(delivery_parse__passes_over_what_is_not_ours),
		cmocka_unit_test(delivery_parse__refuses_ours_when_it_is_unfit),
		cmocka_unit_test(delivery_is_login__takes_what_fits_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
