/* test_top: functions of a profile by their own cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"
#include "core/profile/folded.h"
#include "core/report/term.h"
#include "core/report/top.h"

static struct stk_profile *profile_of(const char *text)
{
	static const struct stk_folded_opts opts = {
		"cpu", "nanoseconds", "cpu", "nanoseconds", 10000000, 10000000, false};
	struct stk_profile *profile = NULL;

	assert_int_equal(stk_folded_read(stk_str_of(text), &opts, &profile, NULL), 0);
	return profile;
}

static struct stk_top top_of(const struct stk_profile *profile, size_t rows_max)
{
	return (struct stk_top){.profile = profile,
		.title = "cpu{service_name=\"shop\"}",
		.type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
		.unit = "nanoseconds",
		.from_ns = 1,
		.to_ns = 2,
		.rows_max = rows_max};
}

static void top_fill_doc__by_own_cost(void **state)
{
	struct stk_profile *profile = profile_of("main;a 30\nmain;a;b 60\nmain 10\n");
	struct stk_top top = top_of(profile, 2);
	struct stk_term_opts opts = {100, false};
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_doc doc = {0};

	(void)state;
	stk_top_fill_doc(&top, &doc);
	stk_term_format(&doc, &opts, &text);
	assert_non_null(strstr(text.ptr, "cpu{service_name=\"shop\"}\n"));
	assert_non_null(strstr(text.ptr, "1.00 s of process_cpu:cpu:nanoseconds:cpu:nanoseconds in "
					 "all, 2 of 3 functions"));
	const char *b = strstr(text.ptr, "\nb "), *a = strstr(text.ptr, "\na ");
	assert_true(b && a && b < a);
	assert_non_null(strstr(b, "60.0 %"));
	assert_non_null(strstr(a, "90.0 %"));
	assert_null(strstr(text.ptr, "\nmain "));
	stk_doc_release(&doc);
	stk_buf_release(&text);
	stk_profile_free(profile);
}

static void top_format_json__has_the_sums(void **state)
{
	struct stk_profile *profile = profile_of("main;a 30\nmain;a;b 60\nmain 10\n");
	struct stk_top top = top_of(profile, 0);
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *document = NULL;

	(void)state;
	stk_top_format_json(&top, &text);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &document, NULL), 0);
	assert_string_equal(stk_json_text(stk_json_get(document, "document"), ""), "stoker.top");
	assert_int_equal(stk_json_int(stk_json_get(document, "total"), 0), 1000000000);
	assert_int_equal(stk_json_len(stk_json_get(document, "rows")), 3);
	assert_string_equal(
		stk_json_text(stk_json_pointer(document, STK_STR("/rows/1/name")), ""), "a");
	assert_int_equal(
		stk_json_int(stk_json_pointer(document, STK_STR("/rows/1/total")), 0), 900000000);
	stk_json_free(document);
	stk_buf_release(&text);
	stk_profile_free(profile);
}

static void top_fill_doc__an_empty_profile_has_no_rows(void **state)
{
	struct stk_profile *profile = profile_of("");
	struct stk_top top = top_of(profile, 0);
	struct stk_doc doc = {0};

	(void)state;
	stk_top_fill_doc(&top, &doc);
	assert_int_equal(doc.sections.items[0].blocks.items[2].table.rows.len, 0);
	stk_doc_release(&doc);
	stk_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(top_fill_doc__by_own_cost),
		cmocka_unit_test(top_format_json__has_the_sums),
		cmocka_unit_test(top_fill_doc__an_empty_profile_has_no_rows),
	};
	return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
