/* test_doc: what stands in the document of a run, and the palette of its tones. */
#include "core/report/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/record/run_store.h"
#include "core/report/format.h"
#include "core/report/html.h"
#include "core/report/palette.h"
#include "core/report/parts.h"

static void read_run(const char *path, struct stk_run *run)
{
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(run);
	if (stk_run_store_read(path, run, &err) < 0)
		fail_msg("%s", err.msg);
}

static const struct stk_doc_section *find_section(const struct stk_doc *doc, const char *id)
{
	for (size_t i = 0; i < doc->sections.len; i++)
		if (strcmp(doc->sections.items[i].id, id) == 0)
			return &doc->sections.items[i];
	return NULL;
}

static void doc_init__of_an_empty_run_has_a_verdict(void **state)
{
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	stk_run_init(&run);
	stk_doc_init(&doc, &run);
	assert_string_equal(doc.headline, "RUN");
	assert_int_equal(doc.findings.len, 0);
	assert_true(doc.sections.items[0].blocks.len > 0);
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void doc_init__puts_findings_where_their_type_is(void **state)
{
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("tests/fixtures/runs/regression.json", &run);
	stk_doc_init(&doc, &run);
	assert_int_equal(doc.tone, STK_DOC_BAD);
	assert_int_equal(doc.findings.len, 3);
	assert_string_equal(doc.findings.items[0].row->function.name, "pricing.apply_rules");
	assert_non_null(find_section(&doc, "cpu"));
	assert_non_null(find_section(&doc, "alloc_space"));
	assert_non_null(find_section(&doc, "renamed"));
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void doc_init__of_no_finding_has_no_table_of_functions(void **state)
{
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("tests/fixtures/runs/nothing.json", &run);
	stk_doc_init(&doc, &run);
	assert_int_equal(doc.tone, STK_DOC_GOOD);
	assert_null(find_section(&doc, "cpu"));
	assert_null(find_section(&doc, "renamed"));
	stk_doc_release(&doc);
	stk_run_release(&run);
	read_run("tests/fixtures/runs/cannot_tell.json", &run);
	stk_doc_init(&doc, &run);
	assert_int_equal(doc.tone, STK_DOC_WARN);
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void palette_start__is_nothing_without_colour(void **state)
{
	(void)state;
	for (int tone = STK_DOC_PLAIN; tone <= STK_DOC_DIM; tone++)
		assert_string_equal(stk_palette_start((enum stk_doc_tone)tone, false), "");
	assert_string_equal(stk_palette_end(false), "");
	assert_string_equal(stk_palette_start(STK_DOC_PLAIN, true), "");
	assert_int_equal(stk_palette_start(STK_DOC_BAD, true)[0], '\033');
}

static struct stk_run *linked_run(const char *url)
{
	struct stk_run *run = stk_xcalloc(1, sizeof *run);

	stk_run_init(run);
	run->id = run->name = "shop";
	run->version = run->command = "";
	run->headline = "HOTSPOTS";
	stk_vec_push(
		&run->links, (struct stk_report_link){"grafana", "cpu, idle beside load", url});
	return run;
}

static void assert_link(const char *url, const char *format, const char *wanted)
{
	struct stk_run *run = linked_run(url);
	struct stk_format_opts opts = {.term = {.width = 60}};
	struct stk_flames none = STK_VEC_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_doc doc;

	stk_doc_init(&doc, run);
	if (strcmp(format, "html") == 0)
		stk_html_format(&doc, &none, &text);
	else
		stk_format_find(format)->format(&doc, &opts, &text);
	if (wanted && !strstr(text.ptr, wanted))
		fail_msg("no '%s' in\n%s", wanted, text.ptr);
	if (!wanted)
		assert_null(strstr(text.ptr, "idle beside load"));
	stk_doc_release(&doc);
	stk_buf_release(&text);
	stk_run_release(run);
	free(run);
}

static void doc_links__are_whole_and_clean(void **state)
{
	static const char url[] = "https://g/a/grafana-pyroscope-app/explore?explorationType="
				  "diff-flame-graph&var-serviceName=orders%20x&from=1767225000000";
	static const char *const bad[] = {"javascript:alert(1)", "https://g/\" onclick=\"x",
		"https://g/) [x](http://evil", "https://g/ x", "https://g/\n", "data:text/html,x"};

	(void)state;
	assert_link(url, "term",
		"grafana     https://g/a/grafana-pyroscope-app/explore?explorationType="
		"diff-flame-graph&var-serviceName=orders%20x&from=1767225000000  (cpu, idle "
		"beside load)\n");
	assert_link(url, "markdown",
		"**grafana** [cpu, idle beside load](https://g/a/grafana-pyroscope-app/explore?");
	assert_link(url, "html",
		"<a rel=\"noreferrer noopener\" href=\"https://g/a/grafana-pyroscope-app/explore?"
		"explorationType=diff-flame-graph&#38;var-serviceName=orders%20x");
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		assert_false(stk_doc_is_url(bad[i]));
		assert_link(bad[i], "term", NULL);
		assert_link(bad[i], "markdown", NULL);
		assert_link(bad[i], "html", NULL);
	}
	/* a comment is public, and its record may be a stranger's */
	assert_link(url, "comment", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doc_init__of_an_empty_run_has_a_verdict),
		cmocka_unit_test(doc_init__puts_findings_where_their_type_is),
		cmocka_unit_test(doc_init__of_no_finding_has_no_table_of_functions),
		cmocka_unit_test(doc_links__are_whole_and_clean),
		cmocka_unit_test(palette_start__is_nothing_without_colour),
	};
	return cmocka_run_group_tests_name("doc", tests, NULL, NULL);
}
