/* test_parts_links: what ties a row to the change, in words and on the screen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/report/parts.h"
#include "core/report/term.h"
#include "tests/support/run_fixture.h"

static const struct stk_function encode = {
	"order.Encode", "internal/order/encode.go", 58, "internal/order/encode.go"};

struct links_case {
	struct stk_run run;
	struct stk_doc doc;
};

static void open_case(struct links_case *lc)
{
	stk_run_fixture_full(&lc->run);
	lc->run.comparisons.items[0].changed_share = NAN;
	memset(&lc->doc, 0, sizeof lc->doc);
}

static void close_case(struct links_case *lc)
{
	stk_doc_release(&lc->doc);
	stk_run_release(&lc->run);
}

static struct stk_row *row_of(struct links_case *lc)
{
	return &lc->run.comparisons.items[0].rows.items[0];
}

static void parts_link__has_words_for_each_kind(void **state)
{
	static const char *const words[] = {[STK_LINK_UNKNOWN] = "",
		[STK_LINK_CHANGED] = "changed here",
		[STK_LINK_CALLED_FROM] = "called from encode.go:58",
		[STK_LINK_CALLS] = "calls encode.go:58",
		[STK_LINK_UNRELATED] = "not in this change"};
	struct links_case lc;

	(void)state;
	open_case(&lc);
	row_of(&lc)->link.via = encode;
	for (int kind = 0; kind <= STK_LINK_UNRELATED; kind++) {
		row_of(&lc)->link.kind = (enum stk_link_kind)kind;
		assert_string_equal(stk_parts_link(&lc.doc, row_of(&lc)), words[kind]);
	}
	row_of(&lc)->link.kind = STK_LINK_CALLS;
	row_of(&lc)->link.via = (struct stk_function){"order.Encode", NULL, 7, NULL};
	assert_string_equal(stk_parts_link(&lc.doc, row_of(&lc)), "calls order.Encode");
	row_of(&lc)->link.via.name = NULL;
	assert_string_equal(stk_parts_link(&lc.doc, row_of(&lc)), "calls a changed function");
	close_case(&lc);
}

static void parts_place_and_link__a_librarys_place_gives_way(void **state)
{
	struct links_case lc;
	struct stk_row *row;

	(void)state;
	open_case(&lc);
	row = row_of(&lc);
	row->link = (struct stk_row_link){STK_LINK_CALLED_FROM, encode, 1.0};
	assert_string_equal(stk_parts_place_and_link(&lc.doc, row), "called from encode.go:58");
	row->function.path = "demo/pricing.lua";
	assert_string_equal(stk_parts_place_and_link(&lc.doc, row),
		"demo/pricing.lua:41 · called from encode.go:58");
	row->link.kind = STK_LINK_UNKNOWN;
	assert_string_equal(stk_parts_place_and_link(&lc.doc, row), "demo/pricing.lua:41");
	close_case(&lc);
}

static void parts_changed_share__of_a_false_record_is_unknown(void **state)
{
	struct links_case lc;
	struct stk_comparison *comparison;

	(void)state;
	open_case(&lc);
	comparison = &lc.run.comparisons.items[0];
	assert_null(stk_parts_changed_share(&lc.doc, comparison));
	comparison->changed_share = 1.5;
	assert_null(stk_parts_changed_share(&lc.doc, comparison));
	comparison->changed_share = 0.874;
	assert_string_equal(stk_parts_changed_share(&lc.doc, comparison),
		"87 % of the increase runs through lines that this change touched.");
	close_case(&lc);
}

static void term_format__shows_the_link_behind_the_place(void **state)
{
	struct stk_term_opts opts = {.width = 140};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct links_case lc;

	(void)state;
	open_case(&lc);
	row_of(&lc)->link = (struct stk_row_link){STK_LINK_CHANGED, encode, 1.0};
	lc.run.comparisons.items[0].changed_share = 0.5;
	stk_doc_init(&lc.doc, &lc.run);
	stk_term_format(&lc.doc, &opts, &buf);
	assert_non_null(strstr(buf.ptr, "demo/pricing.lua:41 · changed here\n"));
	assert_non_null(strstr(buf.ptr, "\n50 % of the increase runs through lines"));
	stk_buf_release(&buf);
	close_case(&lc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_link__has_words_for_each_kind),
		cmocka_unit_test(parts_place_and_link__a_librarys_place_gives_way),
		cmocka_unit_test(parts_changed_share__of_a_false_record_is_unknown),
		cmocka_unit_test(term_format__shows_the_link_behind_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
