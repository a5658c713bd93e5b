/* test_changed: a session whose sides are commits of a repository. */
#include "core/flow/changed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/flow/compare.h"
#include "core/git/changes.h"
#include "core/profile/pprof.h"
#include "tests/support/flow_case.h"
#include "tests/support/git_case.h"

#define S  STK_NS_PER_S
#define T0 FLOW_CASE_NOW

enum { BLOCKS = 8, TICK_NS = 10000000 };

static const int sides[BLOCKS] = {0, 1, 1, 0, 0, 1, 1, 0};

static void open_good(struct flow_case *fc)
{
	if (flow_case_open(fc, "local stoker = require 'stoker'\nreturn stoker.workflow {\n"
			       "load = { 'load.lua', rate = 5 }, profiles = 'cpu',\n"
			       "sides = { base = { url = 'http://127.0.0.1:1' },\n"
			       "head = { url = 'http://127.0.0.1:2' } } }\n") < 0)
		fail_msg("%s", fc->err.msg);
}

/* The workflow's folder becomes a repository of two commits. */
static void make_commits(struct flow_case *fc)
{
	git_case_run(fc->lc.dir,
		"git init -q -b main . && printf 'def sort(x):\\n    a\\n    b\\n' > work.py &&"
		"echo x > requirements.txt && git add work.py requirements.txt &&"
		"git commit -qm base && sed -i '2s/a/slow/' work.py &&"
		"echo y > requirements.txt && git commit -qam head");
	fc->run.sides[STK_SIDE_BASE].revision = "HEAD~1";
	fc->run.sides[STK_SIDE_HEAD].revision = "HEAD";
}

static void session_changes__are_read_once_with_notes(void **state)
{
	struct flow_case *fc = *state;
	struct stk_changes *changes;

	open_good(fc);
	make_commits(fc);
	changes = stk_session_changes(&fc->session);
	assert_non_null(changes);
	assert_ptr_equal(stk_session_changes(&fc->session), changes);
	assert_int_equal(fc->run.repository.files, 2);
	assert_int_equal(fc->run.repository.lines, 4);
	assert_int_equal(fc->run.notes.len, 1);
	assert_non_null(strstr(fc->run.notes.items[0].text, "requirements.txt"));
	assert_null(strstr(fc->lines.ptr, "warn"));
}

static void session_changes__are_none_without_commits_or_a_repository(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc);
	assert_null(stk_session_changes(&fc->session));
	fc->run.sides[STK_SIDE_BASE].revision = "1.0";
	fc->run.sides[STK_SIDE_HEAD].revision = "1.1";
	assert_null(stk_session_changes(&fc->session));
	assert_null(strstr(fc->lines.ptr, "warn"));
}

static void session_changes__an_unknown_commit_is_a_warning(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc);
	make_commits(fc);
	fc->run.sides[STK_SIDE_BASE].revision = "nosuch";
	assert_null(stk_session_changes(&fc->session));
	assert_null(stk_session_changes(&fc->session));
	assert_non_null(strstr(fc->lines.ptr, "warn: rows are not linked to changed lines: "));
	assert_int_equal(fc->run.notes.len, 1); /* said once */
}

/* A branch of two commits behind main, whose folder the workflow lies in. */
static void make_branch(struct flow_case *fc)
{
	git_case_run(fc->lc.dir,
		"git init -q -b main . && printf 'def sort(x):\\n    a\\n    b\\n' > work.py &&"
		"git add . && git commit -qm one && git checkout -q -b topic &&"
		"sed -i '2s/a/slow/' work.py && git commit -qam two &&"
		"git commit -q --allow-empty -m three");
}

/* One side alone, as in mode idle: what the branch changed is read from the repository. */
static void session_own_changes__are_those_of_the_branch(void **state)
{
	struct flow_case *fc = *state;
	struct stk_changes *changes;

	open_good(fc);
	make_branch(fc);
	changes = stk_session_own_changes(&fc->session);
	assert_non_null(changes);
	assert_int_equal(changes->files_len, 1);
	assert_int_equal(changes->lines, 2);
	assert_ptr_equal(stk_session_own_changes(&fc->session), changes); /* read once */
	assert_int_equal(fc->run.notes.len, 0);
}

/* On main itself there is no base: no changes, and the paths of the repository all the same. */
static void session_own_changes__without_a_base_are_none(void **state)
{
	struct flow_case *fc = *state;
	struct stk_changes *changes;

	open_good(fc);
	make_branch(fc);
	git_case_run(fc->lc.dir, "git checkout -q main");
	fc->run.sides[STK_SIDE_HEAD].revision = "HEAD";
	changes = stk_session_own_changes(&fc->session);
	assert_non_null(changes);
	assert_int_equal(changes->files_len, 0);
	assert_int_equal(fc->run.notes.len, 0);
}

static void session_own_changes__without_a_repository_are_null(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc);
	assert_null(stk_session_own_changes(&fc->session));
	assert_null(stk_session_own_changes(&fc->session));
	assert_null(strstr(fc->lines.ptr, "warn"));
}

static void push(struct flow_case *fc, int side, int64_t start_ns, int64_t sort, int64_t rest)
{
	struct stk_profile *profile = stk_profile_new();
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_frame frames[] = {{STK_STR("sort"), STK_STR("/app/work.py"), 1, 2},
		{STK_STR("read"), STK_STR("/usr/lib/python3/io.py"), 9, 12}};

	(void)stk_profile_add_type(profile, "samples", "count");
	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	profile->period_type = profile->types.items[1];
	profile->period = TICK_NS;
	profile->time_ns = start_ns;
	profile->duration_ns = S;
	for (int i = 0; i < 2; i++) {
		int64_t count = i == 0 ? sort : rest;
		uint32_t location = stk_profile_add_frame(profile, &frames[i]);

		(void)stk_profile_add_sample(
			profile, &location, 1, (int64_t[]){count, count * TICK_NS});
	}
	stk_pprof_encode(profile, &bytes);
	flow_case_push_as(fc, side, start_ns, "pprof", stk_buf_str(&bytes));
	stk_buf_release(&bytes);
	stk_profile_free(profile);
}

static void push_blocks(struct flow_case *fc)
{
	for (int block = 0; block < BLOCKS; block++) {
		struct stk_window *window = stk_vec_push_new(&fc->run.windows);
		int64_t start = T0 + (10 + block * 3) * S;

		*window = (struct stk_window){.name = "w",
			.kind = STK_WINDOW_BLOCK,
			.side = sides[block],
			.pair = block / 2,
			.start_ns = start,
			.end_ns = start + 3 * S,
			.cpu_ns = -1,
			.rss_bytes = -1};
		for (int64_t at = start; at < window->end_ns; at += 100 * STK_NS_PER_MS)
			stk_series_add(&fc->run.series,
				stk_series_key(&fc->run.series, sides[block], "default", "work"),
				at, 10);
		for (int i = 0; i < 3; i++)
			push(fc, sides[block], start + i * S,
				(sides[block] ? 450 : 300) + (block * 7 + i * 5) % 9,
				400 - (block * 5 + i * 7) % 9);
	}
	stk_fake_clock_advance(&fc->fake, 60 * S);
}

static void session_compare__links_rows_to_changed_lines(void **state)
{
	struct flow_case *fc = *state;
	const struct stk_comparison *comparison;
	const struct stk_row *row;
	size_t number;

	open_good(fc);
	make_commits(fc);
	push_blocks(fc);
	if (stk_session_compare(&fc->session, "cpu", &number, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	comparison = &fc->run.comparisons.items[number];
	row = &comparison->rows.items[0];
	assert_string_equal(row->function.name, "sort");
	assert_int_equal(row->verdict, STK_VERDICT_REGRESSION);
	assert_string_equal(row->function.path, "work.py");
	assert_int_equal(row->link.kind, STK_LINK_CHANGED);
	assert_int_equal(row->link.via.line, 2);
	assert_true(fabs(comparison->changed_share - 1.0) < 1e-9);
	assert_int_equal(comparison->rows.items[1].link.kind, STK_LINK_UNRELATED);
}

/* By hand, without commits, all is as before. */
static void session_compare__without_commits_links_nothing(void **state)
{
	struct flow_case *fc = *state;
	size_t number;

	open_good(fc);
	push_blocks(fc);
	if (stk_session_compare(&fc->session, "cpu", &number, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	assert_int_equal(
		fc->run.comparisons.items[number].rows.items[0].link.kind, STK_LINK_UNKNOWN);
	assert_string_equal(
		fc->run.comparisons.items[number].rows.items[0].function.file, "/app/work.py");
	assert_true(isnan(fc->run.comparisons.items[number].changed_share));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, flow_case_setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(session_changes__are_read_once_with_notes),
		CASE(session_changes__are_none_without_commits_or_a_repository),
		CASE(session_changes__an_unknown_commit_is_a_warning),
		CASE(session_own_changes__are_those_of_the_branch),
		CASE(session_own_changes__without_a_base_are_none),
		CASE(session_own_changes__without_a_repository_are_null),
		CASE(session_compare__links_rows_to_changed_lines),
		CASE(session_compare__without_commits_links_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
