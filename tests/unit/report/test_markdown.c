/* test_markdown: reports as Markdown, and names that try to break out of it. */
#include "core/report/markdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"

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
		cmocka_unit_test(markdown_add__escapes_what_markup_is_made_of),
		cmocka_unit_test(markdown_add_text__mentions_nobody),
	};
	return cmocka_run_group_tests_name("markdown", tests, NULL, NULL);
}
