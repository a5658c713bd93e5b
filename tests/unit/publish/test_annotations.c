/* test_annotations: which rows become notes on lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <math.h>

#include "core/publish/annotations.h"

struct scene {
	struct stk_comparison comparison;
	struct stk_row row;
	struct stk_run run;
	struct stk_doc doc;
};

static void fill(struct scene *s)
{
	memset(s, 0, sizeof *s);
	s->comparison.short_name = "cpu";
	s->row.function.name = "pkg.Get";
	s->row.verdict = STK_VERDICT_REGRESSION;
	s->row.change = 0.44;
	s->row.lo = 0.30;
	s->row.hi = 0.60;
	s->row.link.kind = STK_LINK_CALLED_FROM;
	s->row.link.via.name = "pkg.Handle";
	s->row.link.via.path = "pkg/get.go";
	s->row.link.via.line = 58;
	s->doc.run = &s->run;
	stk_vec_push(&s->doc.findings, (struct stk_doc_finding){&s->comparison, &s->row});
}

static size_t count(struct scene *s)
{
	struct stk_json *json = stk_annotations_of(&s->doc);
	size_t len = stk_json_len(json);

	stk_json_free(json);
	return len;
}

static void annotations_of__say_how_much_and_from_where(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *json;
	struct scene s;

	(void)state;
	fill(&s);
	json = stk_annotations_of(&s.doc);
	stk_json_format(json, STK_JSON_COMPACT, &text);
	assert_string_equal(text.ptr,
		"[{\"path\":\"pkg/get.go\",\"start_line\":58,\"end_line\":58,"
		"\"annotation_level\":\"warning\",\"title\":\"dearer per request\",\"message\":"
		"\"pkg.Get: cpu per request +44 % [+30, +60], called from pkg.Handle\"}]");
	assert_true(stk_annotations_is_same(stk_json_at(json, 0), stk_json_at(json, 0)));
	stk_json_free(json);
	s.row.accepted.reason = "on purpose";
	json = stk_annotations_of(&s.doc);
	assert_true(stk_str_is(
		stk_json_str(stk_json_get(stk_json_at(json, 0), "annotation_level")), "notice"));
	stk_json_free(json);
	stk_vec_release(&s.doc.findings);
	stk_buf_release(&text);
}

static void annotations_of__only_changed_lines_of_the_repository(void **state)
{
	static const char *const bad[] = {
		NULL, "", "/etc/passwd", "../x", "a/../b", "./a", "a//b", "a\\b", "a/", "\xff"};
	struct scene s;

	(void)state;
	fill(&s);
	assert_int_equal(count(&s), 1);
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		s.row.link.via.path = bad[i];
		assert_int_equal(count(&s), 0);
	}
	s.row.link.via.path = "a.go";
	s.row.link.via.line = 0;
	assert_int_equal(count(&s), 0);
	s.row.link.via.line = INT64_C(1) << 40;
	assert_int_equal(count(&s), 0);
	s.row.link.via.line = 1;
	s.row.link.kind = STK_LINK_UNRELATED;
	assert_int_equal(count(&s), 0);
	s.row.link.kind = STK_LINK_CHANGED;
	s.row.verdict = STK_VERDICT_NO_CHANGE;
	assert_int_equal(count(&s), 0);
	s.row.verdict = STK_VERDICT_IMPROVEMENT;
	for (size_t i = 0; i < 300; i++)
		stk_vec_push(&s.doc.findings, (struct stk_doc_finding){&s.comparison, &s.row});
	assert_int_equal(count(&s), STK_ANNOTATIONS_MAX);
	stk_vec_release(&s.doc.findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annotations_of__say_how_much_and_from_where),
		cmocka_unit_test(annotations_of__only_changed_lines_of_the_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
