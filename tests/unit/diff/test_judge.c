/* test_judge: the five headlines, and which one wins. */
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

static void judge_run__nothing_seen_says_what_it_could_have_seen(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	(void)blocks_add_row(&run, "steady", STK_VERDICT_INCONCLUSIVE);
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_NO_CHANGE);
	assert_int_equal(strncmp(run.headline, "NO REGRESSION SEEN (would have noticed +", 40), 0);
	stk_run_release(&run);
}

static void judge_run__a_function_is_enough(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	(void)blocks_add_row(&run, "slow", STK_VERDICT_REGRESSION);
	(void)blocks_add_row(&run, "fast", STK_VERDICT_IMPROVEMENT);
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_REGRESSION);
	assert_string_equal(run.headline, "REGRESSION");
	stk_run_release(&run);
}

static void judge_run__a_package_or_a_caller_is_enough(void **state)
{
	(void)state;
	for (int which = 0; which < 2; which++) {
		struct stk_row group = {.function = {"shop/json", "", 0, NULL},
			.verdict = STK_VERDICT_REGRESSION,
			.q = 0.001};
		struct stk_comparison *one;
		struct stk_rows *rows;
		struct stk_run run;

		blocks_init(&run, 6);
		one = &run.comparisons.items[0];
		rows = which == 0 ? &one->packages : &one->inclusive;
		stk_vec_push(rows, group);
		stk_judge_run(&run, NULL, NULL);
		assert_int_equal(run.verdict, STK_VERDICT_REGRESSION);
		run.generator.started = run.generator.planned / 2;
		run.preconditions.len = 0;
		stk_judge_run(&run, NULL, NULL);
		assert_int_equal(run.verdict, STK_VERDICT_INCONCLUSIVE);
		assert_int_equal(rows->items[0].verdict, STK_VERDICT_INCONCLUSIVE);
		stk_run_release(&run);
	}
}

static void judge_run__a_total_is_enough(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		if (run.windows.items[i].side == STK_SIDE_HEAD)
			run.windows.items[i].cpu_ns = run.windows.items[i].cpu_ns * 11 / 10;
	}
	run.comparisons.items[0].total.head_cost = 1.1e6;
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_REGRESSION);
	stk_run_release(&run);
}

static void judge_run__improvement(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	(void)blocks_add_row(&run, "fast", STK_VERDICT_IMPROVEMENT);
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_IMPROVEMENT);
	assert_string_equal(run.headline, "IMPROVEMENT");
	stk_run_release(&run);
}

static void judge_run__failed_precondition_takes_the_words_away(void **state)
{
	struct stk_run run;
	const struct stk_row *row;

	(void)state;
	blocks_init(&run, 6);
	(void)blocks_add_row(&run, "slow", STK_VERDICT_REGRESSION);
	(void)blocks_add_row(&run, "renamed", STK_VERDICT_MOVED);
	run.generator.started = run.generator.planned / 2;
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_INCONCLUSIVE);
	assert_int_equal(strncmp(run.headline, "CANNOT TELL: 50.0 %", 19), 0);
	row = &run.comparisons.items[0].rows.items[0];
	assert_int_equal(row->verdict, STK_VERDICT_INCONCLUSIVE);
	assert_string_equal(row->reason, "precondition failed: load");
	assert_true(row->q == 0.001);
	assert_int_equal(run.comparisons.items[0].rows.items[1].verdict, STK_VERDICT_MOVED);
	stk_run_release(&run);
}

static void judge_run__inconclusive_rows_do_not_decide(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (int i = 0; i < 5; i++)
		(void)blocks_add_row(&run, "unclear", STK_VERDICT_INCONCLUSIVE);
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_NO_CHANGE);
	stk_run_release(&run);
}

static void judge_run__threshold(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	stk_vec_push(&run.thresholds, (struct stk_threshold_result){"http_req_duration", "p(95)<8",
					      10.0, false, false, false});
	stk_judge_run(&run, NULL, NULL);
	assert_string_equal(run.headline, "THRESHOLD CROSSED");
	run.thresholds.items[0].no_data = true;
	stk_judge_headline(&run);
	assert_string_not_equal(run.headline, "THRESHOLD CROSSED");
	stk_run_release(&run);
}

static void judge_run__idle_has_hotspots_and_no_verdict(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	run.mode = STK_MODE_IDLE;
	stk_judge_run(&run, NULL, NULL);
	assert_int_equal(run.verdict, STK_VERDICT_NONE);
	assert_string_equal(run.headline, "HOTSPOTS");
	assert_int_equal(run.preconditions.len, 0);
	stk_run_precondition(&run, "slices", STK_CHECK_FAIL, "no profiles in the load window");
	stk_judge_headline(&run);
	assert_string_equal(run.headline, "CANNOT TELL: no profiles in the load window");
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_run__nothing_seen_says_what_it_could_have_seen),
		cmocka_unit_test(judge_run__a_function_is_enough),
		cmocka_unit_test(judge_run__a_package_or_a_caller_is_enough),
		cmocka_unit_test(judge_run__a_total_is_enough),
		cmocka_unit_test(judge_run__improvement),
		cmocka_unit_test(judge_run__failed_precondition_takes_the_words_away),
		cmocka_unit_test(judge_run__inconclusive_rows_do_not_decide),
		cmocka_unit_test(judge_run__threshold),
		cmocka_unit_test(judge_run__idle_has_hotspots_and_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
