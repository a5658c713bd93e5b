/* test_markdown: reports as Markdown, and names that try to break out of it. */
#include "core/report/markdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "tests/support/golden.h"

static void format_run(const char *name, struct stk_buf *buf)
{
	char *path = stk_xasprintf("tests/fixtures/runs/%s.json", name);
	struct stk_run run;
	struct stk_doc doc;
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(&run);
	if (stk_run_store_read(path, &run, &err) < 0)
		fail_msg("%s", err.msg);
	stk_doc_init(&doc, &run);
	stk_markdown_format(&doc, buf);
	stk_doc_release(&doc);
	stk_run_release(&run);
	free(path);
}

static void markdown_format__prints_the_committed_pages(void **state)
{
	static const char *const runs[] = {
		"regression", "nothing", "cannot_tell", "threshold", "partial", "hostile"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(runs); i++) {
		struct stk_buf buf = STK_BUF_EMPTY;
		char *name = stk_xasprintf("report/%s.md", runs[i]);
		format_run(runs[i], &buf);
		stk_golden_check(name, stk_buf_str(&buf));
		free(name);
		stk_buf_release(&buf);
	}
}

/* Every row of a table has as many cells as its head, whatever a function is called. */
static void markdown_format__hostile_names_stay_in_their_cell(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest, line;
	size_t bars = 0;

	(void)state;
	format_run("hostile", &buf);
	rest = stk_buf_str(&buf);
	while (stk_str_cut(&rest, '\n', &line)) {
		size_t count = 0;
		for (size_t i = 0; i < line.len; i++)
			count += line.ptr[i] == '|';
		if (!stk_str_starts(line, "|"))
			bars = 0;
		else if (bars == 0)
			bars = count;
		else
			assert_int_equal(count, bars);
	}
	assert_null(strstr(buf.ptr, "<img"));
	assert_null(strstr(buf.ptr, "<script"));
	assert_null(strstr(buf.ptr, "\n```"));
	stk_buf_release(&buf);
}

struct escape {
	const char *text, *as_text, *as_code;
};

static void markdown_add__escapes_what_markup_is_made_of(void **state)
{
	static const struct escape escapes[] = {
		{"order.(*Repo).Find", "order.(&#42;Repo).Find", "`order.(*Repo).Find`"},
		{"a`b", "a&#96;b", "<code>a&#96;b</code>"},
		{"a\\|b", "a&#92;&#124;b", "<code>a&#92;&#124;b</code>"},
		{"<b>", "&#60;b&#62;", "`<b>`"},
		{"[x](y)", "&#91;x&#93;(y)", "`[x](y)`"},
		{"a\nb", "a?b", "`a?b`"},
		{"", "", "<code></code>"},
		{" x", " x", "<code> x</code>"},
		{"[-7.6, 1]", "&#91;−7.6, 1&#93;", "`[-7.6, 1]`"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(escapes); i++) {
		struct stk_buf text = STK_BUF_EMPTY, code = STK_BUF_EMPTY;
		stk_markdown_add_text(&text, stk_str_of(escapes[i].text));
		stk_markdown_add_code(&code, stk_str_of(escapes[i].text));
		assert_string_equal(text.ptr, escapes[i].as_text);
		assert_string_equal(code.ptr, escapes[i].as_code);
		stk_buf_release(&text);
		stk_buf_release(&code);
	}
}

static void markdown_add_text__mentions_nobody(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_markdown_add_text(&buf, STK_STR("@everyone"));
	assert_null(strstr(buf.ptr, "@everyone"));
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_format__prints_the_committed_pages),
		cmocka_unit_test(markdown_format__hostile_names_stay_in_their_cell),
		cmocka_unit_test(markdown_add__escapes_what_markup_is_made_of),
		cmocka_unit_test(markdown_add_text__mentions_nobody),
	};
	return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
