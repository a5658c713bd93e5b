/* test_kept_record: a saved run is kept as the window was, and what cannot be kept is said. */
#include "core/flow/kept_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/flow/kept_input.h"
#include "core/flow/slices.h"
#include "core/record/run_store.h"
#include "tests/support/flow_case.h"

#define S  STK_NS_PER_S
#define T0 FLOW_CASE_NOW
#define FILE_TEXT                                                                                  \
	"local stoker = require 'stoker'\n"                                                        \
	"return stoker.workflow { name = 'shop', mode = 'baseline', base = 'release',\n"           \
	"load = { 'load.lua', rate = 5 }, target = { url = 'http://127.0.0.1:1' },\n"              \
	"profiles = 'cpu' }\n"

static void measure(struct flow_case *fc)
{
	struct stk_window *window;

	if (flow_case_open(fc, FILE_TEXT) < 0)
		fail_msg("%s", fc->err.msg);
	window = stk_vec_push_new(&fc->run.windows);
	*window = (struct stk_window){.name = "load",
		.kind = STK_WINDOW_LOAD,
		.side = STK_SIDE_HEAD,
		.pair = -1,
		.start_ns = T0,
		.end_ns = T0 + 4 * S,
		.requests = 160,
		.cpu_ns = -1,
		.rss_bytes = -1};
	for (int i = 0; i < 40; i++)
		stk_series_add(&fc->run.series,
			stk_series_key(&fc->run.series, STK_SIDE_HEAD, "default", "work"),
			T0 + i * STK_SERIES_STEP_NS, 4);
	for (int i = 0; i < 4; i++)
		flow_case_push(
			fc, STK_SIDE_HEAD, T0 + i * S, "main;work.sort 70\nmain;work.send 30\n");
	stk_fake_clock_advance(&fc->fake, 10 * S);
	fc->run.sides[STK_SIDE_HEAD].title = "here"; /* a side without one is not there */
	fc->run.sides[STK_SIDE_HEAD].revision = "0123456789012345678901234567890123456789";
	if (stk_slices_collect(&fc->session, "cpu", &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
}

static void save(struct flow_case *fc)
{
	fc->run.end_ns = fc->run.start_ns + 20 * S;
	if (stk_run_store_write(fc->session.folder, &fc->run, &fc->err) < 0)
		fail_msg("%s", fc->err.msg);
}

static void kept_record_read__gives_what_the_run_itself_keeps(void **state)
{
	struct flow_case *fc = *state;
	struct stk_kept direct, saved;
	struct stk_buf a = STK_BUF_EMPTY, b = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	measure(fc);
	save(fc);
	stk_kept_init(&direct);
	stk_kept_init(&saved);
	direct.revision = fc->run.sides[STK_SIDE_HEAD].revision;
	assert_int_equal(stk_kept_input_keep(&fc->session, 0, &direct, NULL), 0);
	if (stk_kept_record_read(fc->session.folder, NULL, &saved, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(saved.types.len, 1);
	assert_string_equal(saved.types.items[0].short_name, "cpu");
	assert_int_equal(saved.types.items[0].slices.len, 4);
	assert_int_equal(stk_kept_format(&direct, &a, NULL), 0);
	assert_int_equal(stk_kept_format(&saved, &b, NULL), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.ptr, b.ptr, a.len);
	stk_buf_release(&a);
	stk_buf_release(&b);
	stk_kept_release(&direct);
	stk_kept_release(&saved);
}

static void assert_refused(struct flow_case *fc, const char *words)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_kept kept;

	save(fc);
	stk_kept_init(&kept);
	assert_true(stk_kept_record_read(fc->session.folder, NULL, &kept, &err) < 0);
	assert_non_null(strstr(err.msg, words));
	stk_kept_release(&kept);
}

static void kept_record_read__says_why_not(void **state)
{
	struct flow_case *fc = *state;
	struct stk_side_info *head = &fc->run.sides[STK_SIDE_HEAD];
	struct stk_kept kept;

	measure(fc);
	head->dirty = true;
	assert_refused(fc, "changes that are not committed");
	head->dirty = false;
	head->revision = NULL;
	assert_refused(fc, "does not say which commit");
	stk_kept_init(&kept);
	assert_int_equal(stk_kept_record_read(fc->session.folder, "v1", &kept, NULL), 0);
	assert_string_equal(kept.revision, "v1");
	stk_kept_release(&kept);
	head->revision = "abc";
	fc->run.slices.items[1].file = "slices/../../secret";
	assert_refused(fc, "does not lie in the record");
	fc->run.windows.items[0].kind = STK_WINDOW_BLOCK;
	assert_refused(fc, "no window of load");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept_record_read__gives_what_the_run_itself_keeps,
			flow_case_setup, flow_case_teardown),
		cmocka_unit_test_setup_teardown(
			kept_record_read__says_why_not, flow_case_setup, flow_case_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
