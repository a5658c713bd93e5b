/* test_report_json: the report for programs: raw numbers, findings first. */
#include "core/report/report_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/record/run_store.h"
#include "tests/support/golden.h"

static void format_run(const char *path, struct stk_buf *buf)
{
	struct stk_run run;
	struct stk_doc doc;
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(&run);
	if (stk_run_store_read(path, &run, &err) < 0)
		fail_msg("%s", err.msg);
	stk_doc_init(&doc, &run);
	stk_report_json_format(&doc, buf);
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void report_json_format__holds_findings_with_raw_numbers(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_json *report = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	format_run("tests/fixtures/runs/regression.json", &buf);
	stk_golden_check("report/regression.json", stk_buf_str(&buf));
	assert_int_equal(stk_json_parse(stk_buf_str(&buf), &report, &err), 0);
	struct stk_json *findings = stk_json_get(report, "findings");
	assert_int_equal(stk_json_len(findings), 3);
	const struct stk_json *first = stk_json_at(findings, 0);
	assert_string_equal(stk_json_text(stk_json_get(first, "name"), ""), "pricing.apply_rules");
	assert_string_equal(stk_json_text(stk_json_get(first, "verdict"), ""), "regression");
	assert_true(stk_json_real(stk_json_get(first, "lo"), 0) == 0.302);
	assert_int_equal(stk_json_int(stk_json_get(report, "schema"), 0), STK_REPORT_SCHEMA);
	stk_json_free(report);
	stk_buf_release(&buf);
}

static void report_json_format__marks_what_was_accepted(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_json *report = NULL;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	stk_run_init(&run);
	assert_int_equal(stk_run_store_read("tests/fixtures/runs/regression.json", &run, NULL), 0);
	/* until the end of 2026-12-22 */
	run.comparisons.items[0].rows.items[0].accepted =
		(struct stk_acceptance){"new rules", "ada", INT64_C(1797984000000000000)};
	stk_doc_init(&doc, &run);
	stk_report_json_format(&doc, &buf);
	assert_int_equal(stk_json_parse(stk_buf_str(&buf), &report, NULL), 0);
	struct stk_json *findings = stk_json_get(report, "findings");
	assert_true(
		stk_str_is(stk_json_str(stk_json_pointer(findings, STK_STR("/0/accepted/until"))),
			"2026-12-22"));
	assert_null(stk_json_get(stk_json_at(findings, 1), "accepted"));
	stk_json_free(report);
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&buf);
}

static void report_json_format__is_json_whatever_names_hold(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_json *report = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	format_run("tests/fixtures/runs/hostile.json", &buf);
	assert_int_equal(stk_json_parse(stk_buf_str(&buf), &report, &err), 0);
	stk_json_free(report);
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_json_format__holds_findings_with_raw_numbers),
		cmocka_unit_test(report_json_format__marks_what_was_accepted),
		cmocka_unit_test(report_json_format__is_json_whatever_names_hold),
	};
	return cmocka_run_group_tests_name("report_json", tests, NULL, NULL);
}
