/* test_judge_gates: a gate needs the verdict and the size. */
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

static struct stk_gate_limits limits(void)
{
	return (struct stk_gate_limits){.is_set = true,
		.cpu = NAN,
		.alloc_space = NAN,
		.alloc_objects = NAN,
		.inuse_space = NAN,
		.p50 = NAN,
		.p95 = NAN,
		.p99 = NAN,
		.throughput = NAN,
		.errors = NAN};
}

static void dearer(struct stk_run *run, double factor)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		struct stk_window *window = &run->windows.items[i];

		if (window->side == STK_SIDE_HEAD)
			window->cpu_ns = (int64_t)((double)window->cpu_ns * factor);
	}
}

static void judge_gates__verdict_and_size(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	dearer(&run, 1.08);
	stk_judge_totals(&run, NULL);
	gate.cpu = 0.05;
	stk_judge_gates(&run, &gate);
	assert_int_equal(run.gates.len, 1);
	assert_string_equal(run.gates.items[0].name, "cpu");
	assert_string_equal(run.gates.items[0].limit, "+5%");
	assert_true(run.gates.items[0].crossed);
	assert_true(stk_judge_gate_crossed(&run));
	assert_non_null(strstr(run.gates.items[0].text, "%"));
	run.gates.len = 0;
	gate.cpu = 0.10;
	stk_judge_gates(&run, &gate);
	assert_false(run.gates.items[0].crossed);
	assert_false(stk_judge_gate_crossed(&run));
	stk_run_release(&run);
}

static void judge_gates__functions_need_to_be_surer(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;
	struct stk_row *row;

	(void)state;
	blocks_init(&run, 6);
	gate.functions = true;
	row = blocks_add_row(&run, "slow", STK_VERDICT_REGRESSION);
	row->q = 0.02;
	stk_judge_gates(&run, &gate);
	assert_false(run.gates.items[0].crossed);
	assert_string_equal(run.gates.items[0].text, "no function dearer");
	run.gates.len = 0;
	run.comparisons.items[0].rows.items[0].q = 0.002;
	for (int i = 0; i < 4; i++)
		(void)blocks_add_row(&run, "more", STK_VERDICT_REGRESSION);
	stk_judge_gates(&run, &gate);
	assert_true(run.gates.items[0].crossed);
	assert_string_equal(run.gates.items[0].text, "slow, more, more and 2 more");
	stk_run_release(&run);
}

static void judge_gates__throughput_is_a_loss(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		run.windows.items[i].requests += (int64_t)i;
		if (run.windows.items[i].side == STK_SIDE_HEAD)
			run.windows.items[i].requests -= 600;
	}
	stk_judge_totals(&run, NULL);
	gate.throughput = 0.05;
	stk_judge_gates(&run, &gate);
	assert_string_equal(run.gates.items[0].limit, "-5%");
	assert_true(run.gates.items[0].crossed);
	stk_run_release(&run);
}

static void judge_gates__errors_in_points(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	for (size_t i = 0; i < run.windows.len; i++) {
		if (run.windows.items[i].side == STK_SIDE_HEAD)
			run.windows.items[i].failed = 40 + (int64_t)(i % 3);
	}
	stk_judge_totals(&run, NULL);
	gate.errors = 0.005;
	stk_judge_gates(&run, &gate);
	assert_string_equal(run.gates.items[0].limit, "0.5pt");
	assert_true(run.gates.items[0].crossed);
	run.gates.len = 0;
	gate.errors = 0.02;
	stk_judge_gates(&run, &gate);
	assert_false(run.gates.items[0].crossed);
	stk_run_release(&run);
}

static void judge_gates__what_was_not_measured_is_not_crossed(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	gate.inuse_space = 0.1;
	stk_judge_gates(&run, &gate);
	assert_false(run.gates.items[0].crossed);
	assert_string_equal(run.gates.items[0].text, "not measured");
	stk_run_release(&run);
}

static void judge_gates__none_set(void **state)
{
	struct stk_gate_limits gate = limits();
	struct stk_run run;

	(void)state;
	blocks_init(&run, 6);
	gate.is_set = false;
	gate.cpu = 0.0;
	stk_judge_gates(&run, &gate);
	stk_judge_gates(&run, NULL);
	assert_int_equal(run.gates.len, 0);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge_gates__verdict_and_size),
		cmocka_unit_test(judge_gates__functions_need_to_be_surer),
		cmocka_unit_test(judge_gates__throughput_is_a_loss),
		cmocka_unit_test(judge_gates__errors_in_points),
		cmocka_unit_test(judge_gates__what_was_not_measured_is_not_crossed),
		cmocka_unit_test(judge_gates__none_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
