/* test_load_summary: the end of a load test reads as k6's does. */
#include "core/report/load_summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/support/golden.h"

static struct stk_metric *put(struct stk_metrics *metrics, const char *name, const char *selector,
	enum stk_metric_type type, enum stk_metric_unit unit)
{
	struct stk_metric *metric = stk_metrics_put(metrics, name, selector, type, unit);

	metric->builtin = strncmp(name, "my_", 3) != 0;
	return metric;
}

static void add_check(struct stk_metrics *metrics, const char *name, int64_t passes, int64_t fails)
{
	struct stk_check_count *check = stk_vec_push_new(&metrics->checks);

	check->group = stk_xstrdup("");
	check->name = stk_xstrdup(name);
	check->passes = passes;
	check->fails = fails;
}

static void fill(struct stk_metrics *metrics)
{
	static const char *const trends[] = {
		"http_req_duration", "http_req_waiting", "iteration_duration"};

	stk_metrics_init(metrics);
	metrics->duration_s = 4;
	for (size_t i = 0; i < STK_ARRAY_LEN(trends); i++)
		for (int j = 1; j <= 20; j++)
			stk_metric_add(
				put(metrics, trends[i], "", STK_METRIC_TREND, STK_METRIC_TIME),
				j * 1.5);
	stk_metric_add(
		put(metrics, "http_req_duration", "name:fast", STK_METRIC_TREND, STK_METRIC_TIME),
		0.25);
	for (int j = 0; j < 3; j++)
		stk_metric_add(
			put(metrics, "http_req_failed", "", STK_METRIC_RATE, STK_METRIC_DEFAULT),
			j > 0);
	for (int j = 0; j < 20; j++)
		stk_metric_add(
			put(metrics, "http_reqs", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT), 1);
	stk_metric_add(
		put(metrics, "data_received", "", STK_METRIC_COUNTER, STK_METRIC_DATA), 71400);
	stk_metric_add(put(metrics, "vus", "", STK_METRIC_GAUGE, STK_METRIC_DEFAULT), 2);
	stk_metric_add(put(metrics, "vus", "", STK_METRIC_GAUGE, STK_METRIC_DEFAULT), 1);
	stk_metric_add(put(metrics, "my_size", "", STK_METRIC_TREND, STK_METRIC_DEFAULT), 12.5);
	put(metrics, "my_never", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT);
	put(metrics, "dropped_iterations", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT);
	add_check(metrics, "is 200", 6, 0);
	add_check(metrics, "is 500", 0, 6);
	add_check(metrics, "odd", 2, 4);
}

/* k6 7.1: THRESHOLDS, TOTAL RESULTS, checks, metrics with padded names | the same layout | - */
static void load_summary_format__looks_like_k6(void **state)
{
	static const struct stk_threshold_result thresholds[] = {
		{"http_req_duration", "p(95)<400", 28.575, true, false, false},
		{"http_req_duration", "max<5", 30, false, false, false},
		{"http_req_duration{name:fast}", "max<400", 0.25, true, false, false},
		{"http_req_failed", "rate<=0.5", 2.0 / 3, false, false, false},
		{"http_reqs", "count==20", 20, true, false, false},
		{"http_reqs", "rate>1", 5, true, false, false},
		{"my_gone", "avg>0", 0, true, true, false},
	};
	struct stk_metrics metrics;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_load_summary summary = {.metrics = &metrics,
		.thresholds = thresholds,
		.thresholds_len = STK_ARRAY_LEN(thresholds)};

	(void)state;
	fill(&metrics);
	stk_load_summary_format(&summary, &buf);
	stk_golden_check("report/load_summary.txt", stk_buf_str(&buf));
	assert_null(strstr(buf.ptr, "http_req_waiting"));
	stk_buf_clear(&buf);
	summary.full = true;
	stk_load_summary_format(&summary, &buf);
	assert_non_null(strstr(buf.ptr, "http_req_waiting"));
	stk_metrics_release(&metrics);
	stk_buf_release(&buf);
}

/* k6 7.1: rates are cut, not rounded: 2 of 3 is `66.66%` | the same | - */
static void load_summary_format__cuts_percentages_as_k6_does(void **state)
{
	struct stk_metrics metrics;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_load_summary summary = {.metrics = &metrics};

	(void)state;
	fill(&metrics);
	stk_load_summary_format(&summary, &buf);
	assert_non_null(strstr(buf.ptr, "66.66% 2 out of 3"));
	assert_non_null(strstr(buf.ptr, "checks_succeeded...: 44.44% 8 out of 18"));
	assert_non_null(strstr(buf.ptr, "↳  33% — ✓ 2 / ✗ 4"));
	stk_metrics_release(&metrics);
	stk_buf_release(&buf);
}

static void add_section(struct stk_sections *sections, const char *scenario, const char *group)
{
	struct stk_section *section = stk_sections_put(sections, scenario, group);

	for (int i = 0; i < 8; i++)
		stk_metric_add(put(&section->metrics, "http_reqs", "", STK_METRIC_COUNTER,
				       STK_METRIC_DEFAULT),
			1);
	put(&section->metrics, "my_never", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT);
	if (group[0])
		add_check(&section->metrics, "is 200", 1, 1);
}

/* k6 7.1, 09: `--summary-mode=full`: SCENARIO blocks, the groups of each below it; those of a
 * scenario named default by themselves | `--summary full` | each percentage stands two blanks below
 * its check, in k6 ever further in */
static void load_summary_format__shows_scenarios_and_groups(void **state)
{
	struct stk_metrics metrics;
	struct stk_sections sections;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_load_summary summary = {.metrics = &metrics, .sections = &sections};

	(void)state;
	stk_metrics_init(&metrics);
	metrics.duration_s = 4;
	stk_sections_init(&sections);
	add_section(&sections, "default", "");
	add_section(&sections, "default", "::top");
	add_section(&sections, "s", "");
	add_section(&sections, "s", "::a");
	add_section(&sections, "s", "::a::b");
	stk_load_summary_format(&summary, &buf);
	stk_golden_check("report/load_sections.txt", stk_buf_str(&buf));
	stk_sections_release(&sections);
	stk_metrics_release(&metrics);
	stk_buf_release(&buf);
}

static void load_summary_format__of_nothing_is_no_crash(void **state)
{
	struct stk_metrics metrics;
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_load_summary summary = {.metrics = &metrics};

	(void)state;
	stk_metrics_init(&metrics);
	stk_load_summary_format(&summary, &buf);
	assert_string_equal(buf.ptr, "\n  █ TOTAL RESULTS \n\n");
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load_summary_format__looks_like_k6),
		cmocka_unit_test(load_summary_format__cuts_percentages_as_k6_does),
		cmocka_unit_test(load_summary_format__shows_scenarios_and_groups),
		cmocka_unit_test(load_summary_format__of_nothing_is_no_crash),
	};
	return cmocka_run_group_tests_name("load_summary", tests, NULL, NULL);
}
