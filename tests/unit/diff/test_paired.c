/* test_paired: planted worlds get the right words, and nobody else is accused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/compare.h"
#include "tests/support/compared.h"
#include "tests/support/near.h"

static void compare_paired__one_planted_function(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;
	int planted;

	(void)state;
	world_init(&world, 20, 11);
	planted = world_pick(&world, 0.1);
	assert_true(planted >= 0);
	world.functions[planted].factor = 1.6;
	compared_init(&out, &world);
	row = &out.result.rows.items[0];
	assert_string_equal(row->function.name, world.functions[planted].name[0]);
	assert_string_equal(row->function.file, world.functions[planted].file);
	assert_int_equal(row->function.line, 10);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_true(row->lo < 0.6 && row->hi > 0.6);
	assert_true(row->level > 0.95);
	assert_true(row->q < 0.01);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 1);
	assert_int_equal(compared_count(&out, STK_VERDICT_IMPROVEMENT), 0);
	assert_int_equal(out.result.pairs, 6);
	assert_int_equal(out.result.slices_base, 12);
	compared_release(&out);
}

static void compare_paired__costs_are_per_request(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 8, 3);
	world.has_noise = false;
	world.functions[2].factor = 2.0;
	compared_init(&out, &world);
	row = compared_find(&out, world.functions[2].name[0]);
	assert_non_null(row);
	/* samples x share x period over 1,000 requests a block */
	test_near("base", row->base_cost, 800.0 * world.functions[2].share * 4e6 / 1000.0, 1e-6);
	test_near("head", row->head_cost, 2.0 * row->base_cost, 1e-6);
	/* The half sample added to every count pulls a little towards no change. */
	test_near("change", row->change, 1.0, 0.02);
	test_near("impact", row->impact, world.functions[2].share, 1e-3);
	test_near("share", row->share, world.functions[2].share, 1e-3);
	test_near("total", out.result.total.base_cost, 800.0 * 4e6 / 1000.0, 1e-6);
	compared_release(&out);
}

static void compare_paired__nothing_planted(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 20, 5);
	compared_init(&out, &world);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 0);
	assert_int_equal(compared_count(&out, STK_VERDICT_IMPROVEMENT), 0);
	assert_int_equal(out.result.sensitivity.len, 3);
	assert_true(
		out.result.sensitivity.items[0].change > out.result.sensitivity.items[1].change);
	assert_true(
		out.result.sensitivity.items[1].change > out.result.sensitivity.items[2].change);
	assert_true(out.result.sensitivity.items[2].share == 1.0);
	compared_release(&out);
}

/* 6.18.6: one function doubled makes nobody else look better. */
static void compare_paired__closure(void **state)
{
	struct world world;
	struct compared out;
	int planted;

	(void)state;
	world_init(&world, 15, 21);
	planted = world_pick(&world, 0.12);
	assert_true(planted >= 0);
	world.functions[planted].factor = 2.0;
	compared_init(&out, &world);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 1);
	assert_int_equal(compared_count(&out, STK_VERDICT_IMPROVEMENT), 0);
	compared_release(&out);
}

static void compare_paired__renamed_function(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 15, 14);
	world.functions[6].share = 0.12;
	world.functions[6].name[0] = "cart.sum_up";
	world.functions[6].name[1] = "cart.totals";
	compared_init(&out, &world);
	row = compared_find(&out, "cart.totals");
	assert_non_null(row);
	assert_string_equal(row->partner.name, "cart.sum_up");
	assert_int_equal(row->verdict, STK_VERDICT_MOVED);
	assert_string_equal(row->reason, "renamed");
	assert_null(compared_find(&out, "cart.sum_up"));
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 0);
	assert_int_equal(compared_count(&out, STK_VERDICT_NEW), 0);
	assert_int_equal(compared_count(&out, STK_VERDICT_VANISHED), 0);
	compared_release(&out);
}

static void compare_paired__renamed_and_dearer(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 15, 14);
	world.functions[6].share = 0.12;
	world.functions[6].name[0] = "cart.sum_up";
	world.functions[6].name[1] = "cart.totals";
	world.functions[6].factor = 1.8;
	compared_init(&out, &world);
	row = compared_find(&out, "cart.totals");
	assert_non_null(row);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_string_equal(row->partner.name, "cart.sum_up");
	compared_release(&out);
}

static void compare_paired__too_few_pairs(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 12, 2);
	world.pairs = 3;
	world.functions[1].factor = 3.0;
	compared_init(&out, &world);
	assert_int_equal(out.result.pairs, 3);
	assert_int_equal(out.result.tested, 0);
	for (size_t i = 0; i < out.result.rows.len; i++) {
		assert_int_equal(out.result.rows.items[i].verdict, STK_VERDICT_INCONCLUSIVE);
		assert_string_equal(out.result.rows.items[i].reason, "too few pairs");
	}
	assert_int_equal(out.result.sensitivity.len, 0);
	compared_release(&out);
}

static void compare_paired__one_burst_is_no_regression(void **state)
{
	struct world world;
	struct stk_diff_input input;
	struct stk_run run;
	struct stk_comparison result;
	const struct stk_diff_value *value;

	(void)state;
	world_init(&world, 12, 8);
	world.has_noise = false;
	stk_diff_input_init(&input, TEST_CPU, NULL, NULL);
	world_fill(&world, &input);
	/* One head slice of one function, twenty times its cost. */
	for (size_t i = 0; i < input.slices.len; i++) {
		struct stk_diff_slice *slice = &input.slices.items[i];

		if (slice->side == STK_SIDE_HEAD && slice->pair == 2) {
			value = &slice->values.items[3];
			stk_diff_slice_add(slice, &(struct stk_diff_value){value->function,
							  20 * value->self, 20 * value->total,
							  20 * value->n_self, 20 * value->n_total});
			break;
		}
	}
	stk_run_init(&run);
	assert_int_equal(stk_compare_paired(&input, NULL, &run, &result, NULL), 0);
	for (size_t i = 0; i < result.rows.len; i++)
		assert_int_not_equal(result.rows.items[i].verdict, STK_VERDICT_REGRESSION);
	stk_comparison_release(&result);
	stk_diff_input_release(&input);
	stk_run_release(&run);
}

/* 6.18.11: the period scales costs and nothing else. */
static void compare_paired__period_is_only_a_unit(void **state)
{
	struct world a, b;
	struct compared first, second;

	(void)state;
	world_init(&a, 15, 77);
	world_init(&b, 15, 77);
	b.period = 10 * a.period;
	compared_init(&first, &a);
	compared_init(&second, &b);
	assert_int_equal(first.result.rows.len, second.result.rows.len);
	for (size_t i = 0; i < first.result.rows.len; i++) {
		const struct stk_row *x = &first.result.rows.items[i];
		const struct stk_row *y = &second.result.rows.items[i];

		assert_string_equal(x->function.name, y->function.name);
		if (x->tested)
			test_near("p", y->p, x->p, 1e-9);
		test_near("cost", y->base_cost, 10.0 * x->base_cost, 1e-9);
	}
	compared_release(&first);
	compared_release(&second);
}

/* Slices in another order, a function's cost in two parts: the same answer. */
static void compare_paired__order_and_splitting_do_not_matter(void **state)
{
	struct world world;
	struct stk_diff_input input;
	struct stk_run run;
	struct stk_comparison first, second;
	struct stk_diff_slice kept;

	(void)state;
	world_init(&world, 15, 55);
	stk_diff_input_init(&input, TEST_CPU, NULL, NULL);
	world_fill(&world, &input);
	stk_run_init(&run);
	assert_int_equal(stk_compare_paired(&input, NULL, &run, &first, NULL), 0);
	kept = input.slices.items[0];
	input.slices.items[0] = input.slices.items[9];
	input.slices.items[9] = kept;
	for (size_t i = 0; i < input.slices.len; i++) {
		struct stk_diff_slice *slice = &input.slices.items[i];
		struct stk_diff_value half = slice->values.items[0];

		half.self /= 4;
		half.n_self /= 4.0;
		slice->values.items[0].self -= half.self;
		slice->values.items[0].n_self -= half.n_self;
		stk_diff_slice_add(slice, &half);
	}
	assert_int_equal(stk_compare_paired(&input, NULL, &run, &second, NULL), 0);
	for (size_t i = 0; i < first.rows.len; i++) {
		assert_string_equal(
			first.rows.items[i].function.name, second.rows.items[i].function.name);
		if (first.rows.items[i].tested)
			test_near("p", second.rows.items[i].p, first.rows.items[i].p, 1e-6);
	}
	stk_comparison_release(&first);
	stk_comparison_release(&second);
	stk_diff_input_release(&input);
	stk_run_release(&run);
}

static void compare_paired__levels_are_not_per_request(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 8, 3);
	world.has_noise = false;
	compared_init_as(&out, &world, "memory:inuse_space:bytes:space:bytes");
	assert_true(out.result.is_level);
	row = compared_find(&out, world.functions[1].name[0]);
	/* A slice holds half a block's samples; levels are averaged, not added. */
	test_near("level", row->base_cost, 400.0 * world.functions[1].share * 4e6, 1e-6);
	compared_release(&out);
}

static void compare_paired__no_complete_pair(void **state)
{
	struct stk_diff_input input;
	struct stk_comparison result;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_diff_input_init(&input, TEST_CPU, NULL, NULL);
	(void)stk_diff_input_slice(&input, STK_SIDE_BASE, 0, 100.0);
	(void)stk_diff_input_slice(&input, STK_SIDE_HEAD, 1, 100.0);
	(void)stk_diff_input_slice(&input, STK_SIDE_HEAD, 0, 0.0);
	assert_int_equal(stk_compare_paired(&input, NULL, NULL, &result, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "cpu"));
	stk_diff_input_release(&input);
}

static void compare_paired__few_rows_are_not_their_own_yardstick(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 3, 6);
	world.functions[0].share = world.functions[1].share = world.functions[2].share = 1.0 / 3;
	world.functions[1].factor = 1.6;
	compared_init(&out, &world);
	assert_true(out.result.common_shift == 0.0);
	assert_int_equal(out.result.rows.items[0].verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 1);
	compared_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_paired__one_planted_function),
		cmocka_unit_test(compare_paired__costs_are_per_request),
		cmocka_unit_test(compare_paired__nothing_planted),
		cmocka_unit_test(compare_paired__closure),
		cmocka_unit_test(compare_paired__renamed_function),
		cmocka_unit_test(compare_paired__renamed_and_dearer),
		cmocka_unit_test(compare_paired__too_few_pairs),
		cmocka_unit_test(compare_paired__one_burst_is_no_regression),
		cmocka_unit_test(compare_paired__period_is_only_a_unit),
		cmocka_unit_test(compare_paired__order_and_splitting_do_not_matter),
		cmocka_unit_test(compare_paired__levels_are_not_per_request),
		cmocka_unit_test(compare_paired__no_complete_pair),
		cmocka_unit_test(compare_paired__few_rows_are_not_their_own_yardstick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
