/* test_judge_totals: exact totals by block, their test, and the family they share. */
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
#include "tests/support/near.h"

static void scale(struct stk_run *run, double factor)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		struct stk_window *window = &run->windows.items[i];

		if (window->side != STK_SIDE_HEAD)
			continue;
		window->cpu_ns = (int64_t)((double)window->cpu_ns * factor);
		window->p95_ms *= factor;
	}
}

static void judge_totals__quiet_run(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	stk_judge_totals(&run, NULL);
	assert_int_equal(run.totals.len, 6);
	assert_string_equal(run.totals.items[0].name, "cpu");
	for (size_t i = 0; i < run.totals.len; i++)
		assert_int_equal(run.totals.items[i].row.verdict, STK_VERDICT_NO_CHANGE);
	test_near("cpu", blocks_total(&run, "cpu")->row.base_cost, 1e6, 0.01);
	test_near("rate", blocks_total(&run, "throughput")->row.base_cost, 400.0, 1e-9);
	stk_run_release(&run);
}

static void judge_totals__dearer_head(void **state)
{
	struct stk_run run;
	const struct stk_row *row;

	(void)state;
	blocks_init(&run, 6);
	scale(&run, 1.10);
	stk_judge_totals(&run, NULL);
	row = &blocks_total(&run, "cpu")->row;
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	test_near("change", row->change, 0.10, 0.05);
	assert_true(row->lo < 0.10 && row->hi > 0.10);
	assert_true(row->q >= row->p);
	assert_int_equal(blocks_total(&run, "p95")->row.verdict, STK_VERDICT_REGRESSION);
	assert_int_equal(blocks_total(&run, "p50")->row.verdict, STK_VERDICT_NO_CHANGE);
	stk_run_release(&run);
}

/* What is shown of the sides and their change must not contradict each other. */
static void judge_totals__sides_stand_to_each_other_as_the_change_says(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		struct stk_window *window = &run.windows.items[i];

		if (window->side == STK_SIDE_HEAD)
			window->p95_ms *= window->pair % 2 ? 4.0 : 1.1;
	}
	stk_judge_totals(&run, NULL);
	for (size_t i = 0; i + 1 < run.totals.len; i++) {
		const struct stk_row *row = &run.totals.items[i].row;

		test_near(run.totals.items[i].name, row->head_cost / row->base_cost,
			1.0 + row->change, 1e-9);
	}
	assert_true(blocks_total(&run, "p95")->row.change > 0.9);
	stk_run_release(&run);
}

static void judge_totals__cheaper_head(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	scale(&run, 0.8);
	stk_judge_totals(&run, NULL);
	assert_int_equal(blocks_total(&run, "cpu")->row.verdict, STK_VERDICT_IMPROVEMENT);
	stk_run_release(&run);
}

static void judge_totals__fewer_requests_are_worse(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		struct stk_window *window = &run.windows.items[i];

		window->requests += (int64_t)i; /* never quite the same */
		if (window->side == STK_SIDE_HEAD)
			window->requests = window->requests * 9 / 10;
	}
	stk_judge_totals(&run, NULL);
	assert_int_equal(blocks_total(&run, "throughput")->row.verdict, STK_VERDICT_REGRESSION);
	assert_true(blocks_total(&run, "throughput")->row.change < -0.05);
	stk_run_release(&run);
}

static void judge_totals__one_bad_block_is_not_enough(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.windows.items[1].cpu_ns *= 3;
	stk_judge_totals(&run, NULL);
	assert_int_equal(blocks_total(&run, "cpu")->row.verdict, STK_VERDICT_INCONCLUSIVE);
	stk_run_release(&run);
}

static void judge_totals__errors_are_points(void **state)
{
	struct stk_run run;
	const struct stk_row *row;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		struct stk_window *window = &run.windows.items[i];

		if (window->side == STK_SIDE_HEAD)
			window->failed = window->requests / 50 + (int64_t)(i % 3);
	}
	stk_judge_totals(&run, NULL);
	row = &blocks_total(&run, "errors")->row;
	test_near("points", row->change, 0.02, 0.02);
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	stk_run_release(&run);
}

static void judge_totals__unknown_cpu_is_left_out(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++)
		run.windows.items[i].cpu_ns = -1;
	stk_judge_totals(&run, NULL);
	assert_null(blocks_total(&run, "cpu"));
	assert_non_null(blocks_total(&run, "p95"));
	stk_run_release(&run);
}

static void judge_totals__sampled_totals_share_the_family(void **state)
{
	struct stk_run run;
	struct stk_row *total;

	(void)state;
	blocks_init(&run, 6);
	total = &run.comparisons.items[0].total;
	total->theta = total->change = 0.2;
	total->p = 0.004;
	stk_judge_totals(&run, NULL);
	/* Seven rows: the smallest p times seven. */
	test_near("q", total->q, 0.028, 1e-9);
	/* t of 1 - 0.05/14 and of 0.8 at five degrees of freedom, times 1 %, and the margin. */
	test_near("mde", log1p(total->mde), 0.01 * (4.3818 + 0.9195) + log(1.02), 1e-5);
	assert_int_equal(total->verdict, STK_VERDICT_REGRESSION);
	stk_run_release(&run);
}

static void judge_totals__idle_has_none(void **state)
{
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	run.mode = STK_MODE_IDLE;
	stk_judge_totals(&run, NULL);
	assert_int_equal(run.totals.len, 0);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_totals__quiet_run),
		cmocka_unit_test(judge_totals__dearer_head),
		cmocka_unit_test(judge_totals__sides_stand_to_each_other_as_the_change_says),
		cmocka_unit_test(judge_totals__cheaper_head),
		cmocka_unit_test(judge_totals__fewer_requests_are_worse),
		cmocka_unit_test(judge_totals__one_bad_block_is_not_enough),
		cmocka_unit_test(judge_totals__errors_are_points),
		cmocka_unit_test(judge_totals__unknown_cpu_is_left_out),
		cmocka_unit_test(judge_totals__sampled_totals_share_the_family),
		cmocka_unit_test(judge_totals__idle_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
