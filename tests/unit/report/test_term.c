/* test_term: reports of recorded runs on terminals of several widths. */
#include "core/report/term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "core/report/text.h"
#include "tests/support/golden.h"

static const char *const runs[] = {
	"regression", "nothing", "cannot_tell", "threshold", "hotspots", "partial", "hostile"};

static void format_run(const char *name, const struct stk_term_opts *opts, struct stk_buf *buf)
{
	char *path = stk_xasprintf("tests/fixtures/runs/%s.json", name);
	struct stk_run run;
	struct stk_doc doc;
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(&run);
	if (stk_run_store_read(path, &run, &err) < 0)
		fail_msg("%s", err.msg);
	stk_doc_init(&doc, &run);
	stk_term_format(&doc, opts, buf);
	stk_doc_release(&doc);
	stk_run_release(&run);
	free(path);
}

static void term_format__prints_the_committed_screens(void **state)
{
	static const int widths[] = {120, 80, 50};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(runs); i++) {
		for (size_t j = 0; j < STK_ARRAY_LEN(widths); j++) {
			struct stk_term_opts opts = {.width = widths[j]};
			struct stk_buf buf = STK_BUF_EMPTY;
			char *name = stk_xasprintf("report/%s.%d.txt", runs[i], widths[j]);
			format_run(runs[i], &opts, &buf);
			stk_golden_check(name, stk_buf_str(&buf));
			free(name);
			stk_buf_release(&buf);
		}
	}
}

/* What was accepted is shown, but is not what the headline speaks of. */
static void term_format__says_what_was_accepted(void **state)
{
	/* until the end of 2026-12-22 */
	struct stk_acceptance accepted = {"new rules", "ada", INT64_C(1797984000000000000)};
	struct stk_term_opts opts = {.width = 120};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	stk_run_init(&run);
	assert_int_equal(stk_run_store_read("tests/fixtures/runs/regression.json", &run, NULL), 0);
	for (size_t i = 0; i < run.comparisons.len; i++) {
		run.comparisons.items[i].total.accepted = accepted;
		run.comparisons.items[i].rows.items[0].accepted = accepted;
	}
	run.totals.items[0].row.accepted = accepted; /* CPU */
	stk_doc_init(&doc, &run);
	stk_term_format(&doc, &opts, &buf);
	assert_true(stk_str_starts(stk_buf_str(&buf), "REGRESSION   p95 +11.0 %"));
	assert_non_null(strstr(buf.ptr, "○ pricing.apply_rules"));
	assert_non_null(strstr(buf.ptr, "accepted by ada until 2026-12-22"));
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&buf);
}

static void term_format__colours_by_the_palette_only(void **state)
{
	struct stk_term_opts opts = {.width = 120, .color = true};
	struct stk_buf colored = STK_BUF_EMPTY, bare = STK_BUF_EMPTY, plain = STK_BUF_EMPTY;

	(void)state;
	format_run("regression", &opts, &colored);
	stk_golden_check("report/regression.color.txt", stk_buf_str(&colored));
	opts.color = false;
	format_run("regression", &opts, &plain);
	for (size_t i = 0; i < colored.len; i++) {
		if (colored.ptr[i] == '\033')
			i += strcspn(colored.ptr + i, "m");
		else
			stk_buf_add_byte(&bare, colored.ptr[i]);
	}
	assert_string_equal(bare.ptr, plain.ptr);
	stk_buf_release(&colored);
	stk_buf_release(&bare);
	stk_buf_release(&plain);
}

static void term_format__keeps_every_line_within_the_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(runs); i++) {
		for (int width = 40; width <= 130; width++) {
			struct stk_term_opts opts = {.width = width};
			struct stk_buf buf = STK_BUF_EMPTY;
			format_run(runs[i], &opts, &buf);
			struct stk_str rest = stk_buf_str(&buf), line;
			while (stk_str_cut(&rest, '\n', &line))
				if (stk_text_width(line) > (size_t)width)
					fail_msg("%s at %d: %.*s", runs[i], width,
						STK_STR_ARG(line));
			stk_buf_release(&buf);
		}
	}
}

static void term_format__lets_nothing_drive_the_terminal(void **state)
{
	struct stk_term_opts opts = {.width = 100};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	format_run("hostile", &opts, &buf);
	for (size_t i = 0; i < buf.len; i++) {
		unsigned char byte = (unsigned char)buf.ptr[i];
		assert_true(byte == '\n' || (byte >= 0x20 && byte != 0x7f));
	}
	assert_null(strstr(buf.ptr, "\xe2\x80\xae")); /* right-to-left override */
	stk_buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term_format__prints_the_committed_screens),
		cmocka_unit_test(term_format__says_what_was_accepted),
		cmocka_unit_test(term_format__colours_by_the_palette_only),
		cmocka_unit_test(term_format__keeps_every_line_within_the_width),
		cmocka_unit_test(term_format__lets_nothing_drive_the_terminal),
	};
	return cmocka_run_group_tests_name("term", tests, NULL, NULL);
}
