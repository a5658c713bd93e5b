/* test_pusher: rounds are made when they are due, and once more at the end. */
#include "core/export/pusher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"

struct counting {
	struct stk_pusher pusher;
	int rounds, last;
	size_t bodies; /* of each round */
};

static void make_round(struct stk_pusher *pusher, struct stk_totals *totals, bool is_last,
	struct stk_sender_round *out)
{
	struct counting *it = (struct counting *)(void *)pusher; /* its first member */

	(void)totals;
	it->rounds++;
	it->last += is_last;
	*out = (struct stk_sender_round){STK_VEC_INIT};
	for (size_t i = 0; i < it->bodies; i++)
		stk_buf_init(stk_vec_push_new(&out->bodies), 0);
}

/* A port that nobody listens on. */
static void start(struct counting *it)
{
	struct stk_sender_opts opts = {.kind = "test", .url = "http://127.0.0.1:1/"};

	it->pusher.make_round = make_round;
	it->pusher.interval_ns = 5 * STK_NS_PER_S;
	stk_pusher_start(&it->pusher, &opts);
}

static void pusher_tick__makes_a_round_when_it_is_due(void **state)
{
	struct counting it = {.rounds = 0};
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	start(&it);
	stk_pusher_tick(&it, NULL, 100);
	stk_pusher_tick(&it, NULL, 99 + 5 * STK_NS_PER_S);
	assert_int_equal(it.rounds, 0);
	stk_pusher_tick(&it, NULL, 100 + 5 * STK_NS_PER_S);
	stk_pusher_tick(&it, NULL, 101 + 5 * STK_NS_PER_S);
	assert_int_equal(it.rounds, 1);
	assert_int_equal(it.last, 0);
	stk_pusher_stop(&it, NULL, &said);
	assert_int_equal(it.rounds, 2);
	assert_int_equal(it.last, 1);
	assert_int_equal(said.len, 0); /* nothing was posted: no server was asked */
	stk_pusher_release(&it.pusher);
	stk_buf_release(&said);
}

static void pusher_tick__says_what_nobody_took(void **state)
{
	struct counting it = {.bodies = 1};
	struct stk_buf said = STK_BUF_EMPTY;

	(void)state;
	start(&it);
	stk_pusher_tick(&it, NULL, 100);
	stk_pusher_tick(&it, NULL, 100 + 5 * STK_NS_PER_S);
	stk_sender_settle(it.pusher.sender);
	it.bodies = 0;
	stk_pusher_stop(&it, NULL, &said);
	assert_non_null(strstr(said.ptr, "output test: 1 of 1 pushes failed"));
	stk_pusher_release(&it.pusher);
	stk_buf_release(&said);
}

static void pusher_release__takes_one_that_never_started(void **state)
{
	struct counting it = {.rounds = 0};

	(void)state;
	stk_pusher_release(&it.pusher);
	assert_int_equal(it.rounds, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pusher_tick__makes_a_round_when_it_is_due),
		cmocka_unit_test(pusher_tick__says_what_nobody_took),
		cmocka_unit_test(pusher_release__takes_one_that_never_started),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
