/* test_contrast: own and whole costs of two ends, intervals only where there is spread. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/contrast.h"
#include "core/profile/folded.h"
#include "core/profile/profile.h"
#include "tests/support/near.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

struct made {
	struct stk_diff_input input;
	struct stk_run run;
	struct stk_difference result;
};

static void add(struct made *made, int side, int pair, double requests, const char *text)
{
	static const struct stk_folded_opts cpu = {
		"cpu", "nanoseconds", "cpu", "nanoseconds", 10, 10, false};
	struct stk_diff_place place = {.side = side, .pair = pair, .requests = requests};
	struct stk_profile *profile = NULL;

	assert_int_equal(stk_folded_read(stk_str_of(text), &cpu, &profile, NULL), 0);
	assert_int_equal(stk_diff_input_add_profile(&made->input, profile, 0, &place, NULL), 0);
	stk_profile_free(profile);
}

static void begin(struct made *made)
{
	memset(made, 0, sizeof *made);
	stk_run_init(&made->run);
	stk_diff_input_init(&made->input, CPU, NULL, NULL);
}

static void compare(struct made *made, enum stk_difference_per per)
{
	assert_int_equal(stk_contrast_make(&made->input, per, &made->run, &made->result, NULL), 0);
}

static void end(struct made *made)
{
	stk_difference_release(&made->result);
	stk_diff_input_release(&made->input);
	stk_run_release(&made->run);
}

static const struct stk_difference_row *find(const struct made *made, const char *name)
{
	for (size_t i = 0; i < made->result.rows.len; i++)
		if (strcmp(made->result.rows.items[i].function.name, name) == 0)
			return &made->result.rows.items[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void contrast_make__two_profiles_as_they_are(void **state)
{
	const struct stk_difference_row *row;
	struct made made;

	(void)state;
	begin(&made);
	add(&made, STK_SIDE_BASE, 0, 0, "main;parse 30\nmain;parse;lex 50\nmain 20\n");
	add(&made, STK_SIDE_HEAD, 0, 0, "main;parse 30\nmain;parse;lex 80\nmain 20\nmain;log 5\n");
	compare(&made, STK_PER_ALL);
	assert_false(made.result.has_spread);
	test_near("total", made.result.ends[STK_SIDE_HEAD].total, 1350, 1e-9);
	test_near("change", made.result.change, 0.35, 1e-9);
	assert_true(isnan(made.result.lo));
	assert_string_equal(made.result.rows.items[0].function.name, "lex");
	row = find(&made, "parse");
	test_near("self", row->self[STK_SIDE_BASE], 300, 1e-9);
	test_near("whole", row->total[STK_SIDE_BASE], 800, 1e-9);
	test_near("whole", row->total[STK_SIDE_HEAD], 1100, 1e-9);
	row = find(&made, "lex");
	test_near("change", row->change, 0.6, 1e-9);
	test_near("impact", row->impact, 0.3, 1e-9);
	test_near("samples", row->n[STK_SIDE_HEAD], 80, 1e-9);
	assert_true(isnan(row->lo));
	row = find(&made, "log");
	assert_true(isnan(row->change));
	assert_true(row->self[STK_SIDE_BASE] == 0.0);
	end(&made);
}

static void contrast_make__per_request_where_they_are_known(void **state)
{
	struct made made;

	(void)state;
	begin(&made);
	add(&made, STK_SIDE_BASE, 0, 100, "a 100\n");
	add(&made, STK_SIDE_HEAD, 0, 200, "a 200\n");
	compare(&made, STK_PER_REQUEST);
	test_near("change", made.result.change, 0.0, 1e-9);
	test_near("cost", find(&made, "a")->self[STK_SIDE_HEAD], 10, 1e-9);
	end(&made);
}

/* Ten functions, so that the common shift has something to rest on; one is half as dear again. */
static void add_slices(struct made *made, int side, double factor)
{
	for (int slice = 0; slice < 6; slice++) {
		struct stk_buf text = STK_BUF_EMPTY;

		for (int i = 0; i < 10; i++)
			stk_buf_addf(&text, "main;f%d %d\n", i,
				(int)((i == 3 ? factor : 1.0) * (400 + 7 * ((slice * 3 + i) % 5))));
		add(made, side, slice, 1000, text.ptr);
		stk_buf_release(&text);
	}
}

static void contrast_make__slices_give_intervals(void **state)
{
	const struct stk_difference_row *dear, *same;
	struct made made;

	(void)state;
	begin(&made);
	add_slices(&made, STK_SIDE_BASE, 1.0);
	add_slices(&made, STK_SIDE_HEAD, 1.5);
	compare(&made, STK_PER_REQUEST);
	assert_true(made.result.has_spread);
	assert_true(made.result.lo < made.result.change && made.result.change < made.result.hi);
	dear = find(&made, "f3");
	assert_true(dear == &made.result.rows.items[0]);
	assert_true(dear->is_sure && dear->lo > 0.2 && dear->hi < 0.9);
	same = find(&made, "f5");
	assert_true(!same->is_sure && same->lo < 0.0 && same->hi > 0.0);
	assert_int_equal(made.result.ends[STK_SIDE_BASE].slices, 6);
	end(&made);
}

/* What parse did, scan below it does now; the rest stays. */
static void add_moved(struct made *made, int side, int slices)
{
	for (int slice = 0; slice < slices; slice++) {
		struct stk_buf text = STK_BUF_EMPTY;
		int jitter = 3 * (slice % 3);

		stk_buf_addf(&text, "main;parse %d\nmain;parse;scan %d\n",
			(side == STK_SIDE_BASE ? 900 : 300) + jitter,
			(side == STK_SIDE_BASE ? 300 : 900) - jitter);
		for (int i = 0; i < 10; i++)
			stk_buf_addf(&text, "main;f%d %d\n", i, 400 + 7 * ((slice * 3 + i) % 5));
		add(made, side, slice, slices > 1 ? 1000 : 0, text.ptr);
		stk_buf_release(&text);
	}
}

static void contrast_make__cost_that_moved_is_told_as_in_a_run(void **state)
{
	(void)state;
	for (int slices = 1; slices <= 6; slices += 5) { /* two files, two stretches of time */
		struct made made;

		begin(&made);
		add_moved(&made, STK_SIDE_BASE, slices);
		add_moved(&made, STK_SIDE_HEAD, slices);
		compare(&made, slices > 1 ? STK_PER_REQUEST : STK_PER_ALL);
		assert_true(made.result.has_spread == (slices > 1));
		assert_string_equal(find(&made, "parse")->moved.name, "scan");
		assert_string_equal(find(&made, "scan")->moved.name, "parse");
		assert_null(find(&made, "f3")->moved.name);
		end(&made);
	}
}

/* What grew and what fell by chance alike are no pair when nothing ties them. */
static void contrast_make__strangers_make_up_for_nothing(void **state)
{
	struct made made;

	(void)state;
	begin(&made);
	add(&made, STK_SIDE_BASE, 0, 0, "main;alpha 900\nroot;zeta 300\nmain;x 999\nroot;y 999\n");
	add(&made, STK_SIDE_HEAD, 0, 0, "main;alpha 300\nroot;zeta 900\nmain;x 999\nroot;y 999\n");
	compare(&made, STK_PER_ALL);
	assert_null(find(&made, "alpha")->moved.name);
	assert_null(find(&made, "alpha")->moved_within);
	end(&made);
}

static void contrast_make__without_a_divisor_slices_are_no_replicates(void **state)
{
	struct made made;

	(void)state;
	begin(&made);
	add_slices(&made, STK_SIDE_BASE, 1.0);
	add_slices(&made, STK_SIDE_HEAD, 1.5);
	compare(&made, STK_PER_ALL);
	assert_false(made.result.has_spread);
	end(&made);
}

static void contrast_make__an_empty_side_is_an_error(void **state)
{
	struct made made;

	(void)state;
	begin(&made);
	add(&made, STK_SIDE_BASE, 0, 0, "a 1\n");
	assert_int_equal(stk_contrast_make(&made.input, STK_PER_ALL, &made.run, &made.result, NULL),
		STK_E_NOT_FOUND);
	end(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contrast_make__two_profiles_as_they_are),
		cmocka_unit_test(contrast_make__per_request_where_they_are_known),
		cmocka_unit_test(contrast_make__slices_give_intervals),
		cmocka_unit_test(contrast_make__cost_that_moved_is_told_as_in_a_run),
		cmocka_unit_test(contrast_make__strangers_make_up_for_nothing),
		cmocka_unit_test(contrast_make__without_a_divisor_slices_are_no_replicates),
		cmocka_unit_test(contrast_make__an_empty_side_is_an_error),
	};
	return cmocka_run_group_tests_name("contrast", tests, NULL, NULL);
}
