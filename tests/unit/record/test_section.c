/* test_section: scenarios and groups of several workers, in one order. */
#include "core/record/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void add(
	struct stk_sections *sections, const char *scenario, const char *group, double value)
{
	struct stk_section *section = stk_sections_put(sections, scenario, group);

	stk_metric_add(stk_metrics_put(&section->metrics, "http_reqs", "", STK_METRIC_COUNTER,
			       STK_METRIC_DEFAULT),
		value);
}

static void sections_merge__adds_up_and_puts_groups_behind_their_parents(void **state)
{
	static const char *const want[][2] = {
		{"a", ""}, {"a", "::x"}, {"a", "::x::y"}, {"a", "::x z"}, {"a", "::xy"}, {"b", ""}};
	struct stk_sections one, two;

	(void)state;
	stk_sections_init(&one);
	stk_sections_init(&two);
	add(&two, "b", "", 1);
	add(&two, "a", "::xy", 1);
	add(&two, "a", "::x z", 1);
	add(&two, "a", "::x::y", 1);
	add(&two, "a", "::x", 3);
	add(&one, "a", "::x", 4);
	add(&one, "a", "", 1);
	stk_section_check(stk_sections_find(&one, "a", ""), "::x", "is 200", true);
	stk_section_check(stk_sections_find(&two, "b", ""), "::x", "is 200", true);
	stk_sections_merge(&one, &two);
	assert_int_equal(one.items.len, 6);
	for (size_t i = 0; i < one.items.len; i++) {
		assert_string_equal(one.items.items[i].scenario, want[i][0]);
		assert_string_equal(one.items.items[i].group, want[i][1]);
	}
	assert_true(one.items.items[1].metrics.items.items[0].sum == 7);
	assert_int_equal(one.items.items[0].metrics.checks.items[0].passes, 1);
	assert_null(stk_sections_find(&one, "b", "::x"));
	stk_sections_release(&one);
	stk_sections_release(&two);
}

static void section_check__counts_and_lists_200(void **state)
{
	struct stk_sections sections;
	struct stk_section *section;
	char name[20];

	(void)state;
	stk_sections_init(&sections);
	section = stk_sections_put(&sections, "s", "");
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < STK_SECTION_CHECKS_MAX + 5; i++) {
			(void)snprintf(name, sizeof name, "c%d", i);
			stk_section_check(section, "", name, round == 0);
		}
	assert_int_equal(section->metrics.checks.len, STK_SECTION_CHECKS_MAX);
	assert_int_equal(section->metrics.checks.items[7].passes, 1);
	assert_int_equal(section->metrics.checks.items[7].fails, 1);
	stk_sections_release(&sections);
}

static void sections_put__has_an_end(void **state)
{
	struct stk_sections sections;
	char name[20];

	(void)state;
	stk_sections_init(&sections);
	for (int i = 0; i < STK_SECTIONS_MAX; i++) {
		(void)snprintf(name, sizeof name, "::%d", i);
		assert_non_null(stk_sections_put(&sections, "s", name));
	}
	assert_null(stk_sections_put(&sections, "s", "::more"));
	assert_non_null(stk_sections_put(&sections, "s", "::7"));
	stk_sections_release(&sections);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_merge__adds_up_and_puts_groups_behind_their_parents),
		cmocka_unit_test(section_check__counts_and_lists_200),
		cmocka_unit_test(sections_put__has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
