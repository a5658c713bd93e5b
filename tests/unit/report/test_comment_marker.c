/* test_comment_marker: the hidden lines of a comment, written and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/report/comment_marker.h"

#define AT_NS (INT64_C(1795358285) * STK_NS_PER_S)

static void fill(struct stk_run *run, const char *name)
{
	stk_run_init(run);
	run->id = "20261122-143805-shop";
	run->name = name;
	run->start_ns = AT_NS + 123;
	run->sides[STK_SIDE_HEAD].revision = "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91";
}

static void comment_marker__comes_back_as_written(void **state)
{
	struct stk_comment_marker marker, again;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_run run;

	(void)state;
	fill(&run, "checkout/cpu");
	stk_comment_marker_of_run(&marker, &run, NULL);
	stk_comment_marker_format(&marker, &text);
	assert_string_equal(text.ptr,
		"<!-- stoker:report v1 key=checkout/cpu -->\n"
		"<!-- sha=2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91 run=20261122-143805-shop "
		"at=2026-11-22T14:38:05.000Z -->\n");
	stk_buf_add_text(&text, "### text\n");
	assert_true(stk_comment_marker_parse(stk_buf_str(&text), &again));
	assert_memory_equal(&again, &marker, sizeof marker);
	assert_int_equal(again.at_ns, AT_NS);
	stk_buf_release(&text);
	stk_run_release(&run);
}

static void comment_marker_of_run__takes_only_harmless_characters(void **state)
{
	static const struct {
		const char *name, *key;
	} rows[] = {{"a b", "a-b"}, {"--> <script>", "script"}, {"a -- b", "a-b"}, {"", "stoker"},
		{"---", "stoker"}, {"é", "stoker"}, {NULL, "stoker"}, {"A.b_c/d-e", "A.b_c/d-e"},
		{"0123456789012345678901234567890123456789012345678901234567890123456789",
			"0123456789012345678901234567890123456789012345678901234567890123"}};
	struct stk_comment_marker marker, again;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_run run;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		fill(&run, rows[i].name);
		run.sides[STK_SIDE_HEAD].revision = "v1 -->";
		run.id = "x --> y";
		run.start_ns = -5;
		stk_comment_marker_of_run(&marker, &run, NULL);
		assert_string_equal(marker.key, rows[i].key);
		assert_string_equal(marker.sha, "");
		assert_string_equal(marker.run, "x-y");
		stk_buf_clear(&text);
		stk_comment_marker_format(&marker, &text);
		assert_true(stk_comment_marker_parse(stk_buf_str(&text), &again));
		assert_memory_equal(&again, &marker, sizeof marker);
		stk_run_release(&run);
	}
	fill(&run, "shop");
	stk_comment_marker_of_run(&marker, &run, "mine");
	assert_string_equal(marker.key, "mine");
	stk_run_release(&run);
	stk_buf_release(&text);
}

static void comment_marker_parse__wants_the_whole_first_line(void **state)
{
	static const char *const bad[] = {"", "<!-- stoker:report v1 key= -->\n",
		" <!-- stoker:report v1 key=a -->\n", "> <!-- stoker:report v1 key=a -->\n",
		"<!-- stoker:report v1 key=a --> \n", "<!-- stoker:report v1 key=a -->x\n",
		"text\n<!-- stoker:report v1 key=a -->\n", "<!-- stoker:report v2 key=a -->\n",
		"<!-- stoker:report v1 key=a b -->\n", "<!-- stoker:report v1 key=a--b -->\n",
		"<!-- stoker:report v1 key=-->", "<!-- stoker:report v1 key=a",
		"<!-- stoker:report v1 "
		"key=01234567890123456789012345678901234567890123456789012345678901234 -->\n"};
	struct stk_comment_marker marker;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++)
		assert_false(stk_comment_marker_parse(stk_str_of(bad[i]), &marker));
	assert_true(
		stk_comment_marker_parse(STK_STR("<!-- stoker:report v1 key=a -->\r\nx"), &marker));
	assert_string_equal(marker.key, "a");
}

static void comment_marker_parse__leaves_unknown_what_is_broken(void **state)
{
	static const char *const lines[] = {"", "hello", "<!-- sha=- run=- at=- -->",
		"<!-- sha=xyz run=a>b at=yesterday -->", "<!-- sha= -->", "<!-- sha= run= at= -->",
		"<!-- sha=12 run=1 at=9999-01-01T00:00:00Z", "<!-- run=a sha=b at=c -->"};
	struct stk_comment_marker marker;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(lines); i++) {
		char *body = stk_xasprintf("<!-- stoker:report v1 key=a -->\n%s\n", lines[i]);

		assert_true(stk_comment_marker_parse(stk_str_of(body), &marker));
		assert_string_equal(marker.sha, "");
		assert_string_equal(marker.run, "");
		assert_int_equal(marker.at_ns, 0);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comment_marker__comes_back_as_written),
		cmocka_unit_test(comment_marker_of_run__takes_only_harmless_characters),
		cmocka_unit_test(comment_marker_parse__wants_the_whole_first_line),
		cmocka_unit_test(comment_marker_parse__leaves_unknown_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
