/* test_proposal: which regressions a command takes, and the calls that propose it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/bot/proposal.h"
#include "core/record/run_store.h"
#include "tests/support/fake_http.h"

#define NOW_NS (INT64_C(1795358285) * STK_NS_PER_S) /* 2026-11-22 */

static void read_run(struct stk_run *run)
{
	stk_run_init(run);
	assert_int_equal(stk_run_store_read("tests/fixtures/runs/regression.json", run, NULL), 0);
}

static void add(struct stk_proposal *accept, const struct stk_run *run, const char *comment)
{
	struct stk_order order;
	struct stk_proposal_opts opts = {.order = &order, .login = "dev", .now_ns = NOW_NS};

	stk_order_parse(stk_str_of(comment), &order);
	assert_null(order.wrong);
	stk_proposal_init(accept);
	assert_int_equal(stk_proposal_add(accept, run, &opts, NULL), 0);
	stk_order_release(&order);
}

static void proposal_add__takes_all_open_regressions(void **state)
{
	struct stk_proposal accept;
	struct stk_run run;
	struct stk_buf day = STK_BUF_EMPTY;
	const struct stk_accepted_entry *entry;

	(void)state;
	read_run(&run);
	add(&accept, &run, "/stoker accept \"why\" 30d");
	/* the total and one function of each type, latency */
	assert_int_equal(accept.entries.entries.len, 6);
	stk_accepted_sort(&accept.entries);
	assert_string_equal(accept.entries.entries.items[0].function, "catalog.render");
	assert_string_equal(accept.entries.entries.items[4].function, "total");
	assert_string_equal(accept.entries.entries.items[4].profile, "p50");
	entry = &accept.entries.entries.items[1];
	assert_string_equal(entry->function, "pricing.apply_rules");
	assert_string_equal(entry->profile, "cpu");
	assert_string_equal(entry->workflow, "shop");
	assert_string_equal(entry->reason, "why");
	assert_string_equal(entry->author, "dev");
	assert_true(entry->limit > 0.51 && entry->limit < 0.7);
	stk_accepted_format_day(&day, entry->until_ns);
	assert_string_equal(day.ptr, "2026-12-22");
	stk_proposal_release(&accept);

	run.comparisons.items[0].rows.items[0].accepted.reason = "taken already";
	add(&accept, &run, "/stoker accept \"why\" 30d apply_rules");
	assert_int_equal(accept.entries.entries.len, 0);
	stk_proposal_release(&accept);
	add(&accept, &run, "/stoker accept \"why\" 30d render");
	assert_int_equal(accept.entries.entries.len, 1);
	stk_proposal_release(&accept);
	add(&accept, &run, "/stoker accept \"why\" 30d p95");
	assert_int_equal(accept.entries.entries.len, 1);
	assert_string_equal(accept.entries.entries.items[0].profile, "p95");
	stk_proposal_release(&accept);
	add(&accept, &run, "/stoker accept \"why\" 30d total");
	assert_int_equal(accept.entries.entries.len, 4);
	stk_proposal_release(&accept);
	stk_buf_release(&day);
	stk_run_release(&run);
}

static void proposal_add__is_bounded(void **state)
{
	struct stk_comparison *comparison;
	struct stk_proposal accept;
	struct stk_row row;
	struct stk_run run;

	(void)state;
	read_run(&run);
	comparison = &run.comparisons.items[0];
	row = comparison->rows.items[0];
	for (int i = 0; i < 100; i++) {
		row.function.name = stk_arena_printf(&run.arena, "f%d", i);
		row.hi = INFINITY;
		stk_vec_push(&comparison->rows, row);
	}
	add(&accept, &run, "/stoker accept \"why\" 30d");
	assert_int_equal(accept.entries.entries.len, STK_PROPOSAL_MAX);
	assert_int_equal(accept.left_out, 107 - STK_PROPOSAL_MAX);
	stk_proposal_release(&accept);
	stk_run_release(&run);
}

/* A proposal against canned answers; the number it gave. */
static int64_t propose(const struct fake_http_reply *replies, size_t len, struct fake_http **out)
{
	struct fake_http *fake = fake_http_start(replies, len);
	struct stk_secret token;
	struct stk_hub_opts opts = {
		.api_url = fake_http_url(fake), .token = &token, .token_source = "TOKEN"};
	struct stk_hub_pull pull = {.number = 12, .base_ref = (char *)"release/1"};
	struct stk_order order;
	struct stk_proposal_opts given = {.order = &order, .login = "dev", .now_ns = NOW_NS};
	struct stk_proposal accept;
	struct stk_proposal_spec spec = {&accept, &given, &pull, 7};
	struct stk_hub *hub = NULL;
	struct stk_run run;
	int64_t number = 0;

	stk_secret_init(&token, STK_STR("t0ken"));
	assert_int_equal(stk_hub_new(&opts, &hub, NULL), 0);
	assert_int_equal(stk_hub_enter(hub, "acme/shop", NULL), 0);
	read_run(&run);
	add(&accept, &run, "/stoker accept \"why\" 30d apply_rules");
	stk_order_parse(STK_STR("/stoker accept \"why\" 30d apply_rules"), &order);
	assert_int_equal(stk_proposal_send(hub, &spec, &number, NULL), 0);
	stk_order_release(&order);
	stk_proposal_release(&accept);
	stk_run_release(&run);
	stk_hub_free(hub);
	stk_secret_release(&token);
	*out = fake;
	return number;
}

static void proposal_send__goes_over_a_branch(void **state)
{
	const struct fake_http_reply replies[] = {
		{.method = "GET",
			.path = "/repos/acme/shop/pulls",
			.status = 200,
			.body = STK_STR("[{\"number\":1,\"head\":{\"ref\":\"other\"}}]")},
		{.path = "/repos/acme/shop/git/ref/heads%2Frelease%2F1",
			.status = 200,
			.body = STK_STR("{\"object\":{\"sha\":\"abc\"}}")},
		{.path = "/repos/acme/shop/git/refs",
			.status = 422,
			.body = STK_STR("{\"message\":\"Reference already exists\"}")},
		{.method = "GET",
			.path = "/repos/acme/shop/contents/.stoker%2Faccepted.json",
			.status = 404,
			.body = STK_STR("{}")},
		{.method = "PUT", .status = 201, .body = STK_STR("{}")},
		{.method = "POST",
			.path = "/repos/acme/shop/pulls",
			.status = 201,
			.body = STK_STR("{\"number\":34}")}};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *sent = NULL;
	struct stk_accepted read;
	struct fake_http *fake;

	(void)state;
	assert_true(propose(replies, 6, &fake) == 34);
	assert_int_equal(fake_http_len(fake), 6);
	assert_string_equal(fake_http_at(fake, 0)->target,
		"/repos/acme/shop/pulls?state=all&head=acme%3Astoker%2Faccept-12-7");
	assert_true(stk_str_is(fake_http_at(fake, 2)->body,
		"{\"ref\":\"refs/heads/stoker/accept-12-7\",\"sha\":\"abc\"}"));
	assert_int_equal(stk_json_parse(fake_http_at(fake, 4)->body, &sent, NULL), 0);
	assert_null(stk_json_get(sent, "sha"));
	assert_int_equal(
		stk_base64_parse(stk_json_str(stk_json_get(sent, "content")), &text, NULL), 0);
	assert_non_null(strstr(text.ptr, "{\"function\":\"pricing.apply_rules\","
					 "\"profile\":\"cpu\",\"workflow\":\"shop\","));
	assert_non_null(strstr(
		text.ptr, "\"reason\":\"why\",\"author\":\"dev\",\"until\":\"2026-12-22\"}"));
	stk_accepted_init(&read);
	assert_int_equal(stk_accepted_parse(stk_buf_str(&text), &read, NULL), 0);
	assert_int_equal(read.entries.len, 1);
	stk_accepted_release(&read);
	stk_json_free(sent);
	assert_int_equal(stk_json_parse(fake_http_at(fake, 5)->body, &sent, NULL), 0);
	assert_true(stk_str_is(stk_json_str(stk_json_get(sent, "base")), "release/1"));
	assert_true(stk_str_is(stk_json_str(stk_json_get(sent, "title")),
		"stoker: accept 1 regression of #12 until 2026-12-22"));
	stk_json_free(sent);
	stk_buf_release(&text);
	fake_http_stop(fake);
}

static void proposal_send__finds_what_is_there(void **state)
{
	const struct fake_http_reply replies[] = {{.method = "GET",
		.path = "/repos/acme/shop/pulls",
		.status = 200,
		.body = STK_STR("[{\"number\":33,\"head\":{\"ref\":\"stoker/accept-12-7\"}}]")}};
	struct fake_http *fake;

	(void)state;
	assert_true(propose(replies, 1, &fake) == 33);
	assert_int_equal(fake_http_len(fake), 1);
	fake_http_stop(fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proposal_add__takes_all_open_regressions),
		cmocka_unit_test(proposal_add__is_bounded),
		cmocka_unit_test(proposal_send__goes_over_a_branch),
		cmocka_unit_test(proposal_send__finds_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
