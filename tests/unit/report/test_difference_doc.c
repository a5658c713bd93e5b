/* test_difference_doc: a difference for people and for programs: honest about what is not known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/report/difference_doc.h"
#include "core/report/term.h"

static struct stk_difference_row rows[] = {
	{.function = {"json.Marshal", "encode.go", 58, NULL},
		.self = {1e6, 1.5e6},
		.total = {2e6, 2.5e6},
		.n = {100, 150},
		.change = 0.5,
		.lo = 0.3,
		.hi = 0.7,
		.impact = 0.25,
		.is_sure = true},
	{.function = {"totals\033[31m", "", 0, NULL},
		.partner = {"sum", "", 0, NULL},
		.self = {1e5, 1e5},
		.total = {1e5, 1e5},
		.change = 0.0,
		.lo = -0.1,
		.hi = 0.1},
	{.function = {"fresh", "", 0, NULL},
		.self = {0, 2e5},
		.total = {0, 2e5},
		.n = {0, 20},
		.change = NAN,
		.lo = NAN,
		.hi = NAN,
		.impact = 0.1},
};

static struct stk_difference make(enum stk_difference_per per, bool has_spread)
{
	struct stk_difference made = {.type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		.short_name = "cpu",
		.unit = "nanoseconds",
		.per = per,
		.has_spread = has_spread,
		.ends = {{"old.pb.gz", 4, 400, 1000, 2e6}, {"new.pb.gz", 4, 500, 1000, 2.5e6}},
		.change = 0.25,
		.lo = has_spread ? 0.2 : NAN,
		.hi = has_spread ? 0.3 : NAN,
		.common_shift = has_spread ? 0.05 : 0.0,
		.rows = {rows, STK_ARRAY_LEN(rows), STK_ARRAY_LEN(rows)}};

	return made;
}

static char *print(const struct stk_difference *difference, size_t rows_max, bool markdown)
{
	struct stk_term_opts opts = {120, false};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_doc doc = {0};

	stk_difference_doc_fill(difference, rows_max, &doc);
	if (markdown)
		stk_difference_doc_format_markdown(&doc, &text);
	else
		stk_term_format(&doc, &opts, &text);
	stk_doc_release(&doc);
	return stk_buf_take(&text, NULL);
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is missing in:\n%s", part, text);
}

static void difference_doc_fill__says_what_was_compared_and_how_sure(void **state)
{
	struct stk_difference made = make(STK_PER_REQUEST, true);
	char *text = print(&made, 0, false);

	(void)state;
	expect(text, "cpu per request  old.pb.gz → new.pb.gz");
	expect(text, "2.00 → 2.50 ms, +25.0 % [+20.0, +30.0]");
	expect(text, "400 + 500 samples in 4 + 4 profiles");
	expect(text, "All functions together moved by +5.0 %");
	expect(text, "Measured one after the other");
	expect(text, "json.Marshal");
	expect(text, "[+30.0, +70.0]");
	expect(text, "2.00 → 2.50 ms   encode.go:58");
	expect(text, "sum → totals?[31m");
	assert_null(strstr(text, "No intervals"));
	assert_null(strchr(text, '\033'));
	free(text);
}

static void difference_doc_fill__two_files_have_no_interval(void **state)
{
	struct stk_difference made = make(STK_PER_ALL, false);
	char *text = print(&made, 0, false);

	(void)state;
	expect(text, "No intervals");
	expect(text, "Not divided by anything");
	expect(text, "100, 150"); /* samples in their place */
	expect(text, "new");
	assert_null(strstr(text, "[+30"));
	free(text);
	made.per = STK_PER_SECOND;
	text = print(&made, 0, false);
	expect(text, "cpu per second");
	expect(text, "requests are not known");
	free(text);
}

static void difference_doc_fill__one_run_has_a_better_report(void **state)
{
	struct stk_difference made = make(STK_PER_REQUEST, true);
	char *text;

	(void)state;
	made.is_one_run = true;
	text = print(&made, 1, false);
	expect(text, "its report compares them pair by pair");
	expect(text, "2 more functions");
	assert_null(strstr(text, "fresh"));
	free(text);
}

static void difference_doc_fill__says_where_cost_moved(void **state)
{
	struct stk_difference_row moved[] = {rows[0], rows[0], rows[0]};
	struct stk_difference made = make(STK_PER_REQUEST, false);
	char *text;

	(void)state;
	moved[0].moved = (struct stk_function){"json.Reset", "", 0, NULL};
	moved[1].moved = (struct stk_function){"json.New\033[31m", "", 0, NULL};
	moved[1].self[STK_SIDE_HEAD] = 1e5;
	moved[2].moved_within = "cost moved within its file";
	made.rows.items = moved;
	text = print(&made, 0, false);
	expect(text, "moved from json.Reset · encode.go:58");
	expect(text, "moved to json.New");
	expect(text, "cost moved within its file · encode.go:58");
	assert_null(strchr(text, '\033'));
	free(text);
	text = print(&made, 0, true);
	assert_null(strchr(text, '\033'));
	free(text);
}

static void difference_doc_format_markdown__escapes_names(void **state)
{
	struct stk_difference made = make(STK_PER_REQUEST, true);
	char *text = print(&made, 0, true);

	(void)state;
	expect(text, "| function | base | head |");
	expect(text, "`json.Marshal`");
	assert_null(strchr(text, '\033'));
	free(text);
}

static void difference_doc_format_json__has_every_figure(void **state)
{
	struct stk_difference made = make(STK_PER_REQUEST, true);
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *document = NULL;

	(void)state;
	stk_difference_doc_format_json(&made, 2, &text);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &document, NULL), 0);
	assert_string_equal(stk_json_text(stk_json_get(document, "document"), ""), "stoker.diff");
	assert_int_equal(stk_json_int(stk_json_get(document, "schema"), 0), 1);
	assert_string_equal(stk_json_text(stk_json_get(document, "per"), ""), "request");
	assert_int_equal(stk_json_int(stk_json_get(document, "functions"), 0), 3);
	assert_int_equal(stk_json_len(stk_json_get(document, "rows")), 2);
	struct stk_json *low = stk_json_pointer(document, STK_STR("/rows/0/low"));
	assert_true(stk_json_real(low, 0) == 0.3);
	struct stk_json *self = stk_json_pointer(document, STK_STR("/rows/0/self/head"));
	assert_true(stk_json_real(self, 0) == 1.5e6);
	stk_json_free(document);
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(difference_doc_fill__says_what_was_compared_and_how_sure),
		cmocka_unit_test(difference_doc_fill__two_files_have_no_interval),
		cmocka_unit_test(difference_doc_fill__one_run_has_a_better_report),
		cmocka_unit_test(difference_doc_fill__says_where_cost_moved),
		cmocka_unit_test(difference_doc_format_markdown__escapes_names),
		cmocka_unit_test(difference_doc_format_json__has_every_figure),
	};
	return cmocka_run_group_tests_name("difference_doc", tests, NULL, NULL);
}
