/* test_labels: selectors as PromQL has them, bounded as RE2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/profile/labels.h"

/* a constant, where STK_STR is none */
#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static const struct stk_label labels[] = {{TEXT("env"), TEXT("prod")}, {TEXT("pod"), TEXT("web-1")},
	{TEXT("service.name"), TEXT("a\"b")}};

static bool matches(const char *text)
{
	struct stk_selector *selector = NULL;
	struct stk_err err = STK_ERR_INIT;
	bool match;

	if (stk_selector_parse(stk_str_of(text), &selector, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	match = stk_selector_match(selector, labels, STK_ARRAY_LEN(labels));
	stk_selector_free(selector);
	return match;
}

static void selector_narrow__adds_one_more_label(void **state)
{
	static const struct {
		const char *selector, *narrowed;
	} rows[] = {{"{}", "{pod=\"a\\\"b\"}"}, {"{x=\"}\"}", "{x=\"}\",pod=\"a\\\"b\"}"},
		{" {x=\"y\", } ", "{x=\"y\",pod=\"a\\\"b\"}"}, {"cpu{ }", "cpu{pod=\"a\\\"b\"}"},
		{"none", "none"}};
	static const struct stk_label label = {TEXT("pod"), TEXT("a\"b")};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_buf text = STK_BUF_EMPTY;

		stk_selector_narrow(&text, stk_str_of(rows[i].selector), &label);
		assert_string_equal(text.ptr, rows[i].narrowed);
		stk_buf_release(&text);
	}
}

static void selector_match__follows_promql(void **state)
{
	static const struct {
		const char *text;
		bool match;
	} rows[] = {{"{}", true}, {"{env=\"prod\"}", true}, {"{env='dev'}", false},
		{"{env!=\"dev\",pod=~\"web-.*\"}", true}, {"{pod=~\"web\"}", false},
		{"{pod!~`w.*`}", false}, {"{none=\"\"}", true}, {"{none!=\"\"}", false},
		{"{\"service.name\"=\"a\\\"b\"}", true}, {"cpu{}", false}, {"cpu", false},
		{"{pod=~\"a|web-1\"}", true}, {"{env=\"prod\",}", true}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++)
		if (matches(rows[i].text) != rows[i].match)
			fail_msg("%s", rows[i].text);
}

static void selector_parse__refuses_what_re2_and_promql_refuse(void **state)
{
	static const char *const bad[] = {"", "{", "{a}", "{a=b}", "{a=\"b}", "{a=~\"(\"}",
		"{a=~\"(?=b)\"}", "{a=~\"(b)\\\\1\"}", "{a==\"b\"}", "{a=\"b\"} x", "{1a=\"b\"}"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_selector *selector = NULL;
		if (stk_selector_parse(stk_str_of(bad[i]), &selector, NULL) != STK_E_INVAL)
			fail_msg("%s", bad[i]);
	}
}

static void selector_format__is_read_back(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	stk_selector_format(&text, labels, STK_ARRAY_LEN(labels));
	assert_string_equal(text.ptr, "{env=\"prod\",pod=\"web-1\",\"service.name\"=\"a\\\"b\"}");
	assert_true(matches(text.ptr));
	stk_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selector_narrow__adds_one_more_label),
		cmocka_unit_test(selector_match__follows_promql),
		cmocka_unit_test(selector_parse__refuses_what_re2_and_promql_refuse),
		cmocka_unit_test(selector_format__is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
