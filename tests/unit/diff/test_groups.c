/* test_groups: callers and packages hold exactly what their functions hold. */
#include "core/diff/groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/rename.h"
#include "tests/support/calls.h"
#include "tests/support/near.h"

#define MIN_SHARE 0.005

static const struct calls_stack stacks[] = {
	{"main;serve;get@shop/get.go;parse@json/a.go", {300, 330}},
	{"main;serve;get@shop/get.go;parse@json/a.go;quote@json/b.go", {100, 110}},
	{"main;serve;put@shop/put.go;parse@json/a.go", {200, 220}},
	{"main;serve;put@shop/put.go", {250, 250}},
	{"main;serve;runtime.gcDrain@json/gc.go", {50, 50}},
	{"main;idle@top/idle.go", {100, 100}},
	{NULL, {0, 0}},
};

struct fixture {
	struct stk_diff_input input;
	struct stk_matrix functions, matrix;
	struct stk_groups groups;
};

static void fixture_init(struct fixture *f, const struct calls_stack *from)
{
	calls_fill(&f->input, from, 4);
	assert_int_equal(stk_matrix_build(&f->input, false, &f->functions, NULL), 0);
	(void)stk_rename_join(&f->functions);
	stk_groups_init(&f->groups, &f->functions, MIN_SHARE);
	assert_int_equal(stk_matrix_build(&f->groups.input, false, &f->matrix, NULL), 0);
}

static void fixture_release(struct fixture *f)
{
	stk_matrix_release(&f->matrix);
	stk_groups_release(&f->groups);
	stk_matrix_release(&f->functions);
	stk_diff_input_release(&f->input);
}

static ptrdiff_t find(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->groups.input.functions.len; i++) {
		if (strcmp(f->groups.input.functions.items[i].name, name) == 0)
			return (ptrdiff_t)i;
	}
	return -1;
}

static void assert_costs(const struct fixture *f, const char *name, double base, double head)
{
	ptrdiff_t at = find(f, name);

	assert_true(at >= 0);
	test_near(name, stk_matrix_cost(&f->matrix, (size_t)at, STK_SIDE_BASE), base, 1e-12);
	test_near(name, stk_matrix_cost(&f->matrix, (size_t)at, STK_SIDE_HEAD), head, 1e-12);
}

static void groups_init__totals_are_exact(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, stacks);
	assert_costs(&f, "get", 4.0, 4.4);
	assert_costs(&f, "put", 4.5, 4.7);
	assert_costs(&f, "parse", 6.0, 6.6);
	/* What runs the whole is the total, and a leaf's total is its own cost. */
	assert_true(find(&f, "main") < 0);
	assert_true(find(&f, "quote") < 0);
	assert_true(find(&f, "idle") < 0);
	assert_true(find(&f, "parse") < (ptrdiff_t)f.groups.totals);
	fixture_release(&f);
}

static void groups_init__packages_add_up_own_cost(void **state)
{
	struct fixture f;
	ptrdiff_t json;

	(void)state;
	fixture_init(&f, stacks);
	json = find(&f, "json");
	assert_true(json >= (ptrdiff_t)f.groups.totals);
	/* parse and quote; the collector's housekeeping belongs to nobody */
	assert_costs(&f, "json", 6.0, 6.6);
	assert_string_equal(f.groups.input.functions.items[json].file, "");
	/* get has no cost of its own, so put alone would be the package; idle is alone, too */
	assert_true(find(&f, "shop") < 0);
	assert_true(find(&f, "top") < 0);
	fixture_release(&f);
}

static void groups_init__counts_stand_behind_values(void **state)
{
	struct fixture f;
	ptrdiff_t parse;

	(void)state;
	fixture_init(&f, stacks);
	parse = find(&f, "parse");
	test_near("samples", f.matrix.rows[parse].n[STK_SIDE_BASE], 4 * 600.0, 1e-9);
	test_near("whole", f.matrix.all_total[STK_SIDE_BASE], 4 * 1000.0, 1e-12);
	test_near("slices", f.matrix.slices[STK_SIDE_BASE], 4, 1e-12);
	fixture_release(&f);
}

static void groups_init__a_new_name_is_the_same_group(void **state)
{
	static const struct calls_stack renamed[] = {
		{"main;get_order@shop/a.go;sum@cart/sum.go", {300, 0}},
		{"main;get_orders@shop/a.go;sum@cart/sum.go", {0, 300}},
		{"main;get_order@shop/a.go", {100, 0}},
		{"main;get_orders@shop/a.go", {0, 100}},
		{"main;rest@other/rest.go", {600, 600}},
		{NULL, {0, 0}},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f, renamed);
	assert_costs(&f, "get_orders", 4.0, 4.0);
	assert_true(find(&f, "get_order") < 0);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_init__totals_are_exact),
		cmocka_unit_test(groups_init__packages_add_up_own_cost),
		cmocka_unit_test(groups_init__counts_stand_behind_values),
		cmocka_unit_test(groups_init__a_new_name_is_the_same_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
