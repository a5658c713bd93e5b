/* test_aa: what a calibration holds for, how both sides become one build, which runs count. */
#include "core/flow/aa.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/flow_case.h"

#define FILE_TEXT                                                                                  \
	"local stoker = require 'stoker'\n"                                                        \
	"return stoker.workflow { name = 'shop', mode = 'baseline', base = 'release',\n"           \
	"load = { 'load.lua', rate = 5 }, target = { url = 'http://127.0.0.1:1' } }\n"

static void assert_other_key(struct flow_case *fc, const struct stk_calibration_key *key)
{
	struct stk_calibration_key other;

	assert_int_equal(stk_aa_key(&fc->workflow, "x", "12ab", &fc->run.arena, &other, NULL), 0);
	assert_false(stk_calibration_is_key(key, &other));
	assert_string_not_equal(key->plan, other.plan);
}

static void aa_key__is_of_the_load_and_its_script(void **state)
{
	struct flow_case *fc = *state;
	struct stk_calibration_key key, same;
	struct stk_err err = STK_ERR_INIT;

	if (flow_case_open(fc, FILE_TEXT) < 0)
		fail_msg("%s", fc->err.msg);
	if (stk_aa_key(&fc->workflow, "x", "12ab", &fc->run.arena, &key, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(key.workflow, "shop");
	assert_string_equal(key.mode, "baseline");
	assert_int_equal(strlen(key.plan), 16);
	assert_int_equal(stk_aa_key(&fc->workflow, "x", "12ab", &fc->run.arena, &same, NULL), 0);
	assert_true(stk_calibration_is_key(&key, &same));
	fc->workflow.load.rate = 6;
	assert_other_key(fc, &key);
	fc->workflow.load.rate = 5;
	fc->workflow.profiles.len--;
	assert_other_key(fc, &key);
	fc->workflow.profiles.len++;
	lua_case_file(&fc->lc, "load.lua", "return { vus = 1, iterations = 1, default = print }");
	assert_other_key(fc, &key);
	fc->workflow.load.script = "@demo/load.lua"; /* came with stoker: no file to read */
	assert_other_key(fc, &key);
	fc->workflow.load.script = "gone.lua";
	assert_true(stk_aa_key(&fc->workflow, "x", "12ab", &fc->run.arena, &same, &err) < 0);
}

static void aa_prepare__gives_both_sides_one_build(void **state)
{
	struct stk_workflow workflow;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_workflow_init(&workflow);
	workflow.mode = STK_MODE_IDLE;
	assert_int_equal(stk_aa_prepare(&workflow, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "mode idle compares nothing"));
	workflow.mode = STK_MODE_PAIRED;
	assert_int_equal(stk_aa_prepare(&workflow, &err), STK_E_INVAL); /* two targets */
	for (int side = 0; side < STK_SIDES; side++) {
		workflow.sides[side].is_set = workflow.sides[side].is_service = true;
		workflow.sides[side].start.shell = side == STK_SIDE_BASE ? "old" : "new";
	}
	stk_vec_push(&workflow.sides[STK_SIDE_HEAD].profile.labels,
		(struct stk_pair_text){"side", "head"});
	assert_int_equal(stk_aa_prepare(&workflow, &err), 0);
	assert_string_equal(workflow.sides[STK_SIDE_BASE].start.shell, "new");
	assert_int_equal(workflow.sides[STK_SIDE_BASE].profile.labels.len, 1);
	assert_false(workflow.from_git);
	stk_workflow_release(&workflow); /* nothing is freed twice */
	stk_workflow_init(&workflow);
	workflow.mode = STK_MODE_IDLE;
	workflow.sides[STK_SIDE_HEAD].is_set = workflow.sides[STK_SIDE_HEAD].is_service = true;
	stk_workflow_pair(&workflow);
	assert_int_equal(stk_aa_prepare(&workflow, &err), 0);
	assert_string_equal(workflow.base, "HEAD");
	assert_string_equal(workflow.head, "HEAD");
	stk_workflow_release(&workflow);
}

static void add_row(struct stk_comparison *one, const char *name, double theta, bool tested)
{
	struct stk_row *row = stk_vec_push_new(&one->rows);

	*row = (struct stk_row){.function = {.name = name},
		.theta = theta,
		.se = 0.02,
		.df = 9,
		.share = 0.1,
		.impact = 0.01,
		.tested = tested};
}

static void aa_take__keeps_the_figures_of_sound_runs(void **state)
{
	struct stk_calibration calibration;
	struct stk_calibration_type *type;
	struct stk_comparison *one;
	struct stk_run run;

	(void)state;
	stk_calibration_init(&calibration);
	stk_run_init(&run);
	run.start_ns = 77;
	assert_string_equal(stk_aa_take(&run, &calibration), "it compared nothing");
	one = stk_vec_push_new(&run.comparisons);
	one->short_name = "cpu";
	one->total = (struct stk_row){.theta = 0.01, .se = 0.005, .df = INFINITY};
	add_row(one, "work.sort", 0.2, true);
	add_row(one, "work.name", -0.2, true);
	add_row(one, "runtime.gcBgMarkWorker", 0.2, true);
	add_row(one, "work.rare", 0.2, false);
	add_row(one, "work.odd", NAN, true);
	run.verdict = STK_VERDICT_REGRESSION;
	assert_null(stk_aa_take(&run, &calibration));
	assert_int_equal(calibration.runs.len, 1);
	assert_true(calibration.runs.items[0].alarm);
	assert_int_equal(calibration.runs.items[0].measured_ns, 77);
	type = &calibration.runs.items[0].types.items[0];
	assert_float_equal(type->v, 0.000025, 1e-12);
	assert_true(isfinite(type->df));
	assert_int_equal(type->rows.len, 3);
	assert_true(type->rows.items[0].eligible);
	assert_false(type->rows.items[1].eligible); /* cheaper is no alarm */
	assert_false(type->rows.items[2].eligible); /* nor is the runtime's own */
	stk_run_precondition(&run, "load", STK_CHECK_FAIL, "too few");
	assert_string_equal(stk_aa_take(&run, &calibration), "load: too few");
	run.partial.is_partial = true;
	assert_string_equal(stk_aa_take(&run, &calibration), "it ended early");
	assert_int_equal(calibration.runs.len, 1);
	stk_run_release(&run);
	stk_calibration_release(&calibration);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			aa_key__is_of_the_load_and_its_script, flow_case_setup, flow_case_teardown),
		cmocka_unit_test(aa_prepare__gives_both_sides_one_build),
		cmocka_unit_test(aa_take__keeps_the_figures_of_sound_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
