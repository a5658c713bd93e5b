/* test_blocks: order of sides, length of a block, and which slices count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/flow/blocks.h"

#define S STK_NS_PER_S

static void add_block(struct stk_run *run, int side, int pair, int64_t start_s, int64_t end_s)
{
	struct stk_window *window = stk_vec_push_new(&run->windows);

	window->kind = STK_WINDOW_BLOCK;
	window->side = side;
	window->pair = pair;
	window->start_ns = start_s * S;
	window->end_ns = end_s * S;
}

static struct stk_slice *add_slice(struct stk_run *run, int side, int64_t start_ns, int64_t end_ns)
{
	struct stk_slice *slice = stk_vec_push_new(&run->slices);

	slice->side = side;
	slice->start_ns = start_ns;
	slice->end_ns = end_ns;
	return slice;
}

static void blocks_side__alternates_so_that_drift_cancels(void **state)
{
	static const int want[] = {0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0};
	int turns[STK_SIDES] = {0, 0};

	(void)state;
	for (int i = 0; i < 12; i++) {
		assert_int_equal(stk_blocks_side(i), want[i]);
		turns[want[i]] += i;
	}
	/* equal sums of places: a linear drift adds the same to both sides */
	assert_int_equal(turns[0], turns[1]);
}

static void blocks_length__is_k_plus_one_slices(void **state)
{
	(void)state;
	assert_int_equal(stk_blocks_length_ns(3 * S), 12 * S);
	assert_int_equal(stk_blocks_length_ns(5 * S), 20 * S);
	assert_int_equal(stk_blocks_length_ns(15 * S), 45 * S);
}

static void blocks_whole_slices__forgives_agents_some_milliseconds(void **state)
{
	(void)state;
	assert_int_equal(stk_blocks_whole_slices(12 * S, 3 * S), 3);
	assert_int_equal(stk_blocks_whole_slices(60 * S, 30 * S), 1);
	assert_int_equal(stk_blocks_whole_slices(60 * S, 30 * S + 10000000), 1);
	assert_int_equal(stk_blocks_whole_slices(60 * S, 33 * S), 0);
	assert_int_equal(stk_blocks_whole_slices(S, 3 * S), 0);
}

static void blocks_place__counts_whole_slices_only(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	add_block(&run, STK_SIDE_BASE, 0, 100, 110);
	add_block(&run, STK_SIDE_HEAD, 0, 110, 120);
	add_slice(&run, STK_SIDE_BASE, 101 * S, 104 * S);
	add_slice(&run, STK_SIDE_BASE, 108 * S, 111 * S);                     /* holds the switch */
	add_slice(&run, STK_SIDE_BASE, 112 * S, 115 * S);                     /* head's turn */
	add_slice(&run, STK_SIDE_HEAD, 110 * S - 5 * STK_NS_PER_MS, 113 * S); /* timer jitter */
	stk_blocks_place_slices(&run, 0);
	assert_true(run.slices.items[0].counted);
	assert_int_equal(run.slices.items[0].pair, 0);
	assert_false(run.slices.items[1].counted);
	assert_string_equal(run.slices.items[1].why_not, "holds a switch");
	assert_string_equal(run.slices.items[2].why_not, "the other side's turn");
	assert_int_equal(run.slices.items[2].pair, -1);
	assert_true(run.slices.items[3].counted);
	stk_run_release(&run);
}

static void blocks_place__joins_adjoining_blocks_of_a_side(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	add_block(&run, STK_SIDE_HEAD, 0, 110, 120);
	add_block(&run, STK_SIDE_HEAD, 1, 120, 130);
	add_slice(&run, STK_SIDE_HEAD, 118 * S, 121 * S);
	add_slice(&run, STK_SIDE_HEAD, 119 * S, 122 * S);
	stk_blocks_place_slices(&run, 0);
	assert_true(run.slices.items[0].counted);
	assert_int_equal(run.slices.items[0].pair, 0); /* two of its three seconds */
	assert_int_equal(run.slices.items[1].pair, 1);
	stk_run_release(&run);
}

static void blocks_place__gives_each_slice_the_requests_of_its_own_side(void **state)
{
	struct stk_run run;
	size_t base, head;

	(void)state;
	stk_run_init(&run);
	add_block(&run, STK_SIDE_BASE, 0, 100, 110);
	base = stk_series_key(&run.series, STK_SIDE_BASE, "default", "get");
	head = stk_series_key(&run.series, STK_SIDE_HEAD, "default", "get");
	for (int i = 0; i < 100; i++) {
		stk_series_add(&run.series, base, 100 * S + i * STK_SERIES_STEP_NS, 7);
		stk_series_add(&run.series, head, 100 * S + i * STK_SERIES_STEP_NS, 1000);
	}
	add_slice(&run, STK_SIDE_BASE, 102 * S, 105 * S);
	stk_blocks_place_slices(&run, 0);
	assert_float_equal(run.slices.items[0].requests, 210.0, 1e-9);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_side__alternates_so_that_drift_cancels),
		cmocka_unit_test(blocks_length__is_k_plus_one_slices),
		cmocka_unit_test(blocks_whole_slices__forgives_agents_some_milliseconds),
		cmocka_unit_test(blocks_place__counts_whole_slices_only),
		cmocka_unit_test(blocks_place__joins_adjoining_blocks_of_a_side),
		cmocka_unit_test(blocks_place__gives_each_slice_the_requests_of_its_own_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
