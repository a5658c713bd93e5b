/* test_single: two profiles without replicates say little, and say so. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/compare.h"
#include "tests/support/near.h"
#include "tests/support/world.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

struct pair {
	struct stk_run run;
	struct stk_comparison result;
};

static void compare(struct world *world, double requests_factor, struct pair *out)
{
	struct stk_diff_input input;

	world->pairs = 1;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	world_fill(world, &input);
	for (size_t i = 0; i < input.slices.len; i++)
		input.slices.items[i].requests *= requests_factor;
	stk_run_init(&out->run);
	assert_int_equal(stk_compare_single(&input, NULL, &out->run, &out->result, NULL), 0);
	stk_diff_input_release(&input);
}

static void pair_release(struct pair *pair)
{
	stk_comparison_release(&pair->result);
	stk_run_release(&pair->run);
}

static const struct stk_row *find(const struct pair *pair, const char *name)
{
	for (size_t i = 0; i < pair->result.rows.len; i++) {
		if (strcmp(pair->result.rows.items[i].function.name, name) == 0)
			return &pair->result.rows.items[i];
	}
	return NULL;
}

static void compare_single__modest_change_is_only_a_suspect(void **state)
{
	struct world world;
	struct pair out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 12, 4);
	world.samples = 50000;
	world.functions[2].factor = 1.25;
	compare(&world, 1.0, &out);
	row = find(&out, world.functions[2].name[0]);
	assert_true(row->q < 0.05);
	assert_int_equal(row->verdict, STK_VERDICT_INCONCLUSIVE);
	assert_string_equal(row->reason, "suspect: one profile a side");
	pair_release(&out);
}

static void compare_single__a_doubling_is_a_regression(void **state)
{
	struct world world;
	struct pair out;

	(void)state;
	world_init(&world, 12, 4);
	world.samples = 50000;
	world.functions[2].share = 0.1;
	world.functions[2].factor = 2.0;
	compare(&world, 1.0, &out);
	assert_int_equal(find(&out, world.functions[2].name[0])->verdict, STK_VERDICT_REGRESSION);
	for (size_t i = 1; i < out.result.rows.len; i++)
		assert_int_not_equal(out.result.rows.items[i].verdict, STK_VERDICT_REGRESSION);
	pair_release(&out);
}

static void compare_single__window_effect_is_in_the_interval(void **state)
{
	struct world world;
	struct pair out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 12, 4);
	world.samples = 1e7;
	compare(&world, 1.0, &out);
	row = find(&out, world.functions[2].name[0]);
	/* Counting error is nothing here: what is left is the assumed 5 % of each window. */
	test_near("se", row->se, sqrt(2.0) * 0.05, 1e-2);
	pair_release(&out);
}

/* Head ran three times as long, and nobody counted requests. */
static void compare_single__unknown_requests_are_measured_by_the_rest(void **state)
{
	struct world world;
	struct pair out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 12, 4);
	world.samples = 50000;
	world.factor = 3.0;
	world.functions[2].share = 0.1;
	world.functions[2].factor = 2.0;
	compare(&world, 0.0, &out);
	row = find(&out, world.functions[2].name[0]);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_true(row->lo < 1.0 && row->hi > 1.0);
	assert_true(out.result.common_shift > 1.5 && out.result.common_shift < 2.5);
	assert_string_equal(out.result.total.reason, "requests unknown");
	assert_true(isnan(out.result.total.change));
	pair_release(&out);
}

static void compare_single__moved_cost_is_no_finding(void **state)
{
	struct world world;
	struct pair out;

	(void)state;
	world_init(&world, 12, 4);
	world.samples = 50000;
	world.has_noise = false;
	world.functions[2].share = world.functions[5].share = 0.1;
	world.functions[2].factor = 1.8;
	world.functions[5].factor = 0.2;
	world.functions[5].caller = 2;
	compare(&world, 1.0, &out);
	for (int i = 2; i <= 5; i += 3) {
		const struct stk_row *row = find(&out, world.functions[i].name[0]);

		assert_int_equal(row->verdict, STK_VERDICT_MOVED);
		assert_string_equal(row->partner.name, world.functions[7 - i].name[0]);
	}
	pair_release(&out);
}

static void compare_single__needs_both_sides(void **state)
{
	struct stk_diff_input input;
	struct stk_comparison result;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	(void)stk_diff_input_slice(&input, STK_SIDE_HEAD, 0, 10.0);
	assert_int_equal(stk_compare_single(&input, NULL, NULL, &result, &err), STK_E_NOT_FOUND);
	stk_diff_input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_single__modest_change_is_only_a_suspect),
		cmocka_unit_test(compare_single__a_doubling_is_a_regression),
		cmocka_unit_test(compare_single__window_effect_is_in_the_interval),
		cmocka_unit_test(compare_single__unknown_requests_are_measured_by_the_rest),
		cmocka_unit_test(compare_single__moved_cost_is_no_finding),
		cmocka_unit_test(compare_single__needs_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
