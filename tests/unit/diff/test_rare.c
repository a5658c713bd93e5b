/* test_rare: rows too rare for block logs. */
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

static void compare_paired__new_and_vanished(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 15, 41);
	world.functions[5].share = world.functions[9].share = 0.06;
	world.functions[5].name[STK_SIDE_BASE] = "";
	world.functions[5].name[STK_SIDE_HEAD] = "fraud.score";
	world.functions[5].file = "fraud.lua";
	world.functions[9].name[STK_SIDE_HEAD] = "";
	compared_init(&out, &world);
	row = compared_find(&out, "fraud.score");
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_string_equal(row->reason, "new");
	assert_true(isnan(row->change));
	assert_true(row->impact > 0.03);
	row = compared_find(&out, world.functions[9].name[STK_SIDE_BASE]);
	assert_int_equal(row->verdict, STK_VERDICT_VANISHED);
	compared_release(&out);
}

/* Ten samples a block are too few for logs of blocks, not for the blocks together. */
static void compare_paired__rare_function_is_pooled(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 15, 12);
	world.functions[7].share = 0.008;
	world.functions[7].factor = 4.0;
	world.functions[11].share = 0.008;
	compared_init(&out, &world);
	row = compared_find(&out, world.functions[7].name[0]);
	assert_true(row->tested);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_true(row->lo < 3.0 && row->hi > 3.0);
	row = compared_find(&out, world.functions[11].name[0]);
	assert_int_not_equal(row->verdict, STK_VERDICT_REGRESSION);
	compared_release(&out);
}

static void compare_paired__tiny_function_is_not_tested(void **state)
{
	struct world world;
	struct compared out;
	const struct stk_row *row;

	(void)state;
	world_init(&world, 15, 12);
	world.functions[7].share = 0.0025;
	world.functions[7].factor = 1.5;
	compared_init(&out, &world);
	row = compared_find(&out, world.functions[7].name[0]);
	assert_false(row->tested);
	assert_int_equal(row->verdict, STK_VERDICT_INCONCLUSIVE);
	assert_string_equal(row->reason, "too few samples");
	compared_release(&out);
}

/* Three samples before, many now: the exact limits say how much at least. */
static void compare_paired__hardly_there_before(void **state)
{
	struct stk_diff_input input;
	struct stk_run run;
	struct stk_comparison result;
	struct world world;
	struct stk_function late = {"late.comer", "late.lua", 5, NULL};
	const struct stk_row *row = NULL;
	uint32_t number;

	(void)state;
	world_init(&world, 15, 12);
	stk_diff_input_init(&input, TEST_CPU, NULL, NULL);
	world_fill(&world, &input);
	assert_int_equal(stk_diff_input_function(&input, &late, STK_SIDE_HEAD, &number, NULL), 0);
	for (size_t i = 0; i < input.slices.len; i++) {
		int64_t count = input.slices.items[i].side == STK_SIDE_HEAD ? 20 : i == 0;
		struct stk_diff_value value = {
			number, count * 4000000, count * 4000000, (double)count, (double)count};

		stk_diff_slice_add(&input.slices.items[i], &value);
	}
	stk_run_init(&run);
	assert_int_equal(stk_compare_paired(&input, NULL, &run, &result, NULL), 0);
	for (size_t i = 0; i < result.rows.len; i++) {
		if (strcmp(result.rows.items[i].function.name, "late.comer") == 0)
			row = &result.rows.items[i];
	}
	assert_non_null(row);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_true(row->lo > 10.0 && row->hi > row->lo);
	stk_comparison_release(&result);
	stk_diff_input_release(&input);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_paired__new_and_vanished),
		cmocka_unit_test(compare_paired__rare_function_is_pooled),
		cmocka_unit_test(compare_paired__tiny_function_is_not_tested),
		cmocka_unit_test(compare_paired__hardly_there_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
