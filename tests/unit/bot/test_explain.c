/* test_explain: one function of a record, in Markdown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/bot/explain.h"
#include "core/record/run_store.h"

struct scene {
	struct stk_run run;
	struct stk_parcel_record record;
	struct stk_buf text;
};

static void begin(struct scene *s, const char *path)
{
	memset(s, 0, sizeof *s);
	stk_buf_init(&s->record.run, 0);
	stk_buf_init(&s->text, 0);
	stk_run_init(&s->run);
	assert_int_equal(stk_run_store_read(path, &s->run, NULL), 0);
}

static void end(struct scene *s)
{
	stk_parcel_record_release(&s->record);
	stk_run_release(&s->run);
	stk_buf_release(&s->text);
}

static enum stk_explain_found explain(struct scene *s, const char *function, const char *blob)
{
	struct stk_explain_opts opts = {function, blob};

	stk_buf_clear(&s->text);
	return stk_explain_format(&s->run, &s->record, &opts, &s->text);
}

static void has(const struct scene *s, const char *part)
{
	if (!strstr(s->text.ptr, part))
		fail_msg("'%s' is not in:\n%s", part, s->text.ptr);
}

static void explain_format__shows_numbers_with_intervals(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, "tests/fixtures/runs/regression.json");
	assert_int_equal(explain(&s, "pricing.apply_rules", NULL), STK_EXPLAIN_ONE);
	has(&s, "**`pricing.apply_rules`**");
	/* blanks within a figure do not break */
	has(&s, "| CPU per request | 0.44\u00a0→\u00a00.62\u00a0ms | **+40.2\u00a0%** "
		"[+30.2,\u00a0+51.0] |");
	has(&s, "| regression |");
	/* by the end of its name, of a part of it */
	assert_int_equal(explain(&s, "apply_rules", NULL), STK_EXPLAIN_ONE);
	assert_int_equal(explain(&s, "pply_rul", NULL), STK_EXPLAIN_ONE);
	assert_int_equal(explain(&s, "cart.", NULL), STK_EXPLAIN_SEVERAL);
	has(&s, "Which one? `cart.");
	s.run.comparisons.items[0].rows.items[0].change = NAN;
	assert_int_equal(explain(&s, "apply_rules", NULL), STK_EXPLAIN_ONE);
	has(&s, " | too rare | ");
	assert_int_equal(explain(&s, "nobody", NULL), STK_EXPLAIN_NONE);
	assert_int_equal(s.text.len, 0);
	end(&s);
}

static void explain_format__links_the_changed_line(void **state)
{
	struct scene s;
	struct stk_row *row;

	(void)state;
	begin(&s, "tests/fixtures/runs/regression.json");
	row = &s.run.comparisons.items[0].rows.items[0];
	row->function.path = "internal/a b/rules.go";
	row->function.line = 41;
	row->link.kind = STK_LINK_CHANGED;
	row->link.share = 0.87;
	assert_int_equal(
		explain(&s, "pricing.apply_rules", "https://h/o/r/blob/abc/"), STK_EXPLAIN_ONE);
	has(&s, "changed here: [`internal/a b/rules.go:41`](https://h/o/r/blob/abc/internal/a%20b/"
		"rules.go#L41) · 87 % of its increase runs through changed lines");
	/* a path that leads out is no path */
	row->function.path = "../../etc/passwd";
	assert_int_equal(explain(&s, "pricing.apply_rules", "https://h/"), STK_EXPLAIN_ONE);
	assert_null(strstr(s.text.ptr, "https://h/"));
	end(&s);
}

static void explain_format__adds_callers_and_callees(void **state)
{
	struct stk_parcel_flame *flame;
	struct scene s;

	(void)state;
	begin(&s, "tests/fixtures/runs/page/run.json");
	flame = stk_vec_push_new(&s.record.flames);
	flame->name = stk_xstrdup("flame-cpu.json.gz");
	stk_buf_init(&flame->bytes, 0);
	assert_int_equal(
		stk_fs_read("tests/fixtures/runs/page/flame-cpu.json.gz", &flame->bytes, NULL), 0);
	assert_int_equal(explain(&s, "products.list", NULL), STK_EXPLAIN_ONE);
	has(&s, "<details><summary>Callers and callees: cpu, per request</summary>");
	has(&s, "| called by | base → head |");
	has(&s, "| calls | base → head |");
	has(&s, "`pricing.apply_rules`");
	/* a broken one costs the tables only */
	stk_buf_clear(&flame->bytes);
	stk_buf_add_text(&flame->bytes, "no gzip");
	assert_int_equal(explain(&s, "pricing.apply_rules", NULL), STK_EXPLAIN_ONE);
	assert_null(strstr(s.text.ptr, "<details>"));
	end(&s);
}

static void explain_format__lets_no_name_break_out(void **state)
{
	struct scene s;
	struct stk_row *row;

	(void)state;
	begin(&s, "tests/fixtures/runs/regression.json");
	row = &s.run.comparisons.items[0].rows.items[0];
	row->function.name = "f` | @octocat <img src=x>\n# x";
	row->reason = "</details> | #12";
	assert_int_equal(explain(&s, "octocat", NULL), STK_EXPLAIN_ONE);
	assert_null(strstr(s.text.ptr, "<img"));
	assert_null(strstr(s.text.ptr, " @octocat"));
	assert_null(strstr(s.text.ptr, "</details>"));
	assert_null(strstr(s.text.ptr, "\n# x"));
	end(&s);
}

static void explain_means__whole_names_and_ends(void **state)
{
	(void)state;
	assert_true(stk_explain_means(STK_STR("a.b"), STK_STR("a.b")));
	assert_true(stk_explain_means(STK_STR("b"), STK_STR("x/a.b")));
	assert_true(stk_explain_means(STK_STR("Get"), STK_STR("cart.(*Store).Get")));
	assert_false(stk_explain_means(STK_STR("et"), STK_STR("cart.(*Store).Get")));
	assert_false(stk_explain_means(STK_STR("a.b.c"), STK_STR("a.b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explain_format__shows_numbers_with_intervals),
		cmocka_unit_test(explain_format__links_the_changed_line),
		cmocka_unit_test(explain_format__adds_callers_and_callees),
		cmocka_unit_test(explain_format__lets_no_name_break_out),
		cmocka_unit_test(explain_means__whole_names_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
