/* test_metrics: checks by group and name wherever the name lies; samples that need no tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/metrics.h"

static void counts_check__tells_names_apart_that_lie_at_one_place(void **state)
{
	struct stk_plan plan;
	struct stk_counts *counts;
	char name[32];

	(void)state;
	stk_plan_init(&plan);
	counts = stk_counts_new(&plan);
	for (int i = 0; i < 300; i++) {
		struct stk_str group = i % 2 == 0 ? STK_STR("") : STK_STR("::g");

		(void)snprintf(name, sizeof name, "%s%d", i % 4 < 2 ? "n" : "name ", i % 3);
		stk_counts_check(counts, group, stk_str_of(name), i % 5 == 0);
	}
	assert_int_equal(stk_counts_metrics(counts)->checks.len, 12);
	for (size_t i = 0; i < 12; i++) {
		const struct stk_check_count *check = &stk_counts_metrics(counts)->checks.items[i];

		/* 300 over two groups, two lengths and three numbers, a fifth of them held */
		assert_int_equal(check->passes + check->fails, 25);
		assert_int_equal(check->passes, 5);
	}
	stk_counts_free(counts);
	stk_plan_release(&plan);
}

static void counts_add_bare__refuses_what_is_asked_for_tags(void **state)
{
	struct stk_plan plan;
	struct stk_counts *counts;

	(void)state;
	stk_plan_init(&plan);
	counts = stk_counts_new(&plan);
	assert_true(stk_counts_add_bare(counts, STK_METRIC_HTTP_REQS, 1));
	assert_int_equal(stk_counts_get(counts, STK_METRIC_HTTP_REQS)->count, 1);
	/* http_req_duration{expected_response:true} is always there */
	assert_false(stk_counts_add_bare(counts, STK_METRIC_HTTP_REQ_DURATION, 1));
	assert_int_equal(stk_counts_get(counts, STK_METRIC_HTTP_REQ_DURATION)->count, 0);
	stk_counts_free(counts);
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_check__tells_names_apart_that_lie_at_one_place),
		cmocka_unit_test(counts_add_bare__refuses_what_is_asked_for_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
