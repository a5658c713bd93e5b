/* test_parts_groups: packages and callers stand in every form of the report, folded ones in none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/record/run_store.h"
#include "core/report/comment.h"
#include "core/report/doc.h"
#include "core/report/format.h"
#include "core/report/html.h"
#include "core/report/parts.h"

struct fixture {
	struct stk_run run;
	struct stk_doc doc;
	struct stk_buf out;
};

static struct stk_row a_group(const char *name, const char *file, enum stk_verdict verdict)
{
	return (struct stk_row){.function = {name, file, 12, NULL},
		.base_cost = 440000,
		.head_cost = 490000,
		.n_base = 1584,
		.n_head = 1700,
		.change = 0.114,
		.lo = 0.06,
		.hi = 0.17,
		.level = 0.98,
		.q = 0.004,
		.impact = 0.05,
		.share = 0.2,
		.tested = true,
		.verdict = verdict};
}

/* A recorded run with two groups that were found and one that was folded. */
static void fixture_init(struct fixture *f)
{
	struct stk_comparison *cpu;
	struct stk_err err = STK_ERR_INIT;

	f->out = (struct stk_buf)STK_BUF_EMPTY;
	stk_run_init(&f->run);
	if (stk_run_store_read("tests/fixtures/runs/regression.json", &f->run, &err) < 0)
		fail_msg("%s", err.msg);
	cpu = &f->run.comparisons.items[0];
	stk_vec_push(&cpu->packages, a_group("shop/<json>", "", STK_VERDICT_REGRESSION));
	stk_vec_push(&cpu->inclusive,
		a_group("orders.handle", "demo/orders.lua", STK_VERDICT_REGRESSION));
	stk_vec_push(
		&cpu->inclusive, a_group("orders.folded", "demo/orders.lua", STK_VERDICT_NONE));
}

static void fixture_release(struct fixture *f)
{
	stk_buf_release(&f->out);
	stk_doc_release(&f->doc);
	stk_run_release(&f->run);
}

static void forget_functions(struct fixture *f)
{
	for (size_t i = 0; i < f->run.comparisons.len; i++) {
		f->run.comparisons.items[i].rows.len = 0;
		f->run.comparisons.items[i].total.verdict = STK_VERDICT_NO_CHANGE;
	}
	for (size_t i = 0; i < f->run.totals.len; i++)
		f->run.totals.items[i].row.verdict = STK_VERDICT_NO_CHANGE;
}

static void groups__are_in_the_document_unless_folded(void **state)
{
	struct fixture f;
	const struct stk_doc_section *section = NULL;

	(void)state;
	fixture_init(&f);
	stk_doc_init(&f.doc, &f.run);
	assert_int_equal(f.doc.groups.len, 2);
	assert_true(f.doc.groups.items[0].is_package);
	for (size_t i = 0; i < f.doc.sections.len; i++)
		if (strcmp(f.doc.sections.items[i].id, "groups") == 0)
			section = &f.doc.sections.items[i];
	assert_non_null(section);
	assert_int_equal(section->blocks.items[0].table.rows.len, 2);
	assert_string_equal(section->blocks.items[0].table.rows.items[0].cells[7].text,
		"package · CPU per request");
	assert_string_equal(section->blocks.items[0].table.rows.items[1].cells[7].text,
		"with all it calls · CPU per request · demo/orders.lua:12");
	fixture_release(&f);
}

static void assert_format(const char *format, const char *package, const char *caller)
{
	struct stk_format_opts opts = {.term = {.width = 160}};
	struct fixture f;

	fixture_init(&f);
	stk_doc_init(&f.doc, &f.run);
	stk_format_find(format)->format(&f.doc, &opts, &f.out);
	if (!strstr(f.out.ptr, package) || !strstr(f.out.ptr, caller) ||
		strstr(f.out.ptr, "orders.folded") != NULL)
		fail_msg("%s: %s", format, f.out.ptr);
	fixture_release(&f);
}

static void groups__are_in_every_format(void **state)
{
	(void)state;
	assert_format("markdown", "- package shop/&#60;json&#62;: CPU",
		"- orders.handle with all it calls");
	assert_format("json", "\"kind\": \"package\"", "\"kind\": \"inclusive\"");
	assert_format("term", "package · CPU per request", "with all it calls");
	assert_format("junit", "shop/&lt;json&gt; (package)", "orders.handle (with all it calls)");
	assert_format("comment", "- package shop/", "- orders.handle with all it calls");
}

static void groups__are_a_table_of_the_page(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	stk_doc_init(&f.doc, &f.run);
	stk_html_format(&f.doc, NULL, &f.out);
	assert_non_null(strstr(f.out.ptr, "<h2>Packages and callers</h2>"));
	assert_non_null(strstr(f.out.ptr, ">shop/&#60;json&#62;<"));
	assert_non_null(strstr(f.out.ptr, ">orders.handle<"));
	assert_null(strstr(f.out.ptr, "orders.folded"));
	fixture_release(&f);
}

static void groups__lead_where_no_function_was_found(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	forget_functions(&f);
	stk_doc_init(&f.doc, &f.run);
	assert_string_equal(f.doc.sections.items[0].blocks.items[0].line.text,
		"2 packages and callers dearer per request");
	stk_comment_format_title(&f.doc, &f.out);
	assert_non_null(strstr(f.out.ptr, "package shop/<json> costs 11"));
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups__are_in_the_document_unless_folded),
		cmocka_unit_test(groups__are_in_every_format),
		cmocka_unit_test(groups__are_a_table_of_the_page),
		cmocka_unit_test(groups__lead_where_no_function_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
