/* test_format: the forms for machines of recorded runs, and what they must never hold. */
#include "core/report/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "core/report/code_quality.h"
#include "core/report/finding.h"
#include "core/report/junit.h"
#include "core/report/sarif.h"
#include "tests/support/golden.h"

static void read_run(const char *name, struct stk_run *run)
{
	char *path = stk_xasprintf("tests/fixtures/runs/%s.json", name);
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(run);
	if (stk_run_store_read(path, run, &err) < 0)
		fail_msg("%s", err.msg);
	run->version = "v0.1";
	for (size_t i = 0; i < run->comparisons.len; i++)
		if (run->comparisons.items[i].rows.len > 0) {
			struct stk_row *row = run->comparisons.items[i].rows.items;
			row->function.path = "demo/a file.lua";
		}
	free(path);
}

static void check_page(const char *run_name, const char *format, const char *golden)
{
	struct stk_format_opts opts = {.term = {.width = 80}};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_run run;
	struct stk_doc doc;

	read_run(run_name, &run);
	stk_doc_init(&doc, &run);
	stk_format_find(format)->format(&doc, &opts, &buf);
	stk_golden_check(golden, stk_buf_str(&buf));
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&buf);
}

static void formats__print_the_committed_pages(void **state)
{
	(void)state;
	check_page("regression", "junit", "report/regression.junit.xml");
	check_page("regression", "codequality", "report/regression.codequality.json");
	check_page("nothing", "codequality", "report/nothing.codequality.json");
	check_page("threshold", "junit", "report/threshold.junit.xml");
	check_page("cannot_tell", "junit", "report/cannot_tell.junit.xml");
	check_page("hostile", "junit", "report/hostile.junit.xml");
	check_page("regression", "markdown", "report/regression.md");
}

static struct stk_json *parse(const struct stk_buf *buf)
{
	struct stk_json *json = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_json_parse(stk_buf_str(buf), &json, &err) < 0)
		fail_msg("%s", err.msg);
	return json;
}

static const char *text_at(struct stk_json *json, const char *pointer)
{
	return stk_json_text(stk_json_pointer(json, stk_str_of(pointer)), "");
}

static void sarif_format__has_what_github_needs(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("regression", &run);
	stk_doc_init(&doc, &run);
	stk_sarif_format(&doc, &buf);
	struct stk_json *json = parse(&buf);
	assert_string_equal(text_at(json, "/version"), "2.1.0");
	assert_string_equal(text_at(json, "/runs/0/automationDetails/id"), "stoker/shop/");
	assert_string_equal(
		text_at(json,
			"/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri"),
		"demo/a%20file.lua");
	assert_string_equal(text_at(json, "/runs/0/results/0/ruleId"),
		text_at(json, "/runs/0/tool/driver/rules/0/id"));
	assert_int_equal(stk_json_len(stk_json_pointer(json, STK_STR("/runs/0/results"))), 2);
	assert_int_equal(
		strlen(text_at(json, "/runs/0/results/0/partialFingerprints/stokerFunction~1v1")),
		32);
	stk_json_free(json);
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&buf);
}

/* Lines move, the fingerprint stays; accepted rows and rows outside the repository are left out. */
static void findings__are_the_open_ones_in_the_repository(void **state)
{
	struct stk_buf first = STK_BUF_EMPTY, again = STK_BUF_EMPTY, page = STK_BUF_EMPTY;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("regression", &run);
	struct stk_row *row = run.comparisons.items[0].rows.items;
	struct stk_row *other = run.comparisons.items[1].rows.items;
	stk_doc_init(&doc, &run);
	stk_finding_add_print(&doc.findings.items[0], &first);
	row->function.line += 7;
	stk_finding_add_print(&doc.findings.items[0], &again);
	assert_string_equal(first.ptr, again.ptr);
	row->accepted.reason = "meant";
	other->function.path = "../../x";
	other->link.via.path = NULL;
	stk_code_quality_format(&doc, &page);
	assert_string_equal(page.ptr, "[]\n");
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&first);
	stk_buf_release(&again);
	stk_buf_release(&page);
}

static void formats__hold_nothing_that_breaks_out(void **state)
{
	struct stk_format_opts opts = {.term = {.width = 80}};
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("hostile", &run);
	stk_doc_init(&doc, &run);
	for (const struct stk_format *one = stk_formats; one->name; one++) {
		struct stk_buf buf = STK_BUF_EMPTY;
		one->format(&doc, &opts, &buf);
		assert_true(stk_str_is_utf8(stk_buf_str(&buf)));
		assert_null(strchr(buf.ptr, '\x1b'));
		if (strcmp(one->name, "junit") == 0)
			assert_null(strstr(buf.ptr, "<img"));
		stk_buf_release(&buf);
	}
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void format_find__knows_the_names(void **state)
{
	(void)state;
	assert_non_null(stk_format_find("sarif"));
	assert_null(stk_format_find("pdf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats__print_the_committed_pages),
		cmocka_unit_test(sarif_format__has_what_github_needs),
		cmocka_unit_test(findings__are_the_open_ones_in_the_repository),
		cmocka_unit_test(formats__hold_nothing_that_breaks_out),
		cmocka_unit_test(format_find__knows_the_names),
	};
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
