/* test_comment: what a pull request gets to read, for every end a run may have. */
#include "core/report/comment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/record/run_store.h"
#include "tests/support/golden.h"

#define BASE_SHA "8f3a1c2d4e5f60718293a4b5c6d7e8f901234567"
#define HEAD_SHA "2d91e07a1b2c3d4e5f60718293a4b5c6d7e8f901"

static const struct stk_comment_links links = {
	.blob_head = "https://github.com/o/r/blob/" HEAD_SHA "/",
	.blob_base = "https://github.com/o/r/blob/" BASE_SHA "/",
	.commit_head = "https://github.com/o/r/commit/" HEAD_SHA,
	.commit_base = "https://github.com/o/r/commit/" BASE_SHA,
	.run = "https://github.com/o/r/actions/runs/1",
};

static void read_run(const char *name, struct stk_run *run)
{
	char *path = stk_xasprintf("tests/fixtures/runs/%s.json", name);
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(run);
	if (stk_run_store_read(path, run, &err) < 0)
		fail_msg("%s", err.msg);
	free(path);
}

static struct stk_row *row_at(struct stk_run *run, size_t comparison, size_t row)
{
	return &run->comparisons.items[comparison].rows.items[row];
}

/* Both sides from git, and rows that are linked to changed lines. */
static void add_repository(struct stk_run *run)
{
	struct stk_row *cpu = row_at(run, 0, 0), *memory = row_at(run, 1, 0);

	run->sides[STK_SIDE_BASE].revision = BASE_SHA;
	run->sides[STK_SIDE_BASE].why = "merge base with main";
	run->sides[STK_SIDE_HEAD].revision = HEAD_SHA;
	run->command = "stoker run stoker.lua";
	cpu->function.path = cpu->link.via.path = "demo/pricing.lua";
	cpu->link.kind = STK_LINK_CHANGED;
	cpu->link.via.name = cpu->function.name;
	cpu->link.via.line = 44;
	memory->function.path = "demo/catalog.lua";
	memory->link.kind = STK_LINK_CALLED_FROM;
	memory->link.via = (struct stk_function){"render all", NULL, 21, "demo/pages.lua"};
	run->comparisons.items[0].changed_share = 0.87;
}

static void change_all(struct stk_run *run, enum stk_verdict from, enum stk_verdict to)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_comparison *one = &run->comparisons.items[i];
		if (one->total.verdict == from)
			one->total.verdict = to;
		for (size_t j = 0; j < one->rows.len; j++)
			if (one->rows.items[j].verdict == from)
				one->rows.items[j].verdict = to;
	}
	for (size_t i = 0; i < run->totals.len; i++)
		if (run->totals.items[i].row.verdict == from)
			run->totals.items[i].row.verdict = to;
}

static void make_regression(struct stk_run *run)
{
	add_repository(run);
}

static void make_improvement(struct stk_run *run)
{
	struct stk_row *row = row_at(run, 0, 0);

	add_repository(run);
	change_all(run, STK_VERDICT_REGRESSION, STK_VERDICT_NO_CHANGE);
	row->verdict = STK_VERDICT_IMPROVEMENT;
	row->change = -0.287;
	row->lo = -0.35;
	row->hi = -0.22;
	run->verdict = STK_VERDICT_IMPROVEMENT;
	run->headline = "IMPROVEMENT";
}

static void make_moved(struct stk_run *run)
{
	add_repository(run);
	change_all(run, STK_VERDICT_REGRESSION, STK_VERDICT_NO_CHANGE);
	run->verdict = STK_VERDICT_NO_CHANGE;
	run->headline = "NO REGRESSION SEEN";
}

static void make_accepted(struct stk_run *run)
{
	add_repository(run);
	/* until the end of 2026-12-22 */
	struct stk_acceptance accepted = {
		"the new rules @cost it\n/close", "anna", INT64_C(1797984000000000000)};
	for (size_t i = 0; i < 2; i++) {
		row_at(run, i, 0)->accepted = accepted;
		run->comparisons.items[i].total.accepted = accepted;
	}
	for (size_t i = 0; i < 3; i++) /* CPU, p95, p50 */
		run->totals.items[i].row.accepted = accepted;
	change_all(run, STK_VERDICT_MOVED, STK_VERDICT_NO_CHANGE);
	run->verdict = STK_VERDICT_NO_CHANGE;
	run->headline = "NO REGRESSION SEEN";
}

static void make_no_base(struct stk_run *run)
{
	run->mode = STK_MODE_BASELINE;
	run->thresholds.len = 0;
}

/* Against a kept base, before the spread of such runs has been measured. */
static void make_suspect(struct stk_run *run)
{
	add_repository(run);
	change_all(run, STK_VERDICT_REGRESSION, STK_VERDICT_INCONCLUSIVE);
	for (size_t i = 0; i < 2; i++)
		row_at(run, i, 0)->reason = "suspect: not calibrated";
	run->mode = STK_MODE_BASELINE;
	run->planned_pairs = 0;
	run->baseline = (struct stk_baseline_info){BASE_SHA, "20261120-090000-shop", "git notes",
		"3 commits before the merge base", INT64_C(1795000000000000000)};
	run->verdict = STK_VERDICT_INCONCLUSIVE;
	run->headline = "CANNOT TELL: 2 look dearer, not calibrated";
}

static void leave(struct stk_run *run)
{
	(void)run;
}

struct page {
	const char *name, *run;
	void (*make)(struct stk_run *run);
};

static const struct page pages[] = {
	{"regression", "regression", make_regression},
	{"improvement", "regression", make_improvement},
	{"nothing", "nothing", leave},
	{"inconclusive", "cannot_tell", leave},
	{"moved", "regression", make_moved},
	{"partial", "partial", leave},
	{"idle", "threshold", leave},
	{"no_base", "hotspots", make_no_base},
	{"accepted", "regression", make_accepted},
	{"suspect", "regression", make_suspect},
	{"hostile", "hostile", leave},
};

static void format_page(
	const struct page *page, const struct stk_comment_opts *opts, struct stk_buf *buf)
{
	struct stk_run run;
	struct stk_doc doc;

	read_run(page->run, &run);
	page->make(&run);
	stk_doc_init(&doc, &run);
	stk_comment_format(&doc, opts, buf);
	stk_doc_release(&doc);
	stk_run_release(&run);
}

static void comment_format__writes_the_committed_pages(void **state)
{
	struct stk_comment_opts opts = {.links = links, .has_bot = true};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(pages); i++) {
		struct stk_buf buf = STK_BUF_EMPTY;
		char *name = stk_xasprintf("comment/%s.md", pages[i].name);
		format_page(&pages[i], &opts, &buf);
		stk_golden_check(name, stk_buf_str(&buf));
		free(name);
		stk_buf_release(&buf);
	}
}

static void comment_format__begins_with_its_marker(void **state)
{
	struct stk_comment_opts opts = {.key = "a key --> <b>", .links = links};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest, line;

	(void)state;
	format_page(&pages[0], &opts, &buf);
	rest = stk_buf_str(&buf);
	assert_true(stk_str_cut(&rest, '\n', &line));
	assert_true(stk_str_is(line, "<!-- stoker:report v1 key=a-key-b -->"));
	assert_true(stk_str_cut(&rest, '\n', &line));
	assert_true(stk_str_starts(line, "<!-- sha=" HEAD_SHA " run=20261122-143805-shop at="));
	stk_buf_clear(&buf);
	opts.no_marker = true;
	format_page(&pages[0], &opts, &buf);
	assert_true(stk_str_starts(stk_buf_str(&buf), "### "));
	stk_buf_release(&buf);
}

/* A thousand functions with long names, all dearer. */
static void make_large(struct stk_run *run)
{
	struct stk_comparison *one = &run->comparisons.items[0];

	add_repository(run);
	for (int i = 0; i < 1000; i++) {
		struct stk_row row = one->rows.items[0];
		row.function.name = stk_run_text(run, "some|package.with`a*very_long_name.that."
						      "goes.on.and.on<T, U>.of.a.template");
		stk_vec_push(&one->rows, row);
	}
	run->command = "stoker run stoker.lua";
}

static void comment_format__drops_the_least_useful_first(void **state)
{
	static const size_t limits[] = {60000, 20000, 12000, 8000, 3500};
	static const struct page large = {"large", "regression", make_large};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(limits); i++) {
		struct stk_comment_opts opts = {.limit = limits[i], .links = links};
		stk_buf_clear(&buf);
		format_page(&large, &opts, &buf);
		if (buf.len > limits[i])
			fail_msg("%zu bytes, limit %zu", buf.len, limits[i]);
		assert_non_null(strstr(buf.ptr, "1002 functions got dearer"));
		assert_non_null(strstr(buf.ptr, "<!-- stoker:report"));
		if (limits[i] < 20000)
			assert_non_null(strstr(buf.ptr, "Shortened: without"));
		if (limits[i] == 12000)
			stk_golden_check("comment/over_limit.md", stk_buf_str(&buf));
	}
	stk_buf_release(&buf);
}

static void comment_format__short_form_has_no_folds(void **state)
{
	struct stk_comment_opts opts = {.is_short = true, .links = links};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	format_page(&pages[0], &opts, &buf);
	assert_null(strstr(buf.ptr, "<details>"));
	assert_non_null(strstr(buf.ptr, "`pricing.apply_rules`"));
	assert_true(buf.len < 4000);
	stk_buf_release(&buf);
}

/* A name that is all of what could break out, everywhere where a name may stand. */
static void make_hostile(struct stk_run *run)
{
	static const char evil[] = "@octocat #12 GH-3 https://evil.example/x www.evil.example "
				   "</details>--> <script>alert(1)</script> ![a](//e) `` | x\n"
				   "/close\n# head\n```\n\x1b[31m\xe2\x80\xae";

	add_repository(run);
	run->name = run->command = evil;
	for (int i = 0; i < STK_SIDES; i++) {
		struct stk_side_info *side = &run->sides[i];
		side->title = side->revision = side->why = side->url = side->agent = evil;
	}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_row *row = row_at(run, i, 0);
		run->comparisons.items[i].short_name = i > 0 ? evil : "cpu";
		row->function = (struct stk_function){evil, evil, 3, "../../etc/passwd"};
		row->link.kind = STK_LINK_CALLED_FROM;
		row->link.via = row->function;
		row->accepted = (struct stk_acceptance){i > 0 ? evil : NULL, evil, 0};
	}
	for (size_t i = 0; i < run->preconditions.len; i++)
		run->preconditions.items[i].text = run->preconditions.items[i].name = evil;
	stk_run_note(run, STK_NOTE_WARN, "%s", evil);
	stk_run_fact(run, evil, evil);
	stk_vec_push(&run->gates, (struct stk_gate_result){evil, evil, evil, true});
	stk_vec_push(&run->thresholds,
		(struct stk_threshold_result){evil, evil, 1, false, false, false});
}

static void comment_format__nothing_breaks_out(void **state)
{
	static const char *const never[] = {"<script", "<img", "![", "](//e", "\n/close", "\n# ",
		"\x1b", "\xe2\x80\xae", "../.."};
	static const struct page hostile = {"hostile", "regression", make_hostile};
	struct stk_comment_opts opts = {.links = links, .flavour = STK_COMMENT_GITLAB};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest, line;
	size_t opened = 0, closed = 0;

	(void)state;
	format_page(&hostile, &opts, &buf);
	rest = stk_buf_str(&buf);
	while (stk_str_cut(&rest, '\n', &line)) {
		bool in_code = false;
		opened += stk_str_starts(line, "<details>");
		closed += stk_str_is(line, "</details>");
		if (line.len > 0 && line.ptr[0] == '/')
			fail_msg("a quick action: %.*s", STK_STR_ARG(line));
		for (size_t i = 0; i + 1 < line.len; i++) {
			in_code ^= line.ptr[i] == '`';
			if (!in_code && line.ptr[i] == '@' && line.ptr[i + 1] == 'o')
				fail_msg("a mention: %.*s", STK_STR_ARG(line));
			if (!in_code && line.ptr[i] == '#' && line.ptr[i + 1] == '1' &&
				(i == 0 || line.ptr[i - 1] != '&') && i > 1 &&
				line.ptr[i + 2] == '2')
				fail_msg("a reference: %.*s", STK_STR_ARG(line));
		}
	}
	assert_int_equal(opened, closed);
	for (size_t i = 0; i < STK_ARRAY_LEN(never); i++)
		if (strstr(buf.ptr, never[i]))
			fail_msg("'%s' came through", never[i]);
	stk_buf_release(&buf);
}

static void comment_format_title__is_plain_and_short(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("regression", &run);
	stk_doc_init(&doc, &run);
	stk_comment_format_title(&doc, &buf);
	assert_string_equal(buf.ptr,
		"2 functions got dearer, most of all pricing.apply_rules: +40\xc2\xa0% CPU "
		"per request · shop");
	assert_string_equal(stk_comment_mark(&doc), "🔴");
	assert_true(stk_comment_is_news(&doc));
	stk_doc_release(&doc);
	stk_run_release(&run);
	stk_buf_release(&buf);
}

static void comment_is_news__says_no_where_nothing_changed(void **state)
{
	struct stk_run run;
	struct stk_doc doc;

	(void)state;
	read_run("nothing", &run);
	stk_doc_init(&doc, &run);
	assert_false(stk_comment_is_news(&doc));
	assert_string_equal(stk_comment_mark(&doc), "⚪");
	stk_doc_release(&doc);
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comment_format__writes_the_committed_pages),
		cmocka_unit_test(comment_format__begins_with_its_marker),
		cmocka_unit_test(comment_format__drops_the_least_useful_first),
		cmocka_unit_test(comment_format__short_form_has_no_folds),
		cmocka_unit_test(comment_format__nothing_breaks_out),
		cmocka_unit_test(comment_format_title__is_plain_and_short),
		cmocka_unit_test(comment_is_news__says_no_where_nothing_changed),
	};
	return cmocka_run_group_tests_name("comment", tests, NULL, NULL);
}
