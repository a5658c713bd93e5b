/* test_sequential: a kept base against now: golden vector of reference regression 6.17, caps,
 * slices. */
#include "core/diff/compare.h"
#include "tests/support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PERIOD 10000000

static const double golden_requests[2][4] = {
	{15020, 14890, 15110, 14980}, {15200, 15060, 14950, 15130}};
static const int golden[12][8] = {
	{981, 867, 933, 819, 966, 850, 1004, 800},
	{532, 567, 555, 590, 559, 593, 530, 576},
	{480, 402, 453, 361, 440, 392, 463, 379},
	{306, 303, 308, 305, 322, 319, 317, 320},
	{281, 248, 303, 229, 423, 351, 389, 326},
	{175, 182, 167, 191, 168, 192, 174, 185},
	{168, 152, 183, 131, 192, 146, 174, 139},
	{114, 107, 115, 108, 110, 114, 108, 115},
	{111, 89, 101, 80, 107, 85, 115, 75},
	{53, 61, 58, 66, 58, 66, 53, 62},
	{61, 44, 55, 35, 52, 42, 58, 38},
	{31, 30, 31, 30, 34, 33, 33, 34},
};

/* The first `slices` of the golden vector on each side. */
static void fill(struct stk_diff_input *input, int slices)
{
	stk_diff_input_init(input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", NULL, NULL);
	input->period = PERIOD;
	for (int side = 0; side < STK_SIDES; side++) {
		for (int i = 0; i < slices; i++) {
			struct stk_diff_slice *slice =
				stk_diff_input_slice(input, side, i, golden_requests[side][i]);

			for (int row = 0; row < 12; row++) {
				char name[16];
				struct stk_function function = {name, "", 0, NULL};
				int n = golden[row][4 * side + i];
				struct stk_diff_value value = {
					0, (int64_t)n * PERIOD, (int64_t)n * PERIOD, n, n};

				snprintf(name, sizeof name, "f%02d", row + 1);
				assert_int_equal(stk_diff_input_function(input, &function, side,
							 &value.function, NULL),
					0);
				stk_diff_slice_add(slice, &value);
				slice->total += value.self;
				slice->samples += n;
			}
		}
	}
}

static const struct stk_row *find(const struct stk_comparison *comparison, const char *name)
{
	for (size_t i = 0; i < comparison->rows.len; i++)
		if (strcmp(comparison->rows.items[i].function.name, name) == 0)
			return &comparison->rows.items[i];
	fail_msg("no row %s", name);
	return NULL;
}

struct compared {
	struct stk_run run;
	struct stk_comparison result;
};

static void compare(struct compared *out, int slices, const struct stk_compare_aa *aa)
{
	struct stk_diff_input input;

	stk_run_init(&out->run);
	fill(&input, slices);
	assert_int_equal(
		stk_compare_sequential(&input, NULL, aa, &out->run, &out->result, NULL), 0);
	stk_diff_input_release(&input);
}

static void release(struct compared *compared)
{
	stk_comparison_release(&compared->result);
	stk_run_release(&compared->run);
}

static void sequential_compare__gives_the_golden_rows(void **state)
{
	const struct stk_compare_aa aa = {.sigma = {0.02, 0.02, 0.02, 0.02},
		.sigma_total = 0.02,
		.df = 29.0,
		.inflation = 1.0,
		.calibrated = true};
	const struct stk_row *row;
	struct compared it;

	(void)state;
	compare(&it, 4, &aa);
	assert_float_equal(log1p(it.result.common_shift), 0.00057, 5e-6);
	row = find(&it.result, "f05");
	assert_float_equal(row->theta, 0.33267, 5e-6);
	assert_float_equal(row->se, 0.05167, 5e-6);
	assert_float_equal(row->df, 16.88, 5e-3);
	assert_float_equal(row->p, 8e-6, 5e-7);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	row = find(&it.result, "f02");
	assert_float_equal(row->se, 0.05824, 5e-6);
	assert_float_equal(row->df, 15.77, 5e-3);
	row = find(&it.result, "f01");
	assert_float_equal(row->p, 0.988, 5e-4);
	for (size_t i = 0; i < it.result.rows.len; i++) {
		const char *name = it.result.rows.items[i].function.name;

		assert_int_equal(it.result.rows.items[i].verdict == STK_VERDICT_REGRESSION,
			strcmp(name, "f05") == 0);
	}
	assert_true(it.result.calibrated);
	release(&it);
}

/* The golden functions as twelve callers, whose cost is that of two callees: what the callers are
 * tested on are the golden counts, so the raw ratios are the golden ones. */
static void fill_callers(struct stk_diff_input *input)
{
	size_t slices;

	fill(input, 4);
	slices = input->slices.len;
	for (size_t i = 0; i < slices; i++) {
		struct stk_diff_slice *slice = &input->slices.items[i];

		for (int row = 0; row < 12; row++) {
			struct stk_diff_value *own = &slice->values.items[row], below = *own;
			char name[16];
			struct stk_function function = {name, "lib/x.c", 0, NULL};

			snprintf(name, sizeof name, "g%02d", row % 6 + 1);
			assert_int_equal(stk_diff_input_function(input, &function, slice->side,
						 &below.function, NULL),
				0);
			stk_diff_input_edge(
				input, own->function, below.function, slice->side, own->self);
			own->self = 0;
			own->n_self = 0.0;
			stk_diff_slice_add(slice, &below);
		}
	}
}

static const struct stk_row *find_in(const struct stk_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->len; i++)
		if (strcmp(rows->items[i].function.name, name) == 0)
			return &rows->items[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void sequential_compare__tests_callers_and_packages(void **state)
{
	const struct stk_compare_aa aa = {.sigma = {0.02, 0.02, 0.02, 0.02},
		.sigma_total = 0.02,
		.df = 29.0,
		.inflation = 1.0,
		.calibrated = true};
	struct stk_diff_input input;
	const struct stk_row *row;
	struct compared it;

	(void)state;
	stk_run_init(&it.run);
	fill_callers(&input);
	assert_int_equal(stk_compare_sequential(&input, NULL, &aa, &it.run, &it.result, NULL), 0);
	assert_int_equal(it.result.inclusive.len, 12);
	row = find_in(&it.result.inclusive, "f05");
	assert_float_equal(row->theta + log1p(it.result.common_shift), 0.33324, 5e-6);
	assert_float_equal(row->se, 0.05167, 5e-6);
	assert_float_equal(row->df, 16.88, 5e-3);
	/* g05 is what f05 and f11 call: it is named, so f05 is not named again. */
	assert_int_equal(find(&it.result, "g05")->verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(row->verdict, STK_VERDICT_NONE);
	row = find_in(&it.result.inclusive, "f12");
	assert_float_equal(row->se, 0.12673, 5e-6);
	stk_diff_input_release(&input);
	release(&it);
}

static void sequential_compare__accuses_nobody_without_calibration(void **state)
{
	const struct stk_row *row;
	struct compared it;

	(void)state;
	compare(&it, 4, NULL);
	row = find(&it.result, "f05");
	assert_int_equal(row->verdict, STK_VERDICT_INCONCLUSIVE);
	assert_true(stk_compare_is_suspect(row));
	assert_false(stk_compare_is_suspect(find(&it.result, "f01")));
	assert_false(it.result.calibrated);
	assert_true(it.result.total.mde > 0.08); /* 4 % between windows and the null's 2 % */
	release(&it);
}

static void sequential_compare__wants_three_slices_a_side(void **state)
{
	struct compared it;

	(void)state;
	compare(&it, 2, NULL);
	assert_false(it.result.total.tested);
	assert_string_equal(find(&it.result, "f05")->reason, "too few slices");
	assert_int_equal(it.result.tested, 0);
	release(&it);
}

static void sequential_compare__without_requests_is_not_found(void **state)
{
	struct stk_comparison result = {0};
	struct stk_diff_input input;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	fill(&input, 4);
	for (size_t i = 0; i < input.slices.len; i++)
		input.slices.items[i].requests = 0.0;
	assert_int_equal(
		stk_compare_sequential(&input, NULL, NULL, &run, &result, NULL), STK_E_NOT_FOUND);
	stk_diff_input_release(&input);
	stk_run_release(&run);
}

/* The variance of a row grows by the tick's, as far as the row is not the whole. */
static void sequential_compare__holds_the_error_of_the_clock_tick(void **state)
{
	struct compared plain, ticked;
	struct stk_diff_input input;
	double all = 0.0;

	(void)state;
	compare(&plain, 4, NULL);
	stk_run_init(&ticked.run);
	fill(&input, 4);
	input.tick_ns = 4e6;
	assert_int_equal(
		stk_compare_sequential(&input, NULL, NULL, &ticked.run, &ticked.result, NULL), 0);
	stk_diff_input_release(&input);
	assert_true(plain.result.tick_error == 0.0 && ticked.result.tick_error > 0.001);
	for (size_t i = 0; i < ticked.result.rows.len; i++)
		all += ticked.result.rows.items[i].n_base + ticked.result.rows.items[i].n_head;
	for (size_t i = 0; i < ticked.result.rows.len; i++) {
		const struct stk_row *row = &ticked.result.rows.items[i];
		double rest = 1.0 - (row->n_base + row->n_head) / all;

		test_near(row->function.name, row->se,
			hypot(find(&plain.result, row->function.name)->se,
				ticked.result.tick_error * rest),
			1e-9);
	}
	release(&plain);
	release(&ticked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequential_compare__gives_the_golden_rows),
		cmocka_unit_test(sequential_compare__holds_the_error_of_the_clock_tick),
		cmocka_unit_test(sequential_compare__tests_callers_and_packages),
		cmocka_unit_test(sequential_compare__accuses_nobody_without_calibration),
		cmocka_unit_test(sequential_compare__wants_three_slices_a_side),
		cmocka_unit_test(sequential_compare__without_requests_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
