/* test_csv: quoting, line ends, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/csv.h"

static int parse(struct stk_csv *csv, const char *text, struct stk_err *err)
{
	return stk_csv_parse(csv, stk_str_of(text), err);
}

static void expect_cell(const struct stk_csv *csv, size_t row, size_t column, const char *want)
{
	struct stk_str cell = stk_csv_cell(csv, row, column);

	assert_true(stk_str_is(cell, want));
}

static void csv_parse__reads_quotes_and_line_ends(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_csv csv;

	(void)state;
	assert_int_equal(parse(&csv,
				 "\xef\xbb\xbf"
				 "a,b\r\n\n\"x,\n\"\"y\"\"\",\n,\"\"",
				 &err),
		0);
	assert_int_equal(stk_csv_rows(&csv), 3);
	assert_int_equal(stk_csv_columns(&csv), 2);
	expect_cell(&csv, 0, 0, "a");
	expect_cell(&csv, 1, 0, "x,\n\"y\"");
	expect_cell(&csv, 1, 1, "");
	expect_cell(&csv, 2, 1, "");
	stk_csv_release(&csv);
}

static void csv_parse__empty_text_has_no_rows(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_csv csv;

	(void)state;
	assert_int_equal(parse(&csv, "\n\n", &err), 0);
	assert_int_equal(stk_csv_rows(&csv), 0);
	assert_int_equal(stk_csv_columns(&csv), 0);
	stk_csv_release(&csv);
}

static void csv_parse__errors_have_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {{"a,b\n1\n", "line 2: 1 cells where the first row has 2"},
		{"a\n\"b", "line 2: a quote is not closed"},
		{"a\n\"b\nc\"d\n", "line 3: text behind a closing quote"}};
	struct stk_csv csv;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stk_err err = STK_ERR_INIT;
		assert_int_equal(parse(&csv, cases[i].text, &err), STK_E_FORMAT);
		assert_string_equal(err.msg, cases[i].want);
		stk_csv_release(&csv);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_parse__reads_quotes_and_line_ends),
		cmocka_unit_test(csv_parse__empty_text_has_no_rows),
		cmocka_unit_test(csv_parse__errors_have_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
