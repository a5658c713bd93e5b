/* test_paired_moved: in paired blocks, cost that only changed its place is no finding. */
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

/* 6.18.7: what one function lost, its neighbour in the same file gained. The rule asks that the
 * 90 % interval of the sum hold 0, so about one run in ten may say otherwise. */
static void compare_paired__moved_cost_is_no_regression(void **state)
{
	int moved = 0, accused = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct world world;
		struct compared out;
		const struct stk_row *row;

		world_init(&world, 15, seed);
		world.functions[4].share = world.functions[8].share = 0.15;
		world.functions[4].factor = 0.3;
		world.functions[8].factor = 1.7;
		world.functions[8].file = world.functions[4].file;
		compared_init(&out, &world);
		row = compared_find(&out, world.functions[8].name[0]);
		assert_non_null(row);
		if (row->verdict == STK_VERDICT_MOVED) {
			if (row->partner.name)
				assert_string_equal(row->partner.name, world.functions[4].name[0]);
			moved++;
		}
		accused += row->verdict == STK_VERDICT_REGRESSION;
		compared_release(&out);
	}
	assert_true(moved >= 32);
	assert_true(accused <= 8);
}

/* The same balance between two functions that have nothing to do with each other. */
static void compare_paired__unrelated_balance_is_a_regression(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 15, 9);
	world.functions[4].share = world.functions[14].share = 0.15;
	world.functions[4].factor = 0.3;
	world.functions[14].factor = 1.7;
	world.functions[14].file = "far/away.lua";
	world.functions[14].caller = 12;
	compared_init(&out, &world);
	assert_int_equal(
		compared_find(&out, world.functions[14].name[0])->verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(
		compared_find(&out, world.functions[4].name[0])->verdict, STK_VERDICT_IMPROVEMENT);
	compared_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_paired__moved_cost_is_no_regression),
		cmocka_unit_test(compare_paired__unrelated_balance_is_a_regression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
