/* test_moved: which findings another row, or a small domain, makes up for. */
#include "core/diff/moved.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/compared.h"

enum { FUNCTIONS = 4 };

/* By how much each row changed; together they change by the sum. */
struct made_up {
	double change[FUNCTIONS], half;
	struct stk_diff_input input;
	struct stk_matrix matrix;
	struct stk_row rows[FUNCTIONS];
	struct stk_moved_row judged[FUNCTIONS];
	struct stk_moved moved;
};

static double change_together(const size_t *numbers, size_t len, double *half_out, const void *ctx)
{
	const struct made_up *it = ctx;
	double sum = 0.0;

	for (size_t i = 0; i < len; i++)
		sum += it->change[numbers[i]];
	*half_out = it->half;
	return sum;
}

/* Three functions of one file and one of another, equal in cost. */
static void init(struct made_up *it, const double change[FUNCTIONS])
{
	static const char *const names[] = {"a.first", "a.second", "a.third", "b.stranger"};
	static const char *const files[] = {"a.lua", "a.lua", "a.lua", "b.lua"};

	memset(it, 0, sizeof *it);
	memcpy(it->change, change, sizeof it->change);
	it->half = 0.5;
	stk_diff_input_init(&it->input, TEST_CPU, NULL, NULL);
	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_diff_slice *slice = stk_diff_input_slice(&it->input, side, 0, 100.0);

		for (int i = 0; i < FUNCTIONS; i++) {
			struct stk_function function = {names[i], files[i], 0, NULL};
			struct stk_diff_value value = {0, 1000, 1000, 100.0, 100.0};

			assert_int_equal(stk_diff_input_function(&it->input, &function, side,
						 &value.function, NULL),
				0);
			stk_diff_slice_add(slice, &value);
			slice->total += value.self;
			slice->samples += value.n_self;
		}
	}
	/* who is called by nobody and calls nobody is like any other such */
	for (int side = 0; side < STK_SIDES; side++)
		stk_diff_input_edge(&it->input, 0, 3, side, 1000);
	assert_int_equal(stk_matrix_build(&it->input, true, &it->matrix, NULL), 0);
	for (size_t i = 0; i < FUNCTIONS; i++) {
		size_t number = it->matrix.rows[i].function[STK_SIDE_HEAD];

		it->rows[i].function = (struct stk_function){names[number], files[number], 0, NULL};
		it->rows[i].verdict = change[i] > 1.0    ? STK_VERDICT_REGRESSION
				      : change[i] < -1.0 ? STK_VERDICT_IMPROVEMENT
							 : STK_VERDICT_NO_CHANGE;
		it->judged[i] = (struct stk_moved_row){i, &it->rows[i]};
	}
	it->moved =
		(struct stk_moved){&it->matrix, it->judged, FUNCTIONS, false, change_together, it};
}

static void release(struct made_up *it)
{
	stk_matrix_release(&it->matrix);
	stk_diff_input_release(&it->input);
}

static void moved_find__pairs_what_one_lost_with_what_another_gained(void **state)
{
	struct made_up it;

	(void)state;
	init(&it, (const double[]){-10.0, 10.1, 0.0, 0.0});
	stk_moved_find(&it.moved);
	assert_int_equal(it.rows[0].verdict, STK_VERDICT_MOVED);
	assert_int_equal(it.rows[1].verdict, STK_VERDICT_MOVED);
	assert_string_equal(it.rows[1].reason, "moved");
	assert_string_equal(it.rows[1].partner.name, it.rows[0].function.name);
	assert_string_equal(it.rows[0].partner.name, it.rows[1].function.name);
	assert_int_equal(it.rows[2].verdict, STK_VERDICT_NO_CHANGE);
	release(&it);
}

static void moved_find__asks_that_the_sum_is_known_well(void **state)
{
	struct made_up it;

	(void)state;
	init(&it, (const double[]){-10.0, 10.1, 0.0, 0.0});
	it.half = 6.0; /* the sum may well be half of what was gained */
	stk_moved_find(&it.moved);
	assert_int_equal(it.rows[1].verdict, STK_VERDICT_REGRESSION);
	release(&it);
}

static void moved_find__a_stranger_explains_nothing(void **state)
{
	struct made_up it;

	(void)state;
	init(&it, (const double[]){0.0, 0.0, 10.0, -10.0});
	stk_moved_find(&it.moved);
	assert_int_equal(it.rows[2].verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(it.rows[3].verdict, STK_VERDICT_IMPROVEMENT);
	release(&it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moved_find__pairs_what_one_lost_with_what_another_gained),
		cmocka_unit_test(moved_find__asks_that_the_sum_is_known_well),
		cmocka_unit_test(moved_find__a_stranger_explains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
