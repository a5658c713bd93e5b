/* test_sender: rounds on their way, refused, repeated, given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/export/sender.h"
#include "tests/support/fake_http.h"

static struct stk_sender *start(const char *url)
{
	const struct stk_sender_opts opts = {
		.kind = "test", .url = url, .timeout_ms = 2000, .finish_ns = 3 * STK_NS_PER_S};

	return stk_sender_start(&opts);
}

static struct stk_sender_round round_of(const char *a, const char *b)
{
	struct stk_sender_round round = {STK_VEC_INIT};
	const char *texts[] = {a, b};

	for (size_t i = 0; i < 2 && texts[i]; i++) {
		struct stk_buf *body = stk_vec_push_new(&round.bodies);

		stk_buf_init(body, 0);
		stk_buf_add_text(body, texts[i]);
	}
	return round;
}

static void sender_post__sends_bodies_in_order(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 204}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_sender *sender = start(fake_http_url(fake));
	struct stk_sender_round round = round_of("one", "two");
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	stk_sender_post(sender, &round);
	assert_int_equal(round.bodies.len, 0);
	stk_sender_settle(sender);
	assert_true(stk_sender_is_idle(sender));
	assert_true(stk_sender_is_well(sender));
	assert_int_equal(fake_http_len(fake), 2);
	assert_true(stk_str_is(fake_http_at(fake, 1)->body, "two"));
	stk_sender_stop(sender, &said);
	assert_int_equal(said.len, 0);
	fake_http_stop(fake);
	stk_buf_release(&said);
}

static void sender_finish__repeats_what_may_pass(void **state)
{
	const struct fake_http_reply replies[] = {
		{.status = 429, .times = 1}, {.status = 500, .times = 1}, {.status = 200}};
	struct fake_http *fake = fake_http_start(replies, 3);
	struct stk_sender *sender = start(fake_http_url(fake));
	struct stk_sender_round round = round_of("last", NULL);
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	stk_sender_finish(sender, &round);
	assert_int_equal(fake_http_len(fake), 3);
	assert_true(stk_sender_is_well(sender));
	stk_sender_stop(sender, &said);
	assert_int_equal(said.len, 0);
	fake_http_stop(fake);
	stk_buf_release(&said);
}

static void sender_post__does_not_repeat_and_says_so(void **state)
{
	const struct fake_http_reply replies[] = {{.status = 400, .body = {"bad series", 10}}};
	struct fake_http *fake = fake_http_start(replies, 1);
	struct stk_sender *sender = start(fake_http_url(fake));
	struct stk_sender_round round = round_of("one", "two");
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	stk_sender_finish(sender, &round);
	assert_false(stk_sender_is_well(sender));
	assert_int_equal(fake_http_len(fake), 1);
	stk_sender_stop(sender, &said);
	assert_non_null(strstr(said.ptr, "output test: 1 of 1 pushes failed, the last one too"));
	assert_non_null(strstr(said.ptr, "HTTP 400: bad series"));
	fake_http_stop(fake);
	stk_buf_release(&said);
}

static void sender_stop__survives_a_server_that_is_not_there(void **state)
{
	struct stk_sender *sender = start("http://127.0.0.1:9/api");
	struct stk_sender_round round = round_of("one", NULL);
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	stk_sender_post(sender, &round);
	stk_sender_stop(sender, &said);
	assert_non_null(strstr(said.ptr, "1 of 1 pushes failed"));
	stk_buf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sender_post__sends_bodies_in_order),
		cmocka_unit_test(sender_finish__repeats_what_may_pass),
		cmocka_unit_test(sender_post__does_not_repeat_and_says_so),
		cmocka_unit_test(sender_stop__survives_a_server_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
