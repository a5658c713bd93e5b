/* test_totals: sums by metric and tags, and what happens to tags that explode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/export/totals.h"

static struct stk_export_metric trend = {0, NULL, STK_METRIC_TREND, STK_METRIC_TIME, NULL};
static struct stk_export_metric counter = {1, NULL, STK_METRIC_COUNTER, STK_METRIC_DEFAULT, NULL};

/* The set of name, url and status; NULL leaves one out. */
static const struct stk_tagset *tags_of(struct stk_tagsets *sets, const char *name, const char *url)
{
	struct stk_buf record = STK_BUF_EMPTY;
	const struct stk_tagset *set;

	stk_buf_add(&record, "name", 5);
	stk_buf_add(&record, name, strlen(name) + 1);
	stk_buf_add(&record, "url", 4);
	stk_buf_add(&record, url, strlen(url) + 1);
	set = stk_tagsets_get(sets, stk_buf_str(&record));
	stk_buf_release(&record);
	return set;
}

static void totals_add__counts_by_metric_and_tags(void **state)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	struct stk_totals *totals = stk_totals_new(5);
	const struct stk_totals_row *row;
	uint64_t all = 0;

	(void)state;
	stk_totals_add(totals, &trend, tags_of(&sets, "/a", "/a"), 100, 0.1);
	stk_totals_add(totals, &trend, tags_of(&sets, "/a", "/a"), 90, 70000);
	stk_totals_add(totals, &trend, tags_of(&sets, "/b", "/b"), 120, 3);
	totals->round = 4;
	stk_totals_add(totals, &counter, tags_of(&sets, "/a", "/a"), 130, 2);
	assert_int_equal(totals->items.len, 3);
	row = totals->items.items[0];
	assert_int_equal(row->value.count, 2);
	assert_true(row->value.sum == 70000.1);
	assert_int_equal(row->first_wall_ns, 90);
	assert_int_equal(row->last_wall_ns, 100);
	assert_int_equal(row->buckets[0], 1); /* a bound holds its own value */
	assert_int_equal(row->buckets[STK_TOTALS_BOUNDS], 1);
	for (size_t i = 0; i <= STK_TOTALS_BOUNDS; i++)
		all += row->buckets[i];
	assert_int_equal(all, 2);
	assert_int_equal(totals->items.items[2]->changed, 4);
	stk_totals_free(totals);
	stk_tagsets_release(&sets);
}

static void totals_bound__grows(void **state)
{
	(void)state;
	for (size_t i = 1; i < STK_TOTALS_BOUNDS; i++) {
		assert_true(stk_totals_bound(STK_METRIC_TIME, i) >
			    stk_totals_bound(STK_METRIC_TIME, i - 1));
		assert_true(stk_totals_bound(STK_METRIC_DATA, i) >
			    stk_totals_bound(STK_METRIC_DATA, i - 1));
	}
}

/* An id in each URL makes no series of its own, once there are many. */
static void totals_add__takes_the_name_for_the_201st_url(void **state)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	struct stk_totals *totals = stk_totals_new(0);
	char url[40];

	(void)state;
	for (int i = 0; i < 30000; i++) {
		(void)snprintf(url, sizeof url, "/item/%d", i);
		stk_totals_add(totals, &counter, tags_of(&sets, "/item", url), 1, 1);
	}
	assert_int_equal(totals->items.len, STK_TOTALS_URLS_MAX + 1);
	assert_string_equal(
		stk_tagset_value(totals->items.items[STK_TOTALS_URLS_MAX]->tags, "url"), "/item");
	assert_int_equal(
		totals->items.items[STK_TOTALS_URLS_MAX]->value.count, 30000 - STK_TOTALS_URLS_MAX);
	stk_totals_free(totals);
	stk_tagsets_release(&sets);
}

/* k6 2.1: tag values without a bound | 2,000 sets for outputs that send states, the rest in
 * `overflow` | sums stay right */
static void totals_add__keeps_sums_right_beyond_the_limit(void **state)
{
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	struct stk_totals *totals = stk_totals_new(0);
	char name[40];
	double sum = 0;

	(void)state;
	for (int i = 0; i < STK_TOTALS_SETS_MAX + 500; i++) {
		(void)snprintf(name, sizeof name, "n%d", i);
		stk_totals_add(totals, &counter, tags_of(&sets, name, "/"), 1, 1);
	}
	assert_int_equal(totals->items.len, STK_TOTALS_SETS_MAX + 1);
	for (size_t i = 0; i < totals->items.len; i++)
		sum += totals->items.items[i]->value.sum;
	assert_true(sum == STK_TOTALS_SETS_MAX + 500);
	assert_int_equal(totals->overflowed, 500);
	assert_string_equal(
		stk_tagset_value(totals->items.items[STK_TOTALS_SETS_MAX]->tags, "overflow"),
		"true");
	stk_totals_free(totals);
	stk_tagsets_release(&sets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_add__counts_by_metric_and_tags),
		cmocka_unit_test(totals_bound__grows),
		cmocka_unit_test(totals_add__takes_the_name_for_the_201st_url),
		cmocka_unit_test(totals_add__keeps_sums_right_beyond_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
