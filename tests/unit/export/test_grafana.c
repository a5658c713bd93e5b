/* test_grafana: the mark is posted, then given its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/export/grafana.h"
#include "tests/support/fake_http.h"

static void grafana__marks_start_and_end(void **state)
{
	const struct fake_http_reply replies[] = {
		{.method = "POST",
			.path = "/sub/api/annotations",
			.status = 200,
			.body = stk_str_of("{\"message\":\"ok\",\"id\":17}")},
		{.method = "PATCH",
			.path = "/sub/api/annotations/17",
			.status = 200,
			.body = {"{}", 2}}};
	struct fake_http *fake = fake_http_start(replies, 2);
	const struct stk_tag tags[] = {{"testid", "abc"}};
	struct stk_secret token = STK_SECRET_INIT;
	struct stk_buf url = STK_BUF_EMPTY;
	struct stk_grafana grafana = {
		.token = &token, .text = "load test", .run_id = "r1", .tags = tags, .tags_len = 1};
	struct stk_json *sent;
	int64_t id = 0;

	(void)state;
	stk_secret_init(&token, STK_STR("glsa_x"));
	stk_buf_addf(&url, "%s/sub/", fake_http_url(fake));
	grafana.url = url.ptr;
	assert_int_equal(stk_grafana_start(&grafana, 5 * STK_NS_PER_S, &id, NULL), 0);
	assert_int_equal(id, 17);
	assert_int_equal(stk_grafana_end(&grafana, id, 9 * STK_NS_PER_S, NULL), 0);
	assert_true(fake_http_has_header(fake, 0, "Authorization", "Bearer glsa_x"));
	assert_int_equal(stk_json_parse(fake_http_at(fake, 0)->body, &sent, NULL), 0);
	assert_int_equal(stk_json_int(stk_json_get(sent, "time"), 0), 5000);
	assert_string_equal(
		stk_json_text(stk_json_at(stk_json_get(sent, "tags"), 3), ""), "testid:abc");
	stk_json_free(sent);
	assert_int_equal(stk_json_parse(fake_http_at(fake, 1)->body, &sent, NULL), 0);
	assert_int_equal(stk_json_int(stk_json_get(sent, "timeEnd"), 0), 9000);
	stk_json_free(sent);
	stk_secret_release(&token);
	stk_buf_release(&url);
	fake_http_stop(fake);
}

static void grafana_start__says_what_is_wrong_with_the_answer(void **state)
{
	static const struct {
		int status;
		const char *body, *words;
	} cases[] = {{401, "{}", "HTTP 401"}, {200, "<html>", "grafana"}, {200, "[]", "id"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct fake_http_reply replies[] = {
			{.status = cases[i].status, .body = stk_str_of(cases[i].body)}};
		struct fake_http *fake = fake_http_start(replies, 1);
		struct stk_secret token = STK_SECRET_INIT;
		const struct stk_grafana grafana = {.url = fake_http_url(fake), .token = &token};
		struct stk_err err = STK_ERR_INIT;
		int64_t id;

		assert_true(stk_grafana_start(&grafana, 0, &id, &err) < 0);
		assert_non_null(strstr(err.msg, cases[i].words));
		fake_http_stop(fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grafana__marks_start_and_end),
		cmocka_unit_test(grafana_start__says_what_is_wrong_with_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
