/* test_groups_fold: a finding of a group stays only if it says more than what is named below. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/groups.h"
#include "core/diff/rename.h"
#include "core/diff/verdict.h"
#include "tests/support/calls.h"

struct fixture {
	struct stk_diff_input input;
	struct stk_matrix functions, matrix;
	struct stk_groups groups;
	struct stk_row rows[16];
	struct stk_groups_found found[16];
	struct stk_groups_folding folding;
};

static void fixture_init(struct fixture *f, const struct calls_stack *stacks)
{
	memset(f, 0, sizeof *f);
	calls_fill(&f->input, stacks, 4);
	assert_int_equal(stk_matrix_build(&f->input, false, &f->functions, NULL), 0);
	stk_groups_init(&f->groups, &f->functions, 0.005);
	assert_int_equal(stk_matrix_build(&f->groups.input, false, &f->matrix, NULL), 0);
	f->folding = (struct stk_groups_folding){.matrix = &f->matrix,
		.found = f->found,
		.named = calloc(f->functions.len + 1, sizeof(bool))};
}

static void fixture_release(struct fixture *f)
{
	free(f->folding.named);
	stk_matrix_release(&f->matrix);
	stk_groups_release(&f->groups);
	stk_matrix_release(&f->functions);
	stk_diff_input_release(&f->input);
}

static void name_function(struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->functions.len; i++) {
		if (strcmp(f->input.functions.items[i].name, name) == 0)
			f->folding.named[i] = true;
	}
}

/* A regression of a group; its row, to look at afterwards. */
static const struct stk_row *find_group(struct fixture *f, const char *name)
{
	size_t at = 0, n = f->folding.len++;

	while (strcmp(f->groups.input.functions.items[at].name, name) != 0) {
		at++;
		assert_true(at < f->groups.input.functions.len);
	}
	f->rows[n] = stk_verdict_row();
	f->rows[n].verdict = STK_VERDICT_REGRESSION;
	f->rows[n].base_cost = stk_matrix_cost(&f->matrix, at, STK_SIDE_BASE);
	f->rows[n].head_cost = stk_matrix_cost(&f->matrix, at, STK_SIDE_HEAD);
	f->found[n] = (struct stk_groups_found){at, &f->rows[n]};
	return &f->rows[n];
}

static void assert_folded(const struct stk_row *row)
{
	assert_int_equal(row->verdict, STK_VERDICT_NONE);
	assert_string_equal(row->reason, STK_GROUPS_FOLDED);
}

static const struct calls_stack one_dear[] = {
	{"main;get@shop/a.go;load@db/a.go;parse@json/a.go", {300, 400}},
	{"main;get@shop/a.go;load@db/a.go", {100, 100}},
	{"main;get@shop/a.go", {100, 100}},
	{"main;put@shop/b.go;quote@json/a.go", {100, 100}},
	{"main;put@shop/b.go", {400, 400}},
	{NULL, {0, 0}},
};

static void fold__callers_of_a_named_function_go(void **state)
{
	struct fixture f;
	const struct stk_row *get, *load, *json;

	(void)state;
	fixture_init(&f, one_dear);
	name_function(&f, "parse");
	get = find_group(&f, "get");
	load = find_group(&f, "load");
	json = find_group(&f, "json");
	stk_groups_fold(&f.groups, &f.folding);
	assert_folded(get);
	assert_folded(load);
	assert_folded(json);
	fixture_release(&f);
}

static void fold__the_smallest_caller_stays_when_nothing_is_named(void **state)
{
	struct fixture f;
	const struct stk_row *get, *load;

	(void)state;
	fixture_init(&f, one_dear);
	get = find_group(&f, "get");
	load = find_group(&f, "load");
	stk_groups_fold(&f.groups, &f.folding);
	assert_int_equal(load->verdict, STK_VERDICT_REGRESSION);
	assert_folded(get);
	fixture_release(&f);
}

static void fold__a_package_names_its_functions(void **state)
{
	struct fixture f;
	const struct stk_row *get, *json;

	(void)state;
	fixture_init(&f, one_dear);
	get = find_group(&f, "get");
	json = find_group(&f, "json");
	stk_groups_fold(&f.groups, &f.folding);
	assert_int_equal(json->verdict, STK_VERDICT_REGRESSION);
	assert_folded(get);
	fixture_release(&f);
}

/* Half of the increase of get comes from parse, the other half from many small ones. */
static void fold__what_is_only_half_named_stays(void **state)
{
	static const struct calls_stack stacks[] = {
		{"main;get@shop/a.go;parse@json/a.go", {300, 350}},
		{"main;get@shop/a.go;x1@x/a.go", {100, 125}},
		{"main;get@shop/a.go;x2@x/a.go", {100, 125}},
		{"main;put@shop/b.go", {500, 500}},
		{NULL, {0, 0}},
	};
	struct fixture f;
	const struct stk_row *get;

	(void)state;
	fixture_init(&f, stacks);
	name_function(&f, "parse");
	get = find_group(&f, "get");
	stk_groups_fold(&f.groups, &f.folding);
	assert_int_equal(get->verdict, STK_VERDICT_REGRESSION);
	name_function(&f, "x1");
	name_function(&f, "x2");
	stk_groups_fold(&f.groups, &f.folding);
	assert_folded(get);
	fixture_release(&f);
}

/* Of what both call, only the part below each counts for it. */
static void fold__a_shared_callee_counts_where_it_was_called(void **state)
{
	static const struct calls_stack stacks[] = {
		{"main;get@shop/a.go;parse@json/a.go", {300, 400}},
		{"main;put@shop/b.go;parse@json/a.go", {300, 300}},
		{"main;put@shop/b.go;x1@x/a.go", {200, 260}},
		{"main;rest@y/a.go", {200, 200}},
		{NULL, {0, 0}},
	};
	struct fixture f;
	const struct stk_row *get, *put;

	(void)state;
	fixture_init(&f, stacks);
	name_function(&f, "parse");
	get = find_group(&f, "get");
	put = find_group(&f, "put");
	stk_groups_fold(&f.groups, &f.folding);
	assert_folded(get);
	assert_int_equal(put->verdict, STK_VERDICT_REGRESSION);
	fixture_release(&f);
}

/* A named function's own finding as a caller stays if most of it comes from below. */
static void fold__a_named_function_does_not_hide_what_it_calls(void **state)
{
	static const struct calls_stack stacks[] = {
		{"main;get@shop/a.go", {100, 110}},
		{"main;get@shop/a.go;x1@x/a.go", {200, 240}},
		{"main;put@shop/b.go", {700, 700}},
		{NULL, {0, 0}},
	};
	struct fixture f;
	const struct stk_row *get;

	(void)state;
	fixture_init(&f, stacks);
	name_function(&f, "get");
	get = find_group(&f, "get");
	stk_groups_fold(&f.groups, &f.folding);
	assert_int_equal(get->verdict, STK_VERDICT_REGRESSION);
	fixture_release(&f);
}

/* Functions that call each other must not be counted without end. */
static void fold__calls_in_a_circle_end(void **state)
{
	static const struct calls_stack stacks[] = {
		{"main;even@x/a.go;odd@x/b.go;parse@json/a.go", {300, 400}},
		{"main;odd@x/b.go;even@x/a.go;parse@json/a.go", {300, 400}},
		{"main;rest@y/a.go", {400, 400}},
		{NULL, {0, 0}},
	};
	struct fixture f;
	const struct stk_row *even;

	(void)state;
	fixture_init(&f, stacks);
	name_function(&f, "parse");
	even = find_group(&f, "even");
	stk_groups_fold(&f.groups, &f.folding);
	assert_folded(even);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold__callers_of_a_named_function_go),
		cmocka_unit_test(fold__the_smallest_caller_stays_when_nothing_is_named),
		cmocka_unit_test(fold__a_package_names_its_functions),
		cmocka_unit_test(fold__what_is_only_half_named_stays),
		cmocka_unit_test(fold__a_shared_callee_counts_where_it_was_called),
		cmocka_unit_test(fold__a_named_function_does_not_hide_what_it_calls),
		cmocka_unit_test(fold__calls_in_a_circle_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
