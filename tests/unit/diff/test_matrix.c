/* test_matrix: which pairs count, what a cell is, and joining two rows. */
#include "core/diff/matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/near.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

static void put(struct stk_diff_input *input, struct stk_diff_slice *slice, const char *name,
	int64_t value, double n)
{
	struct stk_function function = {name, "a.lua", 1, NULL};
	uint32_t at = 0;

	assert_int_equal(stk_diff_input_function(input, &function, slice->side, &at, NULL), 0);
	stk_diff_slice_add(slice, &(struct stk_diff_value){at, value, value, n, n});
	slice->total += value;
	slice->samples += n;
}

static void matrix_build__only_complete_pairs(void **state)
{
	struct stk_diff_input input;
	struct stk_matrix matrix;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	for (int pair = 3; pair >= 0; pair--) {
		put(&input, stk_diff_input_slice(&input, STK_SIDE_BASE, pair, 100.0), "a",
			10 * (pair + 1), 1.0);
		if (pair != 1) /* head has no slice in pair 1, no requests in pair 2 */
			put(&input,
				stk_diff_input_slice(
					&input, STK_SIDE_HEAD, pair, pair == 2 ? 0.0 : 50.0),
				"a", 7, 1.0);
	}
	put(&input, stk_diff_input_slice(&input, STK_SIDE_BASE, -1, 100.0), "a", 999, 1.0);
	assert_int_equal(stk_matrix_build(&input, false, &matrix, NULL), 0);
	assert_int_equal(matrix.pairs, 2);
	assert_true(matrix.cells[STK_SIDE_BASE][0] == 10.0);
	assert_true(matrix.cells[STK_SIDE_BASE][1] == 40.0);
	assert_int_equal(matrix.slices[STK_SIDE_BASE], 2);
	test_near("cost", stk_matrix_cost(&matrix, 0, STK_SIDE_BASE), 50.0 / 200.0, 1e-12);
	test_near("cost", stk_matrix_cost(&matrix, 0, STK_SIDE_HEAD), 14.0 / 100.0, 1e-12);
	stk_matrix_release(&matrix);
	stk_diff_input_release(&input);
}

/* A ratio of counts must be a ratio of costs, also when head's samples weigh double. */
static void matrix_count__one_unit_for_both_sides(void **state)
{
	struct stk_diff_input input;
	struct stk_matrix matrix;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_BASE, 0, 100.0), "a", 1000, 10.0);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_HEAD, 0, 100.0), "a", 2000, 10.0);
	assert_int_equal(stk_matrix_build(&input, false, &matrix, NULL), 0);
	test_near("ratio",
		stk_matrix_count(&matrix, 0, STK_SIDE_HEAD, 0) /
			stk_matrix_count(&matrix, 0, STK_SIDE_BASE, 0),
		2.0, 1e-12);
	/* value-weighed mean of 100 and 200 a sample */
	test_near("unit", matrix.rows[0].unit, (1000 * 100.0 + 2000 * 200.0) / 3000.0, 1e-12);
	stk_matrix_release(&matrix);
	stk_diff_input_release(&input);
}

static void matrix_build__pods_share_the_requests(void **state)
{
	struct stk_diff_input input;
	struct stk_matrix matrix;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	for (int pod = 0; pod < 3; pod++) {
		for (int side = 0; side < STK_SIDES; side++) {
			struct stk_diff_slice *slice = stk_diff_input_slice(&input, side, 0, 300.0);

			/* Numbers need not start at 0 on every side. */
			slice->instance = 3 * side + pod;
			put(&input, slice, "a", 30, 3.0);
		}
	}
	assert_int_equal(stk_matrix_build(&input, false, &matrix, NULL), 0);
	test_near("cost", stk_matrix_cost(&matrix, 0, STK_SIDE_BASE), 90.0 / 300.0, 1e-12);
	test_near("cost", stk_matrix_cost(&matrix, 0, STK_SIDE_HEAD), 90.0 / 300.0, 1e-12);
	stk_matrix_release(&matrix);
	stk_diff_input_release(&input);
}

static void matrix_build__pooled_without_requests(void **state)
{
	struct stk_diff_input input;
	struct stk_matrix matrix;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_BASE, -1, 0.0), "a", 30, 3.0);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_HEAD, 4, 20.0), "a", 60, 6.0);
	assert_int_equal(stk_matrix_build(&input, false, &matrix, NULL), STK_E_NOT_FOUND);
	assert_int_equal(stk_matrix_build(&input, true, &matrix, NULL), 0);
	assert_true(matrix.requests[STK_SIDE_BASE][0] == 1.0);
	assert_true(matrix.requests[STK_SIDE_HEAD][0] == 1.0);
	assert_true(stk_matrix_total_cost(&matrix, STK_SIDE_HEAD) == 60.0);
	stk_matrix_release(&matrix);
	stk_diff_input_release(&input);
}

static void matrix_join__head_moves_over(void **state)
{
	struct stk_diff_input input;
	struct stk_matrix matrix;

	(void)state;
	stk_diff_input_init(&input, CPU, NULL, NULL);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_BASE, 0, 10.0), "old", 30, 3.0);
	put(&input, stk_diff_input_slice(&input, STK_SIDE_HEAD, 0, 10.0), "new", 60, 6.0);
	assert_int_equal(stk_matrix_build(&input, false, &matrix, NULL), 0);
	stk_matrix_join(&matrix, 0, 1);
	assert_true(matrix.rows[0].renamed);
	assert_int_equal(matrix.rows[0].function[STK_SIDE_HEAD], 1);
	test_near("base", matrix.rows[0].n[STK_SIDE_BASE], 3.0, 1e-12);
	test_near("head", matrix.rows[0].n[STK_SIDE_HEAD], 6.0, 1e-12);
	assert_true(matrix.rows[1].value[0] == 0.0 && matrix.rows[1].value[1] == 0.0);
	test_near("share", stk_matrix_share(&matrix, 0), 1.0, 1e-12);
	stk_matrix_release(&matrix);
	stk_diff_input_release(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrix_build__only_complete_pairs),
		cmocka_unit_test(matrix_count__one_unit_for_both_sides),
		cmocka_unit_test(matrix_build__pods_share_the_requests),
		cmocka_unit_test(matrix_build__pooled_without_requests),
		cmocka_unit_test(matrix_join__head_moves_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
