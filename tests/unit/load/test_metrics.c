/* test_metrics: checks by group and name wherever the name lies; samples that need no tags, hops.
 */
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

/* Counted at once and one by one: the same in every metric and submetric. */
static void counts_add_hop__is_the_same_as_one_by_one(void **state)
{
	const double values[STK_HOP_VALUES] = {1, 12.5, 0.25, 0, 0, 0.5, 11, 1, 0};
	struct stk_counts *at_once, *singly;
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	at_once = stk_counts_new(&plan);
	singly = stk_counts_new(&plan);
	for (int round = 0; round < 3; round++) {
		const char *expected = round == 1 ? "false" : "true";
		const struct stk_tag tag = {"expected_response", expected};
		struct stk_tag_lists tags = {.len = 0};

		stk_tag_lists_add(&tags, &tag, 1);
		assert_true(stk_counts_add_hop(at_once, values, round != 1));
		for (int i = 0; i < STK_HOP_VALUES; i++)
			stk_counts_add(singly, stk_counts_hop_metric((enum stk_hop_value)i),
				values[i], &tags);
	}
	for (size_t i = 0; i < stk_counts_metrics(singly)->items.len; i++) {
		const struct stk_metric *a = &stk_counts_metrics(at_once)->items.items[i];
		const struct stk_metric *b = &stk_counts_metrics(singly)->items.items[i];

		assert_int_equal(a->count, b->count);
		assert_int_equal(a->passes, b->passes);
		assert_true(a->sum == b->sum && a->max == b->max && a->last == b->last);
		assert_int_equal(a->hist.count, b->hist.count);
	}
	assert_int_equal(stk_metrics_find(stk_counts_metrics(at_once), "http_req_duration",
				 "expected_response:true")
				 ->count,
		2);
	stk_counts_free(at_once);
	stk_counts_free(singly);
	stk_plan_release(&plan);
}

static void counts_add_hop__refuses_where_other_tags_are_asked_for(void **state)
{
	const double values[STK_HOP_VALUES] = {1};
	struct stk_threshold_spec spec = {.metric = "http_req_waiting{name:a}", .expr = "max<1"};
	struct stk_counts *counts;
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	stk_vec_push(&plan.thresholds, spec);
	counts = stk_counts_new(&plan);
	assert_false(stk_counts_add_hop(counts, values, true));
	assert_int_equal(stk_counts_get(counts, STK_METRIC_HTTP_REQS)->count, 0);
	stk_counts_free(counts);
	plan.thresholds.len = 0;
	/* samples without the tag do not belong to the submetric either */
	assert_int_equal(stk_system_tags_parse("method,status", &plan.system_tags, NULL), 0);
	counts = stk_counts_new(&plan);
	assert_false(stk_counts_add_hop(counts, values, true));
	stk_counts_free(counts);
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_check__tells_names_apart_that_lie_at_one_place),
		cmocka_unit_test(counts_add_bare__refuses_what_is_asked_for_tags),
		cmocka_unit_test(counts_add_hop__is_the_same_as_one_by_one),
		cmocka_unit_test(counts_add_hop__refuses_where_other_tags_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
