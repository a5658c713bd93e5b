/* test_check: what counts as found, and what as wrongly accused. */
#include "core/demo/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static struct stk_comparison *add_type(struct stk_run *run, const char *short_name)
{
	struct stk_comparison *comparison = stk_vec_push_new(&run->comparisons);

	comparison->short_name = short_name;
	return comparison;
}

static struct stk_row *add_row(struct stk_comparison *comparison, const char *name,
	const char *file, enum stk_verdict verdict)
{
	struct stk_row *row = stk_vec_push_new(&comparison->rows);

	row->function.name = name;
	row->function.file = file;
	row->verdict = verdict;
	row->change = 0.3;
	return row;
}

struct fixture {
	struct stk_run run;
	struct stk_demo_plants plants;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	stk_run_init(&f->run);
	stk_demo_plants(STK_DEMO_PLANT_FIXED, 0, &f->plants);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_run_release(&f->run);
	free(f);
	return 0;
}

static void assert_line(struct fixture *f, const char *want)
{
	struct stk_buf line = STK_BUF_EMPTY;

	stk_demo_check_format(&f->run, &f->plants, &line);
	assert_string_equal(line.ptr, want);
	stk_buf_release(&line);
}

/* The run that the fixed plants should give. */
static void add_all(struct stk_run *run)
{
	struct stk_comparison *cpu = add_type(run, "cpu"), *memory;
	struct stk_row *row;

	add_row(cpu, "pricing.apply_rules", "demo/pricing.lua", STK_VERDICT_REGRESSION);
	row = add_row(cpu, "cart.totals", "demo/cart.lua", STK_VERDICT_MOVED);
	row->partner = (struct stk_function){"cart.sum", "demo/cart.lua", 9, NULL};
	add_row(cpu, "orders.validate", "demo/orders.lua", STK_VERDICT_NO_CHANGE);
	memory = add_type(run, "alloc_space");
	add_row(memory, "catalog.render", "/src/demo/catalog.lua", STK_VERDICT_REGRESSION);
}

static void check__finds_all_that_was_planted(void **state)
{
	struct fixture *f = *state;
	struct stk_demo_check check;

	add_all(&f->run);
	check = stk_demo_check(&f->run, &f->plants);
	assert_true(check.ok);
	assert_int_equal(check.renames_found, 1);
	assert_line(f, "planted 2, found 2, wrongly accused 0.");
}

static void check__names_what_was_missed(void **state)
{
	struct fixture *f = *state;

	assert_false(stk_demo_check(&f->run, &f->plants).ok);
	assert_line(f, "planted 2, found 0, wrongly accused 0.\n"
		       "  missed: pricing.apply_rules, CPU +40 %\n"
		       "  missed: catalog.render, memory +100 %\n"
		       "  missed: cart.sum renamed to cart.totals");
}

static void check__wants_the_plant_in_its_own_type(void **state)
{
	struct fixture *f = *state;
	struct stk_comparison *cpu = add_type(&f->run, "cpu");

	add_row(cpu, "catalog.render", "demo/catalog.lua", STK_VERDICT_REGRESSION);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).found, 0);
	/* but it is no accusation either */
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 0);
}

static void check__counts_every_other_regression_as_wrong(void **state)
{
	struct fixture *f = *state;

	add_all(&f->run);
	add_row(&f->run.comparisons.items[0], "[gc]", "", STK_VERDICT_REGRESSION);
	add_row(&f->run.comparisons.items[1], "cart.totals", "demo/cart.lua",
		STK_VERDICT_REGRESSION);
	add_row(&f->run.comparisons.items[1], "orders.place", "demo/orders.lua",
		STK_VERDICT_IMPROVEMENT);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 2);
	assert_false(stk_demo_check(&f->run, &f->plants).ok);
	assert_line(f, "planted 2, found 2, wrongly accused 2.\n"
		       "  wrongly accused: [gc] in cpu, +30.0 %\n"
		       "  wrongly accused: cart.totals in alloc_space, +30.0 %");
}

static void check__tells_functions_of_one_name_by_their_file(void **state)
{
	struct fixture *f = *state;
	struct stk_comparison *cpu = add_type(&f->run, "cpu");

	add_row(cpu, "pricing.apply_rules", "other.lua", STK_VERDICT_REGRESSION);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).found, 0);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 1);
}

static void check__of_nothing_planted_wants_nothing(void **state)
{
	struct fixture *f = *state;

	stk_demo_plants(STK_DEMO_PLANT_NONE, 0, &f->plants);
	add_row(add_type(&f->run, "cpu"), "a", "", STK_VERDICT_INCONCLUSIVE);
	assert_true(stk_demo_check(&f->run, &f->plants).ok);
	assert_line(f, "planted 0, found 0, wrongly accused 0.");
}

static void check__says_why_a_run_was_not_judged(void **state)
{
	struct fixture *f = *state;

	stk_demo_plants(STK_DEMO_PLANT_NONE, 0, &f->plants);
	f->run.verdict = STK_VERDICT_NO_CHANGE;
	assert_true(stk_demo_check(&f->run, &f->plants).judged);
	f->run.verdict = STK_VERDICT_INCONCLUSIVE;
	f->run.headline = "CANNOT TELL: 4 % of base's requests failed";
	assert_false(stk_demo_check(&f->run, &f->plants).judged);
	assert_line(f, "planted 0, found 0, wrongly accused 0.\n"
		       "  not judged: CANNOT TELL: 4 % of base's requests failed");
	f->run.verdict = STK_VERDICT_NO_CHANGE;
	f->run.partial.is_partial = true;
	f->run.partial.reason = "interrupted";
	assert_false(stk_demo_check(&f->run, &f->plants).judged);
	assert_line(f, "planted 0, found 0, wrongly accused 0.\n"
		       "  not judged: interrupted");
}

static void check__groups_are_wrong_where_nothing_is_planted(void **state)
{
	struct fixture *f = *state;
	struct stk_comparison *cpu;
	struct stk_row group = {.function = {"demo", "", 0, NULL},
		.verdict = STK_VERDICT_REGRESSION,
		.change = 0.1};

	add_all(&f->run);
	cpu = &f->run.comparisons.items[0];
	stk_vec_push(&cpu->packages, group);
	group.function.name = "handlers.get";
	stk_vec_push(&cpu->inclusive, group);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 0);
	group.function.name = "json";
	stk_vec_push(&cpu->packages, group);
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 1);
	f->plants.len = 0;
	cpu->rows.len = 0;
	f->run.comparisons.items[1].rows.len = 0;
	assert_int_equal(stk_demo_check(&f->run, &f->plants).wrong, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			check__finds_all_that_was_planted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(check__names_what_was_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__wants_the_plant_in_its_own_type, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__counts_every_other_regression_as_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__tells_functions_of_one_name_by_their_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__of_nothing_planted_wants_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__says_why_a_run_was_not_judged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			check__groups_are_wrong_where_nothing_is_planted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
