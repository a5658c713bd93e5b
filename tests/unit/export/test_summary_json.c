/* test_summary_json: the shape of --summary-export, as k6 recorded it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/export/summary_json.h"

static struct stk_json *format(struct stk_metrics *metrics,
	const struct stk_threshold_result *thresholds, size_t len, const char *stats_text)
{
	struct stk_trend_stats stats = {STK_VEC_INIT};
	const struct stk_summary_json summary = {metrics, thresholds, len, &stats};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *document = NULL;

	assert_int_equal(stk_trend_stats_parse(stats_text, &stats, NULL), 0);
	stk_summary_json_format(&summary, &text);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &document, NULL), 0);
	stk_trend_stats_release(&stats);
	stk_buf_release(&text);
	return document;
}

static void add_check(struct stk_metrics *metrics, const char *group, const char *name)
{
	struct stk_check_count *check = stk_vec_push_new(&metrics->checks);

	check->group = stk_str_dup(stk_str_of(group));
	check->name = stk_str_dup(stk_str_of(name));
	check->passes = 6;
	check->fails = 1;
}

/* Ids are those of k6 2.2.0 for the same paths. */
/* k6 7.2, 09: `--summary-export`: `root_group` with md5 ids | the same | keys are sorted */
static void summary_json__nests_groups_with_k6_s_ids(void **state)
{
	struct stk_metrics metrics;
	struct stk_json *document;

	(void)state;
	stk_metrics_init(&metrics);
	add_check(&metrics, "::outer::inner", "is 200");
	add_check(&metrics, "::outer", "odd");
	add_check(&metrics, "", "root one");
	document = format(&metrics, NULL, 0, NULL);
	assert_string_equal(
		stk_json_text(stk_json_pointer(document, STK_STR("/root_group/id")), ""),
		"d41d8cd98f00b204e9800998ecf8427e");
	assert_string_equal(
		stk_json_text(stk_json_pointer(document,
				      STK_STR("/root_group/groups/outer/groups/inner/id")),
			""),
		"b6c425bc7b9e3d21a2d56ce7a6de3614");
	assert_string_equal(
		stk_json_text(
			stk_json_pointer(document,
				STK_STR("/root_group/groups/outer/groups/inner/checks/is 200/id")),
			""),
		"6725000f84f8fcff6a87227bb109b94d");
	assert_string_equal(
		stk_json_text(stk_json_pointer(document,
				      STK_STR("/root_group/groups/outer/checks/odd/path")),
			""),
		"::outer::odd");
	assert_int_equal(stk_json_int(stk_json_pointer(document,
					      STK_STR("/root_group/checks/root one/fails")),
				 -1),
		1);
	stk_json_free(document);
	stk_metrics_release(&metrics);
}

/* k6 13: `thresholds` of the export: true means crossed | the same, for the tools that read it |
 * the record says `ok` */
static void summary_json__has_each_type_and_what_failed(void **state)
{
	const struct stk_threshold_result thresholds[] = {
		{.metric = "m_rate", .expr = "rate>0.9", .ok = false},
		{.metric = "m_trend{a:b}", .expr = "avg<1", .ok = true, .no_data = true}};
	struct stk_metrics metrics;
	struct stk_metric *rate;
	struct stk_json *all, *one;

	(void)state;
	stk_metrics_init(&metrics);
	metrics.duration_s = 2;
	stk_metric_add(stk_metrics_put(&metrics, "m_count", "", STK_METRIC_COUNTER, 0), 5);
	stk_metric_add(stk_metrics_put(&metrics, "m_gauge", "", STK_METRIC_GAUGE, 0), 7);
	rate = stk_metrics_put(&metrics, "m_rate", "", STK_METRIC_RATE, 0);
	stk_metric_add(rate, 1);
	stk_metric_add(rate, 0);
	stk_metric_add(stk_metrics_put(&metrics, "m_trend", "", STK_METRIC_TREND, 1), 10);
	(void)stk_metrics_put(&metrics, "m_trend", "a:b", STK_METRIC_TREND, 1);
	(void)stk_metrics_put(&metrics, "m_unused", "", STK_METRIC_TREND, 1);
	all = format(&metrics, thresholds, 2, "avg,p(99),count");
	one = stk_json_get(all, "metrics");
	assert_int_equal(stk_json_len(one), 5);
	assert_true(stk_json_real(stk_json_pointer(one, STK_STR("/m_count/rate")), 0) == 2.5);
	assert_int_equal(stk_json_int(stk_json_pointer(one, STK_STR("/m_gauge/max")), 0), 7);
	assert_int_equal(stk_json_int(stk_json_pointer(one, STK_STR("/m_rate/fails")), 0), 1);
	assert_true(stk_json_bool(
		stk_json_pointer(one, STK_STR("/m_rate/thresholds/rate>0.9")), false));
	assert_false(stk_json_bool(
		stk_json_pointer(one, STK_STR("/m_trend{a:b}/thresholds/avg<1")), true));
	assert_int_equal(stk_json_len(stk_json_get(one, "m_trend")), 3);
	assert_int_equal(stk_json_int(stk_json_pointer(one, STK_STR("/m_trend/p(99)")), 0), 10);
	assert_null(stk_json_get(one, "m_unused"));
	stk_json_free(all);
	stk_metrics_release(&metrics);
}

/* k6 7.2: the shape of `data`: metrics, root_group, options, state, setup_data | the same | the
 * duration is that of the load alone */
static void summary_json_data__lists_groups_and_nests_values(void **state)
{
	const struct stk_threshold_result thresholds[] = {
		{.metric = "m_rate", .expr = "rate>0.9", .ok = false},
		{.metric = "m_trend{a:b}", .expr = "avg<1", .ok = true, .no_data = true}};
	const struct stk_summary_streams streams = {.out_tty = true, .color = true};
	struct stk_trend_stats stats = {STK_VEC_INIT};
	struct stk_metrics metrics;
	struct stk_json *data;

	(void)state;
	stk_metrics_init(&metrics);
	metrics.duration_s = 1.5;
	stk_metric_add(stk_metrics_put(&metrics, "m_rate", "", STK_METRIC_RATE, 0), 1);
	(void)stk_metrics_put(&metrics, "m_trend", "a:b", STK_METRIC_TREND, 1);
	add_check(&metrics, "::outer::inner", "is 200");
	add_check(&metrics,
		"::outer::inner::a::b::c::d::e::f::g::h::i::j::k::l::m::n::o::p::q::r::"
		"s::t::u::v::w",
		"deep");
	assert_int_equal(stk_trend_stats_parse("p(99)", &stats, NULL), 0);
	data = stk_summary_json_data(
		&(struct stk_summary_json){&metrics, thresholds, 2, &stats}, &streams);
	assert_int_equal(
		stk_json_int(stk_json_pointer(data, STK_STR("/metrics/m_rate/values/rate")), 0), 1);
	assert_false(stk_json_bool(
		stk_json_pointer(data, STK_STR("/metrics/m_rate/thresholds/rate>0.9/ok")), true));
	assert_true(stk_json_bool(
		stk_json_pointer(data, STK_STR("/metrics/m_trend{a:b}/thresholds/avg<1/ok")),
		false));
	assert_string_equal(
		stk_json_text(
			stk_json_pointer(data, STK_STR("/metrics/m_trend{a:b}/contains")), ""),
		"time");
	assert_int_equal(stk_json_int(stk_json_pointer(data,
					      STK_STR("/root_group/groups/0/groups/0/checks/0/"
						      "passes")),
				 0),
		6);
	assert_true(stk_json_real(stk_json_pointer(data, STK_STR("/state/testRunDurationMs")), 0) ==
		    1500);
	assert_true(stk_json_bool(stk_json_pointer(data, STK_STR("/state/isStdOutTTY")), false));
	assert_false(stk_json_bool(stk_json_pointer(data, STK_STR("/options/noColor")), true));
	struct stk_json *group = stk_json_get(data, "root_group");
	int depth = 0;
	for (; stk_json_len(stk_json_get(group, "groups")) > 0; depth++)
		group = stk_json_at(stk_json_get(group, "groups"), 0);
	assert_int_equal(depth, 24);
	assert_string_equal(stk_json_text(stk_json_get(group, "name"), ""), "v::w");
	stk_json_free(data);
	stk_trend_stats_release(&stats);
	stk_metrics_release(&metrics);
}

/* k6 7.1: `--summary-trend-stats`: `avg,…,p(N),count` | the same | - */
static void trend_stats_parse__names_the_word(void **state)
{
	static const char *const bad[] = {"avg,mode", "p(101)", "p()", "p(x)", "avg,,max"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct stk_trend_stats stats = {STK_VEC_INIT};
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(stk_trend_stats_parse(bad[i], &stats, &err), STK_E_INVAL);
		assert_non_null(strstr(err.msg, "no statistic"));
		stk_trend_stats_release(&stats);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summary_json__nests_groups_with_k6_s_ids),
		cmocka_unit_test(summary_json__has_each_type_and_what_failed),
		cmocka_unit_test(summary_json_data__lists_groups_and_nests_values),
		cmocka_unit_test(trend_stats_parse__names_the_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
