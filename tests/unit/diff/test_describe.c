/* test_describe: costs, samples and shares of rows, of everything and of the comparison. */
#include "core/diff/describe.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/calls.h"
#include "tests/support/near.h"

struct fixture {
	struct stk_diff_input input;
	struct stk_matrix matrix;
	struct stk_run run;
};

static void fixture_init(struct fixture *f)
{
	static const struct calls_stack stacks[] = {
		{"main@a.c;parse@b.c", {300, 450}},
		{"main@a.c", {100, 100}},
		{"added@c.c", {0, 50}},
		{NULL, {0, 0}},
	};

	calls_fill(&f->input, stacks, 4);
	assert_int_equal(stk_matrix_build(&f->input, false, &f->matrix, NULL), 0);
	stk_run_init(&f->run);
}

static void fixture_release(struct fixture *f)
{
	stk_run_release(&f->run);
	stk_matrix_release(&f->matrix);
	stk_diff_input_release(&f->input);
}

static void describe_row__has_costs_share_and_impact(void **state)
{
	struct fixture f;
	struct stk_row row;

	(void)state;
	fixture_init(&f);
	row = stk_describe_row(&f.matrix, 1, &f.run);
	assert_string_equal(row.function.name, "parse");
	assert_string_equal(row.function.file, "b.c");
	assert_null(row.partner.name);
	test_near("base", row.base_cost, 3.0, 1e-12);
	test_near("head", row.head_cost, 4.5, 1e-12);
	test_near("samples", row.n_base, 1200.0, 1e-12);
	test_near("impact", row.impact, 1.5 / 4.0, 1e-12);
	test_near("share", row.share, 0.75, 1e-12);
	assert_true(isnan(row.theta) && isnan(row.q));
	fixture_release(&f);
}

static void describe_row__of_a_new_one_shares_both_sides(void **state)
{
	struct fixture f;
	struct stk_row row;

	(void)state;
	fixture_init(&f);
	row = stk_describe_row(&f.matrix, 2, &f.run);
	assert_string_equal(row.function.name, "added");
	test_near("base", row.base_cost, 0.0, 1e-12);
	test_near("share", row.share, 50.0 / 1000.0, 1e-12);
	fixture_release(&f);
}

static void describe_total__is_of_everything(void **state)
{
	struct fixture f;
	struct stk_row row;

	(void)state;
	fixture_init(&f);
	row = stk_describe_total(&f.matrix);
	assert_string_equal(row.function.name, "total");
	test_near("base", row.base_cost, 4.0, 1e-12);
	test_near("head", row.head_cost, 6.0, 1e-12);
	test_near("samples", row.n_head, 2400.0, 1e-12);
	test_near("share", row.share, 1.0, 1e-12);
	fixture_release(&f);
}

static void describe_comparison__says_what_was_compared(void **state)
{
	struct fixture f;
	struct stk_comparison one;

	(void)state;
	fixture_init(&f);
	one = stk_describe_comparison(&f.matrix, log(1.1), 0.05, &f.run);
	assert_string_equal(one.short_name, "cpu");
	assert_string_equal(one.unit, "nanoseconds");
	assert_int_equal(one.pairs, 4);
	assert_int_equal(one.slices_head, 4);
	test_near("shift", one.common_shift, 0.1, 1e-12);
	test_near("samples", one.samples_base, 1600.0, 1e-12);
	assert_int_equal(one.rows.len, 0);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describe_row__has_costs_share_and_impact),
		cmocka_unit_test(describe_row__of_a_new_one_shares_both_sides),
		cmocka_unit_test(describe_total__is_of_everything),
		cmocka_unit_test(describe_comparison__says_what_was_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
