/* test_judge_preconditions: each rule fails for its reason, and none on a quiet run. */
#include "core/diff/judge.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/blocks.h"

static void preconditions__quiet_run_passes(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	stk_judge_totals(&run, NULL);
	stk_judge_preconditions(&run);
	assert_true(run.preconditions.len >= 7);
	for (size_t i = 0; i < run.preconditions.len; i++)
		assert_int_equal(run.preconditions.items[i].state, STK_CHECK_OK);
	stk_run_release(&run);
}

static void preconditions__too_few_pairs(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.comparisons.items[0].pairs = 3;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "pairs"), STK_CHECK_FAIL);
	assert_non_null(strstr(run.preconditions.items[0].text, "3 of 6"));
	stk_run_release(&run);
}

static void preconditions__no_profiles(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.comparisons.len = 0;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "pairs"), STK_CHECK_FAIL);
	run.comparisons.len = 1;
	stk_run_release(&run);
}

static void preconditions__missing_slices(void **state)
{
	struct stk_run run;
	int dropped = 0;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.slices.len && dropped < 2; i++) {
		if (run.slices.items[i].side == STK_SIDE_HEAD && run.slices.items[i].counted) {
			run.slices.items[i].counted = false;
			dropped++;
		}
	}
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "slices"), STK_CHECK_OK);
	run.preconditions.len = 0;
	for (size_t i = 0; i < run.slices.len && dropped < 4; i++) {
		if (run.slices.items[i].side == STK_SIDE_HEAD && run.slices.items[i].counted) {
			run.slices.items[i].counted = false;
			dropped++;
		}
	}
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "slices"), STK_CHECK_FAIL);
	for (size_t i = 0; i < run.preconditions.len; i++)
		if (strcmp(run.preconditions.items[i].name, "slices") == 0)
			assert_string_equal(run.preconditions.items[i].text,
				"only 8 of 12 cpu slices of head arrived");
	stk_run_release(&run);
}

static void preconditions__load_not_offered(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.generator.started = run.generator.planned * 9 / 10;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "load"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void slow_head(struct stk_run *run)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		if (run->windows.items[i].side == STK_SIDE_HEAD)
			run->windows.items[i].requests = run->windows.items[i].requests * 9 / 10;
	}
}

static void preconditions__arms_apart(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	slow_head(&run);
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "load"), STK_CHECK_FAIL);
	/* Virtual users answer a slower build with fewer requests. */
	run.preconditions.len = 0;
	run.generator.rate_planned = 0.0;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "load"), STK_CHECK_WARN);
	stk_run_release(&run);
}

static void preconditions__nothing_completed(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++)
		run.windows.items[i].requests = 0;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "load"), STK_CHECK_FAIL);
	assert_int_equal(blocks_state(&run, "errors"), -1);
	stk_run_release(&run);
}

static void preconditions__errors(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++)
		run.windows.items[i].failed = run.windows.items[i].requests / 40;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "errors"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void preconditions__mix(void **state)
{
	struct stk_run run;
	struct stk_series_key *key;

	(void)state;
	blocks_init(&run, 6);
	/* Head's orders double: from a quarter to two fifths. */
	key = &run.series.keys
		       .items[stk_series_key(&run.series, STK_SIDE_HEAD, "default", "order")];
	for (size_t i = 0; i < key->steps.len; i++)
		key->steps.items[i] *= 2;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "mix"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void preconditions__generator_behind(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.generator.late_p99_ms = 120.0;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "generator"), STK_CHECK_WARN);
	run.preconditions.len = 0;
	run.generator.dropped = run.generator.planned / 20;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "generator"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void preconditions__yield(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.comparisons.items[0].total.base_cost = 6e5;
	run.comparisons.items[0].total.head_cost = 6e5;
	stk_judge_totals(&run, NULL);
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "yield"), STK_CHECK_WARN);
	run.preconditions.len = 0;
	run.comparisons.items[0].total.head_cost = 8e5;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "yield"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void preconditions__cut_off_profiles(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.comparisons.items[0].other = 0.08;
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "truncation"), STK_CHECK_FAIL);
	stk_run_release(&run);
}

static void preconditions__what_the_caller_wrote_stays(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	stk_run_precondition(&run, "pairs", STK_CHECK_FAIL, "said before");
	stk_judge_preconditions(&run);
	assert_int_equal(blocks_state(&run, "pairs"), STK_CHECK_FAIL);
	assert_string_equal(run.preconditions.items[0].text, "said before");
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preconditions__quiet_run_passes),
		cmocka_unit_test(preconditions__too_few_pairs),
		cmocka_unit_test(preconditions__no_profiles),
		cmocka_unit_test(preconditions__missing_slices),
		cmocka_unit_test(preconditions__load_not_offered),
		cmocka_unit_test(preconditions__arms_apart),
		cmocka_unit_test(preconditions__nothing_completed),
		cmocka_unit_test(preconditions__errors),
		cmocka_unit_test(preconditions__mix),
		cmocka_unit_test(preconditions__generator_behind),
		cmocka_unit_test(preconditions__yield),
		cmocka_unit_test(preconditions__cut_off_profiles),
		cmocka_unit_test(preconditions__what_the_caller_wrote_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
