/* test_verdict: the rules, one by one. */
#include "core/diff/verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/near.h"

static const struct stk_verdict_rule usual = {.q_max = 0.05,
	.min_change = 0.05,
	.min_impact = 0.005,
	.raw = 0.3,
	.least = 0.25,
	.most = 0.35};

static struct stk_row found(void)
{
	struct stk_row row = stk_verdict_row();

	row.theta = 0.3;
	row.se = 0.05;
	row.df = 20.0;
	row.q = 0.001;
	row.impact = 0.05;
	return row;
}

static void expect(struct stk_row row, const struct stk_verdict_rule *rule,
	enum stk_verdict verdict, const char *reason)
{
	stk_verdict_judge(&row, rule);
	assert_int_equal(row.verdict, verdict);
	if (reason)
		assert_string_equal(row.reason, reason);
	else
		assert_null(row.reason);
}

static void verdict_judge__regression_needs_everything(void **state)
{
	struct stk_verdict_rule rule = usual;
	struct stk_row row = found();

	(void)state;
	expect(row, &rule, STK_VERDICT_REGRESSION, NULL);
	rule.least = 0.02;
	expect(row, &rule, STK_VERDICT_INCONCLUSIVE, "driven by one pair");
	rule = usual;
	rule.raw = -0.01;
	expect(row, &rule, STK_VERDICT_INCONCLUSIVE, "no change without the common shift");
	row.impact = 0.004;
	expect(row, &usual, STK_VERDICT_INCONCLUSIVE, "significant but hardly matters in total");
	row = found();
	row.q = 0.06;
	expect(row, &usual, STK_VERDICT_INCONCLUSIVE, "wide interval");
}

static void verdict_judge__improvement_is_the_mirror(void **state)
{
	struct stk_verdict_rule rule = usual;
	struct stk_row row = found();

	(void)state;
	row.theta = -0.3;
	row.impact = -0.05;
	rule.raw = -0.3;
	rule.least = -0.35;
	rule.most = -0.25;
	expect(row, &rule, STK_VERDICT_IMPROVEMENT, NULL);
	rule.most = -0.01;
	expect(row, &rule, STK_VERDICT_INCONCLUSIVE, "driven by one pair");
}

static void verdict_judge__significant_but_small(void **state)
{
	struct stk_row row = found();

	(void)state;
	row.theta = 0.03;
	row.se = 0.015;
	expect(row, &usual, STK_VERDICT_INCONCLUSIVE, "significant but small");
	row.se = 0.001;
	expect(row, &usual, STK_VERDICT_NO_CHANGE, NULL);
}

static void verdict_judge__no_change_must_be_shown(void **state)
{
	struct stk_row row = found();

	(void)state;
	row.theta = 0.0;
	row.q = 0.9;
	row.se = 0.02;
	expect(row, &usual, STK_VERDICT_NO_CHANGE, NULL);
	row.se = 0.04;
	expect(row, &usual, STK_VERDICT_INCONCLUSIVE, "wide interval");
	row.theta = NAN;
	expect(row, &usual, STK_VERDICT_INCONCLUSIVE, "too few samples");
}

static void verdict_judge__least_amount(void **state)
{
	struct stk_verdict_rule rule = usual;
	struct stk_row row = found();

	(void)state;
	rule.min_amount = 1000.0;
	row.base_cost = 10.0;
	row.head_cost = 900.0;
	expect(row, &rule, STK_VERDICT_INCONCLUSIVE, "significant but small");
	row.head_cost = 1200.0;
	expect(row, &rule, STK_VERDICT_REGRESSION, NULL);
}

static void verdict_numbers__fractions(void **state)
{
	struct stk_row row = found();

	(void)state;
	stk_verdict_numbers(&row, 0.95, 0.05, 0.02);
	test_near("change", row.change, exp(0.3) - 1.0, 1e-12);
	assert_true(row.lo < row.change && row.change < row.hi);
	assert_true(row.mde > 0.0 && row.mde < 0.3);
	row = stk_verdict_row();
	stk_verdict_numbers(&row, 0.95, 0.05, 0.02);
	assert_true(isnan(row.change) && isnan(row.mde));
}

static struct stk_row named(const char *name, enum stk_verdict verdict, double impact)
{
	struct stk_row row = stk_verdict_row();

	row.function.name = name;
	row.function.file = "";
	row.verdict = verdict;
	row.impact = impact;
	row.share = fabs(impact);
	row.tested = true;
	return row;
}

static void verdict_sort__worst_first(void **state)
{
	struct stk_row rows[] = {
		named("same", STK_VERDICT_NO_CHANGE, 0.3),
		named("better", STK_VERDICT_IMPROVEMENT, -0.2),
		named("small", STK_VERDICT_REGRESSION, 0.01),
		named("moved", STK_VERDICT_MOVED, 0.0),
		named("large", STK_VERDICT_REGRESSION, 0.1),
		named("b", STK_VERDICT_INCONCLUSIVE, 0.05),
		named("a", STK_VERDICT_INCONCLUSIVE, 0.05),
		named("fresh", STK_VERDICT_NEW, 0.02),
	};
	static const char *const want[] = {
		"large", "small", "fresh", "moved", "better", "same", "a", "b"};

	(void)state;
	stk_verdict_sort(rows, STK_ARRAY_LEN(rows));
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		assert_string_equal(rows[i].function.name, want[i]);
	stk_verdict_sort(rows, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_judge__regression_needs_everything),
		cmocka_unit_test(verdict_judge__improvement_is_the_mirror),
		cmocka_unit_test(verdict_judge__significant_but_small),
		cmocka_unit_test(verdict_judge__no_change_must_be_shown),
		cmocka_unit_test(verdict_judge__least_amount),
		cmocka_unit_test(verdict_numbers__fractions),
		cmocka_unit_test(verdict_sort__worst_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
