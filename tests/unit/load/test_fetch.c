/* test_fetch: redirects, cookies, labels, credentials and errors over each transport, as a server
 * sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/fake_http.h"
#include "tests/support/load_driver.h"

struct ran {
	struct fake_http *fake;
	char base[64];
	struct stk_plan plan;
	struct load_driver driver;
	struct stk_load_result result;
};

static const struct fake_http_reply replies[] = {
	{.path = "/ok", .status = 200, .body = {"fine", 4}},
	{.path = "/r302", .status = 302, .headers = "Location: /ok\nSet-Cookie: a=1"},
	{.path = "/r307", .status = 307, .headers = "Location: ok"},
	{.path = "/loop", .status = 302, .headers = "Location: /loop"},
	{.path = "/away", .status = 302, .headers = "Location: http://elsewhere.test/x"},
	{.path = "/cut", .status = 200, .body = {"0123456789", 10}, .cut_after = 4},
	{.path = "/big", .status = 200, .body = {"0123456789", 10}},
	{.path = "/teapot", .status = 418},
};

static void begin(struct ran *ran)
{
	struct stk_scenario *scenario;

	memset(ran, 0, sizeof *ran);
	ran->fake = fake_http_start(replies, STK_ARRAY_LEN(replies));
	(void)snprintf(
		ran->base, sizeof ran->base, "http://127.0.0.1:%d", fake_http_port(ran->fake));
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	ran->plan.base_url[STK_SIDE_HEAD] = ran->base;
	scenario = stk_plan_add_scenario(&ran->plan, "shop");
	scenario->executor = "per-vu-iterations";
}

static void run(struct ran *ran, const struct load_step *steps, size_t len)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	load_driver_init(&ran->driver, steps, len);
	opts.in_caller = true;
	if (stk_plan_validate(&ran->plan, &err) < 0)
		fail_msg("%s", err.msg);
	engine = stk_engine_new(&ran->plan, &ran->driver.driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err), 0);
	assert_true(stk_engine_wait_until(engine, INT64_MAX));
	stk_engine_result(engine, &ran->result);
	stk_engine_free(engine);
}

static void end(struct ran *ran)
{
	fake_http_stop(ran->fake);
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

static int64_t count_of(const struct ran *ran, const char *name)
{
	return stk_metrics_find(&ran->result.metrics, name, "")->count;
}

/* k6 5.2, 17: 302 turns POST into GET; cookies of a hop go on | the same | -
 * k6 2.1: `http_reqs` counts each hop | the same | - */
static void fetch_redirect__302_makes_post_a_get_and_keeps_cookies(void **state)
{
	struct stk_request post = {.method = "POST",
		.url = STK_STR("/r302"),
		.redirects = -1,
		.has_body = true,
		.body = STK_STR("x=1")};
	struct load_step steps[] = {{.kind = LOAD_REQUEST, .request = &post}};
	struct ran ran;

	(void)state;
	begin(&ran);
	run(&ran, steps, 1);
	assert_int_equal(fake_http_len(ran.fake), 2);
	assert_string_equal(fake_http_at(ran.fake, 0)->method, "POST");
	assert_string_equal(fake_http_at(ran.fake, 1)->method, "GET");
	assert_int_equal(fake_http_at(ran.fake, 1)->body.len, 0);
	assert_true(fake_http_has_header(ran.fake, 1, "Cookie", "a=1"));
	assert_string_equal(ran.driver.last_body, "fine");
	assert_non_null(strstr(ran.driver.last_url, "/ok"));
	assert_int_equal(count_of(&ran, "http_reqs"), 2); /* each hop */
	end(&ran);
}

/* k6 5.2, 17: 307 keeps method and body | the same | - */
static void fetch_redirect__307_keeps_method_and_body(void **state)
{
	struct stk_request post = {.method = "POST",
		.url = STK_STR("/r307"),
		.redirects = -1,
		.has_body = true,
		.body = STK_STR("x=1")};
	struct load_step steps[] = {{.kind = LOAD_REQUEST, .request = &post}};
	struct ran ran;

	(void)state;
	begin(&ran);
	run(&ran, steps, 1);
	assert_string_equal(fake_http_at(ran.fake, 1)->method, "POST");
	assert_true(stk_str_is(fake_http_at(ran.fake, 1)->body, "x=1"));
	end(&ran);
}

/* k6 5.2, 10: at the redirect limit the last 3xx is the answer, without an error; default 10 | the
 * same | no warning */
static void fetch_redirect__stops_at_the_limit_without_error(void **state)
{
	struct stk_request none = {.method = "GET", .url = STK_STR("/loop"), .redirects = 0};
	struct load_step steps[] = {{.kind = LOAD_GET, .url = "/loop"}};
	struct ran ran;

	(void)state;
	begin(&ran);
	run(&ran, steps, 1);
	assert_int_equal(fake_http_len(ran.fake), 11);
	assert_int_equal(ran.driver.last_status, 302);
	assert_int_equal(ran.driver.last_error_code, 0);
	end(&ran);

	steps[0] = (struct load_step){.kind = LOAD_REQUEST, .request = &none};
	begin(&ran);
	run(&ran, steps, 1);
	assert_int_equal(fake_http_len(ran.fake), 1);
	end(&ran);
}

/* k6 5.2: a redirect goes anywhere | only to the target's host and `--allow-host` | else
 * `error_code` 1111 */
static void fetch_redirect__to_a_foreign_host_is_blocked(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/away"}};
	struct ran ran;

	(void)state;
	begin(&ran);
	run(&ran, steps, 1);
	assert_int_equal(ran.driver.last_status, 0);
	assert_int_equal(ran.driver.last_error_code, 1111);
	assert_string_equal(
		ran.driver.last_error, "host is not the target's: --allow-host lets it be called");
	end(&ran);
}

/* k6 10: `baggage` for profiles by a library of k6 | built in | `k6.test_run_id` is the run's id
 * k6 5.1: a GET carries only `Host` and `User-Agent` | the same, and `baggage` | `labels = false`
 * turns it off */
static void fetch_headers__labels_merge_with_the_users(void **state)
{
	const struct stk_name_value headers[] = {{STK_STR("X-One"), STK_STR("1")},
		{STK_STR("Baggage"), STK_STR("user=7,k6.name=forged")}};
	struct stk_request get = {.method = "GET",
		.url = STK_STR("/ok"),
		.headers = headers,
		.headers_len = 2,
		.name = STK_STR("get ok"),
		.redirects = -1,
		.user = STK_STR("al"),
		.password = STK_STR("pw")};
	struct load_step steps[] = {{.kind = LOAD_REQUEST, .request = &get}};
	struct ran ran;

	(void)state;
	begin(&ran);
	ran.plan.run_id = "r1";
	run(&ran, steps, 1);
	assert_true(fake_http_has_header(ran.fake, 0, "baggage",
		"k6.test_run_id=r1,k6.scenario=shop,k6.name=get-ok,user=7"));
	assert_true(fake_http_has_header(ran.fake, 0, "X-One", "1"));
	assert_true(fake_http_has_header(ran.fake, 0, "Authorization", "Basic YWw6cHc="));
	assert_null(strstr(fake_http_at(ran.fake, 0)->headers, "Accept"));
	end(&ran);
}

/* A head that was made once is used again only where it would be made the same. */
static void fetch_headers__of_one_route_differ_where_its_requests_do(void **state)
{
	struct stk_name_value own = {STK_STR("X-Own"), STK_STR("1")};
	struct stk_request with = {.url = STK_STR("/ok"), .headers = &own, .headers_len = 1};
	struct stk_request head = {.method = "HEAD", .url = STK_STR("/ok")};
	struct stk_request cookie = {.url = STK_STR("/r302"), .redirects = 0};
	struct load_step steps[] = {{.kind = LOAD_GET, .url = "/ok"},
		{.kind = LOAD_GET, .url = "/ok"}, {.kind = LOAD_REQUEST, .request = &with},
		{.kind = LOAD_REQUEST, .request = &head},
		{.kind = LOAD_REQUEST, .request = &cookie}, {.kind = LOAD_GET, .url = "/ok"}};
	struct ran ran;

	(void)state;
	begin(&ran);
	run(&ran, steps, STK_ARRAY_LEN(steps));
	assert_int_equal(fake_http_len(ran.fake), STK_ARRAY_LEN(steps));
	for (size_t i = 0; i < STK_ARRAY_LEN(steps); i++) {
		assert_string_equal(fake_http_at(ran.fake, i)->method, i == 3 ? "HEAD" : "GET");
		assert_int_equal(fake_http_has_header(ran.fake, i, "X-Own", "1"), i == 2);
		assert_int_equal(fake_http_has_header(ran.fake, i, "Cookie", "a=1"), i == 5);
	}
	end(&ran);
}

static void fetch_labels__can_be_turned_off(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/ok"}};
	struct ran ran;

	(void)state;
	begin(&ran);
	ran.plan.labels = false;
	run(&ran, steps, 1);
	assert_null(strstr(fake_http_at(ran.fake, 0)->headers, "baggage"));
	end(&ran);
}

/* k6 2.5, 10: `error_code`: 1000 + status, 1000, 1020, 1111, 1212 | the same | -
 * k6 2.2: an unparsable URL makes no sample | the same | - */
static void fetch_error__has_k6s_number(void **state)
{
	static const struct {
		const char *url;
		int status, code;
	} cases[] = {
		{"/teapot", 418, 1418},
		{"/cut", 0, 1000},
		{"http://127.0.0.1:1/", 0, 1212},
		{"http://other.test/", 0, 1111},
		{"http://bad url/", 0, 1020},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct load_step steps[] = {{.kind = LOAD_GET, .url = cases[i].url}};
		struct ran ran;

		begin(&ran);
		run(&ran, steps, 1);
		if (ran.driver.last_error_code != cases[i].code)
			fail_msg("%s: %d %s", cases[i].url, ran.driver.last_error_code,
				ran.driver.last_error);
		assert_int_equal(ran.driver.last_status, cases[i].status);
		/* an unparsable URL makes no sample, and is told at the end all the same */
		assert_int_equal(count_of(&ran, "http_reqs"), cases[i].code != 1020);
		assert_int_equal(ran.result.failures.unsent, cases[i].code == 1020);
		assert_int_equal(ran.result.failures.len, 1);
		assert_int_equal(ran.result.failures.items[0].error_code, cases[i].code);
		end(&ran);
	}
}

/* k6 5.3: a body of any size is kept | `max_body` bounds what is kept, else error 1000 | - */
static void fetch_body__over_the_limit_is_an_error(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/big"}};
	struct ran ran;

	(void)state;
	begin(&ran);
	ran.plan.max_body = 5;
	run(&ran, steps, 1);
	assert_int_equal(ran.driver.last_error_code, 1000);
	assert_non_null(strstr(ran.driver.last_error, "max_body"));
	end(&ran);
}

/* k6 2.1: more than 100,000 series: a warning | more than 200 request names: the rest is `other` |
 * memory is bounded */
static void fetch_name__more_than_200_become_other(void **state)
{
	enum { N = 230 };
	static char urls[N][24];
	static struct load_step steps[N];
	struct ran ran;
	bool has_other = false;

	(void)state;
	begin(&ran);
	for (int i = 0; i < N; i++) {
		(void)snprintf(urls[i], sizeof urls[i], "/item/%d", i);
		steps[i] = (struct load_step){.kind = LOAD_GET, .url = urls[i]};
	}
	run(&ran, steps, N);
	assert_int_equal(ran.result.series.keys.len, 201);
	for (size_t i = 0; i < ran.result.series.keys.len; i++)
		has_other |= strcmp(ran.result.series.keys.items[i].name, "other") == 0;
	assert_true(has_other);
	assert_true(stk_series_sum(
			    &ran.result.series, STK_SIDE_HEAD, NULL, "other", 0, INT64_MAX) == 30);
	end(&ran);
}

int main(void)
{
	static const char *const names[] = {"curl", "plain", "auto"};
	int failed = 0;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetch_redirect__302_makes_post_a_get_and_keeps_cookies),
		cmocka_unit_test(fetch_redirect__307_keeps_method_and_body),
		cmocka_unit_test(fetch_redirect__stops_at_the_limit_without_error),
		cmocka_unit_test(fetch_redirect__to_a_foreign_host_is_blocked),
		cmocka_unit_test(fetch_headers__labels_merge_with_the_users),
		cmocka_unit_test(fetch_headers__of_one_route_differ_where_its_requests_do),
		cmocka_unit_test(fetch_labels__can_be_turned_off),
		cmocka_unit_test(fetch_error__has_k6s_number),
		cmocka_unit_test(fetch_body__over_the_limit_is_an_error),
		cmocka_unit_test(fetch_name__more_than_200_become_other),
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		(void)setenv(STK_TRANSPORT_ENV, names[i], 1);
		failed += cmocka_run_group_tests_name(names[i], tests, NULL, NULL);
	}
	return failed;
}
