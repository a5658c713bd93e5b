/* test_session: a session on a fake clock: sources, sides told apart, discovery, slices, verbs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/flow/compare.h"
#include "core/flow/slices.h"
#include "core/flow/verbs.h"
#include "core/profile/profile.h"
#include "core/record/run_store.h"
#include "tests/support/flow_case.h"

#define S STK_NS_PER_S
#define HEAD                                                                                       \
	"local stoker = require 'stoker'\nreturn stoker.workflow { load = { 'load.lua', rate = 5 " \
	"},\n"
#define TARGETS                                                                                    \
	"sides = { base = { url = 'http://127.0.0.1:1' }, head = { url = 'http://127.0.0.1:2' } "  \
	"},\n"
#define T0 FLOW_CASE_NOW

static void open_good(struct flow_case *fc, const char *keys)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, HEAD TARGETS "%s }\n", keys);
	if (flow_case_open(fc, text.ptr) < 0)
		fail_msg("%s", fc->err.msg);
	stk_buf_release(&text);
}

static void expect_refused(struct flow_case *fc, const char *keys, int code, const char *text)
{
	struct stk_buf file = STK_BUF_EMPTY;

	stk_buf_addf(&file, HEAD "%s }\n", keys);
	assert_int_equal(flow_case_open(fc, file.ptr), code);
	if (!strstr(fc->err.msg, text))
		fail_msg("%s\nnot %s", fc->err.msg, text);
	stk_buf_release(&file);
}

static void add_window(
	struct flow_case *fc, enum stk_window_kind kind, int side, int64_t from_s, int64_t to_s)
{
	struct stk_window *window = stk_vec_push_new(&fc->run.windows);

	window->name = "w";
	window->kind = kind;
	window->side = side;
	window->pair = kind == STK_WINDOW_BLOCK ? (int)(fc->run.windows.len - 1) / 2 : -1;
	window->start_ns = T0 + from_s * S;
	window->end_ns = T0 + to_s * S;
	window->cpu_ns = window->rss_bytes = -1;
	for (int64_t at = window->start_ns; at < window->end_ns; at += 100 * STK_NS_PER_MS)
		stk_series_add(&fc->run.series,
			stk_series_key(&fc->run.series, side, "default", "work"), at, 10);
}

/* --- opening -------------------------------------------------------------------------------- */

static void session_open__each_side_has_a_port_and_labels(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	assert_string_not_equal(fc->session.sides[0].push_url, fc->session.sides[1].push_url);
	assert_non_null(strstr(fc->session.sides[0].selector, "stoker_side=\"base\""));
	assert_non_null(strstr(fc->session.sides[1].selector, "stoker_side=\"head\""));
	assert_non_null(strstr(fc->session.sides[1].selector, fc->run.id));
	assert_true(stk_session_has_side(&fc->session, STK_SIDE_BASE));
	assert_false(stk_session_has_side(&fc->session, STK_SIDE_NONE));
}

static void session_open__an_early_record_reads_as_unfinished(void **state)
{
	struct flow_case *fc = *state;
	struct stk_run again;

	open_good(fc, "profiles = 'cpu'");
	stk_run_init(&again);
	if (stk_run_store_read(fc->session.folder, &again, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	assert_true(again.partial.is_partial);
	assert_string_equal(again.partial.phase, "start");
	assert_string_equal(again.partial.reason, "stoker ended without finishing");
	stk_run_release(&again);
}

static void session_close__leaves_no_store(void **state)
{
	struct flow_case *fc = *state;
	char *store;

	open_good(fc, "profiles = 'cpu'");
	store = stk_fs_join(fc->session.folder, "store");
	assert_true(stk_fs_is_dir(store));
	stk_session_close(&fc->session);
	fc->is_open = false;
	assert_false(stk_fs_is_dir(store));
	free(fc->session.folder);
	free(store);
}

static void session_open__refuses_sides_that_one_selector_matches(void **state)
{
	static const char *const same[] = {
		"source = stoker.pyroscope { 'http://127.0.0.1:9' }, sides = { base = { url = "
		"'http://a', service = 'x' }, head = { url = 'http://b', service = 'x' } }",
		"source = stoker.pyroscope { 'http://127.0.0.1:9' }, sides = { base = { url = "
		"'http://a', service = 'x' }, head = { url = 'http://b', service = 'x', labels = { "
		"v = '2' } } }",
		"source = stoker.pyroscope { 'http://127.0.0.1:9' }, sides = { base = { url = "
		"'http://a', labels = { v = '2' } }, head = { url = 'http://b', service = 'x' } }",
	};
	struct flow_case *fc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(same); i++) {
		expect_refused(fc, same[i], STK_E_SCRIPT, "cannot be told apart");
		stk_session_close(&fc->session);
		free(fc->session.folder);
		fc->is_open = false;
		stk_workflow_release(&fc->workflow);
		stk_workflow_init(&fc->workflow);
		stk_run_release(&fc->run);
		stk_run_init(&fc->run);
		stk_err_clear(&fc->err);
	}
}

static void session_open__takes_sides_that_differ_in_a_label(void **state)
{
	struct flow_case *fc = *state;

	if (flow_case_open(fc, HEAD
		    "source = stoker.pyroscope { 'http://127.0.0.1:9' }, sides = {\n"
		    "base = { url = 'http://a', service = 'x', labels = { v = '1', z = 'q' } },\n"
		    "head = { url = 'http://b', service = 'x', labels = { v = '2' } } } }") < 0)
		fail_msg("%s", fc->err.msg);
	assert_string_equal(fc->session.sides[0].selector, "{service_name=\"x\",v=\"1\",z=\"q\"}");
	assert_string_equal(fc->session.sides[1].push_url, "http://127.0.0.1:9");
}

static void session_open__names_a_variable_that_is_not_set(void **state)
{
	expect_refused(*state,
		"target = { url = 'http://a', service = 'x' },\n"
		"source = stoker.pyroscope { 'http://p', token_env = 'PYRO_TOKEN' }",
		STK_E_INVAL, "PYRO_TOKEN is not set");
}

static void session_open__wants_a_load(void **state)
{
	struct flow_case *fc = *state;

	assert_int_equal(
		flow_case_open(fc, "return require 'stoker'.workflow { profiles = 'cpu' }"),
		STK_E_SCRIPT);
	assert_non_null(strstr(fc->err.msg, "no load"));
	assert_null(fc->session.folder); /* nothing was begun */
}

static void session_partial__keeps_the_first_reason(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	stk_session_partial(&fc->session, "interrupted");
	stk_session_partial(&fc->session, "another");
	assert_string_equal(fc->run.partial.reason, "interrupted");
	stk_session_warn(&fc->session, "odd %d", 5);
	assert_string_equal(fc->run.notes.items[0].text, "odd 5");
	assert_string_equal(fc->lines.ptr, "warn: odd 5\n");
}

/* --- slices ---------------------------------------------------------------------------------- */

/* Eight blocks of 3 s from T0 + 10 in ABBA order, one slice a second; head's sort costs half as
 * much again. */
static void push_blocks(struct flow_case *fc)
{
	static const int sides[] = {0, 1, 1, 0, 0, 1, 1, 0};

	for (int block = 0; block < 8; block++) {
		add_window(fc, STK_WINDOW_BLOCK, sides[block], 10 + block * 3, 13 + block * 3);
		for (int i = 0; i < 3; i++) {
			char text[200];
			int wobble = (block * 7 + i * 5) % 9;
			snprintf(text, sizeof text,
				"main;work.sort %d\nmain;work.parse %d\nmain;work.send %d\n",
				(sides[block] ? 450 : 300) + wobble, 400 - wobble, 200 + wobble);
			flow_case_push(fc, sides[block], T0 + (10 + block * 3 + i) * S, text);
		}
	}
	stk_fake_clock_advance(&fc->fake, 60 * S);
}

static void slices_discover__says_what_is_missing(void **state)
{
	struct flow_case *fc = *state;
	const char *missing = NULL;

	open_good(fc, "profiles = 'cpu'");
	assert_int_equal(stk_slices_discover(&fc->session, &missing, &fc->err), 0);
	assert_non_null(strstr(missing, "cpu of base"));
	assert_int_equal(stk_slices_longest_ns(&fc->session), 0);
	assert_int_equal(stk_slices_align_ns(&fc->session, T0 + 5), T0 + 5);
	for (int i = 0; i < 3; i++)
		flow_case_push(fc, STK_SIDE_BASE, T0 + i * S, "main;a 5\n");
	stk_fake_clock_advance(&fc->fake, 5 * S);
	assert_int_equal(stk_slices_discover(&fc->session, &missing, &fc->err), 0);
	assert_non_null(strstr(missing, "cpu of head"));
	int rc = stk_slices_refuse_missing(&fc->session, 7 * S, missing, &fc->err);
	assert_int_equal(rc, STK_E_TIMEOUT);
	assert_non_null(strstr(fc->err.msg, "no profiles in 7 s"));
	assert_non_null(strstr(fc->err.hint, "{push_url}"));
}

static void slices_discover__finds_interval_and_grid(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	assert_int_equal(stk_slices_discover(&fc->session, NULL, &fc->err), 1);
	assert_int_equal(stk_slices_longest_ns(&fc->session), S);
	assert_int_equal(stk_slices_align_ns(&fc->session, T0 + 100 * S + 1), T0 + 101 * S);
	assert_string_equal(
		fc->session.types.items[0].type_id, "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
}

static void slices_collect__keeps_each_once_as_a_file(void **state)
{
	struct flow_case *fc = *state;
	size_t counted = 0;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	for (int turn = 0; turn < 2; turn++)
		if (stk_slices_collect(&fc->session, "cpu", &fc->err) < 0)
			fail_msg("%s", fc->err.msg);
	assert_int_equal(fc->run.slices.len, 24);
	for (size_t i = 0; i < fc->run.slices.len; i++) {
		const struct stk_slice *slice = &fc->run.slices.items[i];
		char *path = stk_fs_join(fc->session.folder, slice->file);

		counted += slice->counted;
		assert_true(fabs(slice->requests - 100) < 1e-6);
		assert_true(slice->samples > 800 && slice->samples < 1200);
		assert_true(stk_fs_exists(path));
		free(path);
	}
	assert_int_equal(counted, 24);
	assert_non_null(strstr(fc->lines.ptr, "slices: base 12  head 12   counted 12 + 12"));
}

static void slices_collect__fetches_what_later_windows_need(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	add_window(fc, STK_WINDOW_LOAD, STK_SIDE_HEAD, 10, 14);
	for (int i = 0; i < 12; i++) {
		flow_case_push(fc, STK_SIDE_BASE, T0 + (8 + i) * S, "main;a 50\n");
		flow_case_push(fc, STK_SIDE_HEAD, T0 + (8 + i) * S, "main;a 50\n");
	}
	stk_fake_clock_advance(&fc->fake, 60 * S);
	assert_int_equal(stk_slices_collect(&fc->session, "cpu", &fc->err), 0);
	size_t before = fc->run.slices.len;
	assert_in_range(before, 4, 7);
	assert_int_equal(stk_slices_collect(&fc->session, "cpu", &fc->err), 0);
	assert_int_equal(fc->run.slices.len, before);
	add_window(fc, STK_WINDOW_LOAD, STK_SIDE_HEAD, 14, 18);
	assert_int_equal(stk_slices_collect(&fc->session, "cpu", &fc->err), 0);
	assert_int_equal(fc->run.slices.len, before + 4); /* none of them twice */
	assert_string_equal(fc->run.slices.items[0].why_not, "no comparison wanted it");
}

static void slices_collect__says_which_slices_are_missing(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	add_window(fc, STK_WINDOW_LOAD, STK_SIDE_HEAD, 10, 30);
	fc->run.windows.items[fc->run.windows.len - 1].requests = 100;
	for (int i = 0; i < 22; i++) {
		flow_case_push(fc, STK_SIDE_BASE, T0 + (9 + i) * S, "main;a 50\n");
		if (i < 5 || i > 7)
			flow_case_push(fc, STK_SIDE_HEAD, T0 + (9 + i) * S, "main;a 50\n");
	}
	stk_fake_clock_advance(&fc->fake, 60 * S);
	assert_int_equal(stk_slices_collect(&fc->session, "cpu", &fc->err), 0);
	assert_non_null(strstr(fc->lines.ptr, "warn: cpu of head: 3 slices are missing, "));
	assert_null(strstr(fc->lines.ptr, "cpu of base: "));
}

static void slices_collect__an_unknown_type_is_not_there(void **state)
{
	struct flow_case *fc = *state;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	assert_int_equal(stk_slices_collect(&fc->session, "goroutines", &fc->err), STK_E_NOT_FOUND);
	assert_non_null(strstr(fc->err.msg, "'goroutines'"));
}

static void session_compare__finds_what_got_dearer(void **state)
{
	struct flow_case *fc = *state;
	const struct stk_comparison *comparison;
	size_t number;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	if (stk_session_compare(&fc->session, "cpu", &number, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	comparison = &fc->run.comparisons.items[number];
	assert_int_equal(comparison->pairs, 4);
	assert_string_equal(comparison->short_name, "cpu");
	assert_false(comparison->is_level);
	assert_string_equal(comparison->rows.items[0].function.name, "work.sort");
	assert_int_equal(comparison->rows.items[0].verdict, STK_VERDICT_REGRESSION);
	assert_true(fabs(comparison->rows.items[0].change - 0.5) < 0.05);
	for (size_t i = 1; i < comparison->rows.len; i++)
		assert_int_not_equal(comparison->rows.items[i].verdict, STK_VERDICT_REGRESSION);
}

static void session_hotspots__is_load_less_idle(void **state)
{
	struct flow_case *fc = *state;
	const size_t windows[2] = {0, 1};
	const struct stk_hotspots *hotspots;
	size_t number;

	open_good(fc, "profiles = 'cpu'");
	add_window(fc, STK_WINDOW_IDLE, STK_SIDE_HEAD, 10, 16);
	add_window(fc, STK_WINDOW_LOAD, STK_SIDE_HEAD, 20, 26);
	for (int i = 0; i < 6; i++) {
		flow_case_push(fc, STK_SIDE_HEAD, T0 + (10 + i) * S, "main;gc 50\n");
		flow_case_push(
			fc, STK_SIDE_HEAD, T0 + (20 + i) * S, "main;gc 50\nmain;work.sort 300\n");
		flow_case_push(fc, STK_SIDE_BASE, T0 + (20 + i) * S, "main;gc 1\n");
	}
	stk_fake_clock_advance(&fc->fake, 60 * S);
	if (stk_session_hotspots(&fc->session, "cpu", windows, &number, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	hotspots = &fc->run.hotspots.items[number];
	assert_int_equal(hotspots->slices_idle, 6);
	assert_int_equal(hotspots->slices_load, 6);
	assert_string_equal(hotspots->rows.items[0].function.name, "work.sort");
	/* 300 samples of 10 ms a slice of 100 requests */
	assert_true(fabs(hotspots->rows.items[0].cost - 3e7) < 1e5);
}

/* --- verbs -------------------------------------------------------------------------------------
 */

static void session_verbs__pull_merges_a_sides_slices(void **state)
{
	struct flow_case *fc = *state;
	struct stk_pull_query query = {
		.profile = "cpu", .window = STK_ALL_BLOCKS, .side = STK_SIDE_HEAD};
	struct stk_pulled pulled = {0};
	struct stk_verbs verbs;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	verbs = stk_session_verbs(&fc->session);
	if (verbs.pull(&query, &pulled, verbs.ctx, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	assert_int_equal(pulled.slices, 12);
	assert_int_equal(pulled.total, stk_profile_total(pulled.profile, 0));
	assert_true(pulled.total > INT64_C(12) * 1000 * 10 * STK_NS_PER_MS);
	stk_profile_free(pulled.profile);
	query.window = 0; /* a block of base holds no slice of head */
	pulled = (struct stk_pulled){0};
	assert_int_equal(verbs.pull(&query, &pulled, verbs.ctx, &fc->err), STK_E_NOT_FOUND);
}

static void session_verbs__pull_takes_only_samples_with_the_labels(void **state)
{
	static struct stk_pair_text none[] = {{"endpoint", "nowhere"}};
	struct flow_case *fc = *state;
	struct stk_pull_query query = {.profile = "cpu",
		.window = STK_ALL_BLOCKS,
		.side = STK_SIDE_HEAD,
		.labels = {none, 1, 1}};
	struct stk_pulled pulled = {0};
	struct stk_verbs verbs;

	open_good(fc, "profiles = 'cpu'");
	push_blocks(fc);
	verbs = stk_session_verbs(&fc->session);
	int rc = verbs.pull(&query, &pulled, verbs.ctx, &fc->err);
	assert_true(rc == STK_E_NOT_FOUND || (rc == 0 && pulled.total == 0));
	stk_profile_free(pulled.profile);
}

static void session_verbs__windows_are_not_compared_in_turn(void **state)
{
	struct flow_case *fc = *state;
	struct stk_verbs verbs;
	size_t number;

	open_good(fc, "profiles = 'cpu'");
	verbs = stk_session_verbs(&fc->session);
	assert_int_equal(verbs.compare("cpu", 0, 1, &number, verbs.ctx, &fc->err), STK_E_SCRIPT);
	assert_non_null(strstr(fc->err.msg, "abba"));
}

static void session_verbs__slices_waits_only_so_long(void **state)
{
	struct flow_case *fc = *state;
	struct stk_verbs verbs;
	int64_t ns = 0, before;

	open_good(fc, "profiles = 'cpu', profiles_timeout = '20s'");
	verbs = stk_session_verbs(&fc->session);
	before = fc->fake.mono_ns;
	assert_int_equal(verbs.slices(4, &ns, verbs.ctx, &fc->err), STK_E_TIMEOUT);
	assert_non_null(strstr(fc->err.msg, "no profiles in 20 s: waiting for cpu"));
	assert_true(fc->fake.mono_ns - before >= 20 * S && fc->fake.mono_ns - before < 22 * S);
	push_blocks(fc);
	if (verbs.slices(4, &ns, verbs.ctx, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
	assert_int_equal(ns, 5 * S); /* one is cut by the borders */
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, flow_case_setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		CASE(session_open__each_side_has_a_port_and_labels),
		CASE(session_open__an_early_record_reads_as_unfinished),
		CASE(session_close__leaves_no_store),
		CASE(session_open__refuses_sides_that_one_selector_matches),
		CASE(session_open__takes_sides_that_differ_in_a_label),
		CASE(session_open__names_a_variable_that_is_not_set),
		CASE(session_open__wants_a_load),
		CASE(session_partial__keeps_the_first_reason),
		CASE(slices_discover__says_what_is_missing),
		CASE(slices_discover__finds_interval_and_grid),
		CASE(slices_collect__keeps_each_once_as_a_file),
		CASE(slices_collect__fetches_what_later_windows_need),
		CASE(slices_collect__says_which_slices_are_missing),
		CASE(slices_collect__an_unknown_type_is_not_there),
		CASE(session_compare__finds_what_got_dearer),
		CASE(session_hotspots__is_load_less_idle),
		CASE(session_verbs__pull_merges_a_sides_slices),
		CASE(session_verbs__pull_takes_only_samples_with_the_labels),
		CASE(session_verbs__windows_are_not_compared_in_turn),
		CASE(session_verbs__slices_waits_only_so_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
