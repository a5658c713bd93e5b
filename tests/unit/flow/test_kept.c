/* test_kept: a measured window is kept, found, and compared: on a fake clock, in a folder. */
#include "core/flow/kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/baseline/accepted.h"
#include "core/baseline/store.h"
#include "core/diff/judge.h"
#include "core/flow/acceptances.h"
#include "core/flow/kept_check.h"
#include "core/flow/kept_input.h"
#include "tests/support/flow_case.h"
#include "tests/support/kept_case.h"

#define S  STK_NS_PER_S
#define T0 FLOW_CASE_NOW
#define FILE_TEXT                                                                                  \
	"local stoker = require 'stoker'\n"                                                        \
	"return stoker.workflow { name = 'shop', mode = 'baseline', base = 'release',\n"           \
	"load = { 'load.lua', rate = 5 }, target = { url = 'http://127.0.0.1:1' },\n"              \
	"profiles = 'cpu', baselines = stoker.baselines.dir { 'kept' } }\n"

/* A window of six slices, 40 requests each; work.sort costs `sort` samples in each. */
static void measure(struct flow_case *fc, int sort)
{
	struct stk_window *window = stk_vec_push_new(&fc->run.windows);

	window->name = "load";
	window->kind = STK_WINDOW_LOAD;
	window->side = STK_SIDE_HEAD;
	window->pair = -1;
	window->start_ns = T0;
	window->end_ns = T0 + 6 * S;
	window->cpu_ns = window->rss_bytes = -1;
	window->requests = 240;
	fc->run.generator.rate_planned = 40;
	for (int i = 0; i < 60; i++)
		stk_series_add(&fc->run.series,
			stk_series_key(&fc->run.series, STK_SIDE_HEAD, "default", "work"),
			T0 + i * STK_SERIES_STEP_NS, 4);
	for (int i = 0; i < 6; i++) {
		char text[200];

		snprintf(text, sizeof text,
			"main;work.sort %d\nmain;work.parse %d\nmain;work.send %d\n", sort + i % 2,
			1000 - i, 500 + i % 3);
		flow_case_push(fc, STK_SIDE_HEAD, T0 + i * S, text);
	}
	stk_fake_clock_advance(&fc->fake, 10 * S);
}

static void open_case(struct flow_case *fc)
{
	if (flow_case_open(fc, FILE_TEXT) < 0)
		fail_msg("%s", fc->err.msg);
}

/* Runs in a folder without a repository, so that names stand in place of commits. */
static int setup(void **state)
{
	struct flow_case *fc;
	int rc = flow_case_setup(state);

	fc = *state;
	return rc == 0 ? chdir(fc->lc.dir) : rc;
}

static int teardown(void **state)
{
	return chdir("/") == 0 ? flow_case_teardown(state) : -1;
}

static void keep(struct flow_case *fc)
{
	const char *revision = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_session_save_baseline(&fc->session, 0, &revision, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(revision, "release");
}

static void kept_find__says_why_there_is_none(void **state)
{
	struct flow_case *fc = *state;
	struct stk_err err = STK_ERR_INIT;

	open_case(fc);
	assert_int_equal(stk_session_find_baseline(&fc->session, NULL, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "no baseline of 'shop' named 'release'"));
	assert_string_equal(fc->run.preconditions.items[0].name, "baseline");
	stk_judge_run(&fc->run, NULL, NULL);
	assert_int_equal(fc->run.verdict, STK_VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(fc->run.headline, "CANNOT TELL: no baseline"));
}

static void kept_compare__finds_what_was_kept_of_the_window(void **state)
{
	struct flow_case *fc = *state;
	struct stk_comparison *one;
	size_t number = 0;

	open_case(fc);
	measure(fc, 1000);
	keep(fc);
	assert_int_equal(stk_session_find_baseline(&fc->session, NULL, NULL), 0);
	assert_string_equal(fc->run.baseline.why, "named 'release'");
	assert_string_equal(fc->run.baseline.revision, "release");
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	one = &fc->run.comparisons.items[number];
	assert_int_equal(one->slices_base, 6);
	assert_int_equal(one->slices_head, 6);
	assert_float_equal(one->total.theta, 0.0, 1e-12); /* the window against itself */
	assert_float_equal(one->samples_base, one->samples_head, 1e-6);
	assert_int_equal(one->total.n_base > 0, 1);
	stk_judge_run(&fc->run, NULL, NULL);
	assert_int_equal(strncmp(fc->run.headline, "NO REGRESSION SEEN", 18), 0);
}

static void kept_compare__suspects_what_grew_since(void **state)
{
	struct flow_case *fc = *state;
	struct stk_gate_limits gate = {.is_set = true, .cpu = 0.05, .functions = true};
	size_t number = 0;

	open_case(fc);
	measure(fc, 1000);
	keep(fc);
	assert_int_equal(stk_session_find_baseline(&fc->session, NULL, NULL), 0);
	for (size_t i = 0; i < 6; i++) { /* now and here everything costs half as much again */
		fc->session.kept->types.items[0].slices.items[i].requests *= 1.5;
		assert_true(fc->session.kept->types.items[0].slices.items[i].requests > 50);
	}
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	stk_judge_run(&fc->run, NULL, &gate);
	assert_true(stk_compare_is_suspect(&fc->run.comparisons.items[0].total));
	assert_int_equal(fc->run.verdict, STK_VERDICT_INCONCLUSIVE);
	assert_non_null(strstr(fc->run.headline, "not calibrated"));
	assert_false(stk_judge_gate_crossed(&fc->run));
	assert_non_null(strstr(fc->run.gates.items[0].text, "would have failed"));
}

static void kept_compare__other_load_is_a_failed_precondition(void **state)
{
	struct flow_case *fc = *state;
	size_t number = 0;

	open_case(fc);
	measure(fc, 1000);
	keep(fc);
	assert_int_equal(stk_session_find_baseline(&fc->session, NULL, NULL), 0);
	fc->session.kept->load.requests = 300;
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	stk_judge_run(&fc->run, NULL, NULL);
	assert_non_null(strstr(fc->run.headline, "40.0 requests/s now, 50.0 in the baseline"));
}

static const struct stk_precondition *precondition(const struct stk_run *run, const char *name)
{
	for (size_t i = 0; i < run->preconditions.len; i++)
		if (strcmp(run->preconditions.items[i].name, name) == 0)
			return &run->preconditions.items[i];
	return NULL;
}

/* A baseline of the same window, found, and changed by the test. */
static void find_own(struct flow_case *fc)
{
	open_case(fc);
	measure(fc, 1000);
	fc->run.windows.items[0].cpu_ns = 24 * S;
	fc->run.windows.items[0].p95_ms = 20;
	keep(fc);
	assert_int_equal(stk_session_find_baseline(&fc->session, NULL, NULL), 0);
}

static void kept_check__tells_other_requests_from_the_same(void **state)
{
	struct flow_case *fc = *state;
	struct stk_kept_endpoint other = {"other", 60};
	size_t number = 0;

	find_own(fc);
	assert_int_equal(fc->session.kept->load.endpoints.len, 1);
	stk_vec_push(&fc->session.kept->load.endpoints, other); /* a fifth went elsewhere then */
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	assert_int_equal(precondition(&fc->run, "mix")->state, STK_CHECK_FAIL);
	assert_non_null(strstr(precondition(&fc->run, "mix")->text, "the share of '"));
	assert_null(precondition(&fc->run, "placebo"));
	/* another type of the same window says nothing twice */
	stk_kept_check(&fc->session, 0, &fc->run.comparisons.items[number]);
	assert_int_equal(fc->run.totals.len, 3);
}

static void kept_check__compares_exact_totals(void **state)
{
	struct flow_case *fc = *state;
	const struct stk_total *total;
	size_t number = 0;

	find_own(fc);
	fc->session.kept->load.cpu_ns = 12 * S; /* now it costs twice as much */
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	total = &fc->run.totals.items[0];
	assert_string_equal(total->name, "cpu");
	assert_float_equal(total->row.change, 1.0, 1e-9);
	assert_true(total->row.lo > 0.5);
	assert_true(stk_compare_is_suspect(&total->row)); /* nothing is calibrated here */
	assert_string_equal(fc->run.totals.items[1].name, "p95");
	assert_int_equal(fc->run.totals.items[1].row.verdict, STK_VERDICT_INCONCLUSIVE);
	assert_string_equal(fc->run.totals.items[1].row.reason, "one window a side");
}

static void kept_check__refuses_a_base_that_disagrees_with_itself(void **state)
{
	struct flow_case *fc = *state;
	struct stk_kept_type *type;
	size_t number = 0;

	find_own(fc);
	type = &fc->session.kept->types.items[0];
	for (size_t i = 0; i < type->slices.len; i++) /* every second slice: ten times as much */
		for (size_t k = 0; k < type->slices.items[i].values.len; k++) {
			struct stk_kept_value *value = &type->slices.items[i].values.items[k];

			if (strcmp(type->functions.items[value->function].name, "work.sort") == 0 &&
				i % 2) {
				value->self *= 10;
				value->n *= 10;
			}
		}
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	assert_non_null(precondition(&fc->run, "placebo"));
	assert_int_equal(precondition(&fc->run, "placebo")->state, STK_CHECK_FAIL);
	assert_non_null(strstr(precondition(&fc->run, "placebo")->text, "work.sort"));
}

static void kept_check__only_warns_in_mode_idle(void **state)
{
	struct flow_case *fc = *state;
	size_t number = 0;

	find_own(fc);
	fc->run.mode = STK_MODE_IDLE;
	fc->session.kept->load.requests = 300;
	assert_int_equal(stk_session_compare_kept(&fc->session, "cpu", 0, &number, NULL), 0);
	assert_int_equal(precondition(&fc->run, "load")->state, STK_CHECK_WARN);
	assert_int_equal(fc->run.totals.len, 0);
	stk_judge_run(&fc->run, NULL, NULL);
	assert_string_equal(fc->run.headline, "HOTSPOTS");
}

static void kept_input__adds_up_as_it_was(void **state)
{
	struct stk_diff_input input;
	struct stk_kept kept;

	(void)state;
	kept_case_init(&kept, "8f3a1c2", "EPYC", 1);
	stk_diff_input_init(&input, kept.types.items[0].type_id, "cpu", NULL);
	assert_int_equal(stk_kept_input_add(&kept.types.items[0], &input, NULL), 0);
	assert_int_equal(input.slices.len, 3);
	assert_int_equal(input.slices.items[2].pair, 2);
	assert_int_equal(input.slices.items[2].total, 1000000000);
	assert_int_equal(input.slices.items[2].values.items[0].self, 990000002);
	assert_int_equal(input.edges.items[0].value[STK_SIDE_BASE], 3000000000);
	stk_diff_input_release(&input);
	stk_kept_release(&kept);
}

static void acceptances_apply__reads_the_folder_without_a_repository(void **state)
{
	struct flow_case *fc = *state;
	struct stk_comparison *one;
	struct stk_row *row;

	open_case(fc);
	one = stk_vec_push_new(&fc->run.comparisons);
	one->type_id = one->short_name = "cpu";
	row = stk_vec_push_new(&one->rows);
	row->function.name = "work.sort";
	row->verdict = STK_VERDICT_REGRESSION;
	assert_int_equal(stk_fs_mkdirs(".stoker", NULL), 0);
	assert_int_equal(stk_fs_write(STK_ACCEPTED_PATH,
				 STK_STR("{\"schema\":1,\"accepted\":[{\"function\":\"work.sort\","
					 "\"reason\":\"r\",\"author\":\"a\"}]}"),
				 NULL),
		0);
	stk_session_apply_accepted(&fc->session);
	assert_string_equal(row->accepted.reason, "r");
	row->accepted.reason = NULL;
	assert_int_equal(stk_fs_write(STK_ACCEPTED_PATH, STK_STR("{"), NULL), 0);
	stk_session_apply_accepted(&fc->session);
	assert_null(row->accepted.reason);
	assert_non_null(strstr(fc->lines.ptr, "nothing is accepted"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(kept_find__says_why_there_is_none),
		CASE(kept_compare__finds_what_was_kept_of_the_window),
		CASE(kept_compare__suspects_what_grew_since),
		CASE(kept_compare__other_load_is_a_failed_precondition),
		CASE(kept_check__tells_other_requests_from_the_same),
		CASE(kept_check__compares_exact_totals),
		CASE(kept_check__refuses_a_base_that_disagrees_with_itself),
		CASE(kept_check__only_warns_in_mode_idle),
		cmocka_unit_test(kept_input__adds_up_as_it_was),
		CASE(acceptances_apply__reads_the_folder_without_a_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
