/* test_run_json: a run survives being written and read; hostile documents are refused by place. */
#include "core/record/run_json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/run_fixture.h"

static void run_json_parse__gives_back_what_was_written(void **state)
{
	struct stk_run run, again;
	struct stk_buf first = STK_BUF_EMPTY, second = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_run_fixture_full(&run);
	stk_run_init(&again);
	stk_run_json_format(&run, &first);
	assert_int_equal(stk_run_json_parse(stk_buf_str(&first), &again, &err), 0);
	stk_run_json_format(&again, &second);
	assert_string_equal(first.ptr, second.ptr);
	assert_string_equal(again.id, run.id);
	assert_int_equal(again.slices.items[0].total, INT64_C(9007199254740993));
	assert_true(isnan(again.comparisons.items[0].rows.items[0].mde));
	assert_null(again.comparisons.items[0].rows.items[0].partner.name);
	assert_int_equal(again.windows.items[0].side, STK_SIDE_NONE);
	assert_null(again.sides[STK_SIDE_BASE].title);
	stk_run_release(&run);
	stk_run_release(&again);
	stk_buf_release(&first);
	stk_buf_release(&second);
}

static void run_json_parse__histograms_and_series_merge_exactly(void **state)
{
	struct stk_run run, again;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_run_fixture_full(&run);
	stk_run_init(&again);
	stk_run_json_format(&run, &text);
	assert_int_equal(stk_run_json_parse(stk_buf_str(&text), &again, &err), 0);
	stk_metrics_merge(&again.metrics, &run.metrics);
	stk_metrics_merge(&run.metrics, &run.metrics);
	struct stk_metric *a = stk_metrics_find(&again.metrics, "http_req_duration", "");
	struct stk_metric *b = stk_metrics_find(&run.metrics, "http_req_duration", "");
	assert_int_equal(a->hist.count, b->hist.count);
	assert_true(stk_hist_quantile(&a->hist, 0.95) == stk_hist_quantile(&b->hist, 0.95));
	double before = stk_series_sum(&run.series, STK_SIDE_HEAD, NULL, NULL, 0, INT64_MAX);
	stk_series_merge(&again.series, &run.series);
	assert_true(stk_series_sum(&again.series, STK_SIDE_HEAD, NULL, NULL, 0, INT64_MAX) ==
		    2 * before);
	assert_true(before > 0);
	stk_run_release(&run);
	stk_run_release(&again);
	stk_buf_release(&text);
}

/* Replace the first `from` in the full document by `to`; what reading it says. */
static int parse_changed(const char *from, const char *to, struct stk_err *err)
{
	struct stk_run run, again;
	struct stk_buf text = STK_BUF_EMPTY, changed = STK_BUF_EMPTY;

	stk_run_fixture_full(&run);
	stk_run_init(&again);
	stk_run_json_format(&run, &text);
	ptrdiff_t at = stk_str_find(stk_buf_str(&text), stk_str_of(from));
	assert_true(at >= 0);
	stk_buf_add(&changed, text.ptr, (size_t)at);
	stk_buf_add_text(&changed, to);
	stk_buf_add_text(&changed, text.ptr + at + strlen(from));
	int rc = stk_run_json_parse(stk_buf_str(&changed), &again, err);
	stk_run_release(&run);
	stk_run_release(&again);
	stk_buf_release(&text);
	stk_buf_release(&changed);
	return rc;
}

struct change {
	const char *from, *to;
	int code;
	const char *says;
};

static void run_json_parse__refuses_by_place(void **state)
{
	static const struct change changes[] = {
		{"\"stoker.run\"", "\"other\"", STK_E_FORMAT, "not a run record"},
		{"\"schema\": 1", "\"schema\": 2", STK_E_FORMAT, "schema 2, this stoker reads 1"},
		{"\"schema\": 1", "\"schema\": \"1\"", STK_E_FORMAT, "schema"},
		{"\"mode\": \"paired\"", "\"mode\": \"evil\"", STK_E_FORMAT,
			"mode: unknown word 'evil'"},
		{"\"kind\":\"block\"", "\"kind\":7", STK_E_FORMAT,
			"windows: [1]: kind: a word expected"},
		{"\"requests\":4800,", "\"requests\":-1,", STK_E_FORMAT,
			"windows: [1]: requests: -1 is"},
		{"\"requests\":4800,", "\"requests\":1.5,", STK_E_FORMAT,
			"a whole number expected"},
		{"\"requests\":4800,", "", STK_E_FORMAT, "windows: [1]: requests: is missing"},
		{"\"counted\":true", "\"counted\":1", STK_E_FORMAT,
			"slices: [0]: counted: true or false"},
		{"\"type_id\":\"process_cpu", "\"type_id\":\"a\\u0000", STK_E_FORMAT, ""},
		{"\"id\": \"2026", "\"id\": null, \"x\": \"2026", STK_E_FORMAT,
			"id: text expected"},
		{"\"exit_code\": 10", "\"exit_code\": 256", STK_E_FORMAT,
			"256 is not within 0 to 255"},
		{"\"buckets\":[", "\"buckets\":[3,", STK_E_FORMAT, "buckets hold"},
		{"\"buckets\":[", "\"buckets\":[-9000,", STK_E_TOO_LARGE, "more than 8192 counts"},
		{"\"buckets\":[", "\"buckets\":[-9223372036854775808,", STK_E_TOO_LARGE, "8192"},
		{"\"steps\":[", "\"steps\":[-864001,", STK_E_TOO_LARGE, "864000"},
		{"\"steps\":[", "\"steps\":[4294967296,", STK_E_FORMAT, "over"},
		{"\"side\":1,\"scenario\"", "\"side\":2,\"scenario\"", STK_E_FORMAT,
			"no such side"},
		{"\"step_ns\":100000000", "\"step_ns\":1", STK_E_FORMAT, "step that cannot be"},
		{"\"end_ns\":1764000010", "\"end_ns\":1664000010", STK_E_FORMAT,
			"ends before it starts"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct stk_err err = STK_ERR_INIT;
		int rc = parse_changed(changes[i].from, changes[i].to, &err);
		if (rc != changes[i].code || !strstr(err.msg, changes[i].says))
			fail_msg("%s -> %s: %d %s", changes[i].from, changes[i].to, rc, err.msg);
	}
}

static void run_json_parse__passes_over_unknown_members(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(
		parse_changed("\"schema\": 1", "\"schema\": 1, \"new\": {\"a\":[1]}", &err), 0);
	assert_int_equal(
		parse_changed("\"counted\":true", "\"counted\":true,\"later\":0", &err), 0);
}

static void run_json_parse__needs_no_optional_member(void **state)
{
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(parse_changed("\"reason\":null", "\"other\":null", &err), 0);
	assert_int_equal(parse_changed("\"mde\":null,", "", &err), 0);
}

/* Every prefix of a document is refused, none is half believed. */
static void run_json_parse__refuses_every_cut(void **state)
{
	struct stk_run run;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_run_fixture_full(&run);
	stk_run_json_format(&run, &text);
	for (size_t len = 0; len + 2 < text.len; len += 97) {
		struct stk_run again;
		struct stk_err err = STK_ERR_INIT;
		stk_run_init(&again);
		assert_int_equal(
			stk_run_json_parse(stk_str_n(text.ptr, len), &again, &err), STK_E_FORMAT);
		stk_run_release(&again);
	}
	stk_run_release(&run);
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_json_parse__gives_back_what_was_written),
		cmocka_unit_test(run_json_parse__histograms_and_series_merge_exactly),
		cmocka_unit_test(run_json_parse__refuses_by_place),
		cmocka_unit_test(run_json_parse__passes_over_unknown_members),
		cmocka_unit_test(run_json_parse__needs_no_optional_member),
		cmocka_unit_test(run_json_parse__refuses_every_cut),
	};
	return cmocka_run_group_tests_name("run_json", tests, NULL, NULL);
}
