/* test_trust: which A/A runs count for a run, what is said of those that do not, what follows. */
#include "core/flow/trust.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/baseline/calibrated.h"
#include "core/baseline/kept.h"
#include "core/flow/aa.h"
#include "tests/support/calibration_case.h"
#include "tests/support/flow_case.h"

#define FILE_TEXT                                                                                  \
	"local stoker = require 'stoker'\n"                                                        \
	"return stoker.workflow { name = 'shop', mode = 'baseline', base = 'release',\n"           \
	"load = { 'load.lua', rate = 5 }, target = { url = 'http://127.0.0.1:1' } }\n"

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

static void open_case(struct flow_case *fc)
{
	if (flow_case_open(fc, FILE_TEXT) < 0)
		fail_msg("%s", fc->err.msg);
	fc->run.mode = STK_MODE_BASELINE;
}

/* Runs that were over `age_ns` ago, of this load on this machine unless the key says otherwise. */
static void write_runs(struct flow_case *fc, int runs, int64_t age_ns, const char *machine)
{
	struct stk_calibration calibration;
	struct stk_calibrateds all;
	struct stk_buf text = STK_BUF_EMPTY;

	calibration_case_init(&calibration, "baseline", runs, 0.02, 0.03);
	assert_int_equal(stk_aa_key(&fc->workflow, "load.lua", machine, &fc->run.arena,
				 &calibration.key, NULL),
		0);
	for (int i = 0; i < runs; i++)
		calibration.runs.items[i].measured_ns = FLOW_CASE_NOW - age_ns;
	stk_calibrateds_init(&all);
	stk_calibrateds_put(&all, &calibration);
	stk_calibrateds_format(&all, &text);
	assert_int_equal(stk_fs_mkdirs(".stoker", NULL), 0);
	assert_int_equal(stk_fs_write(STK_CALIBRATED_PATH, stk_buf_str(&text), NULL), 0);
	stk_buf_release(&text);
	stk_calibrateds_release(&all);
	stk_calibration_release(&calibration);
}

static const char *machine_of(struct flow_case *fc)
{
	return stk_kept_machine(fc->run.environment.items, fc->run.environment.len, &fc->run.arena);
}

static void trust_aa__is_measured_where_runs_count(void **state)
{
	struct flow_case *fc = *state;
	struct stk_compare_aa aa;

	open_case(fc);
	write_runs(fc, 34, STK_NS_PER_S, machine_of(fc));
	aa = stk_trust_aa(&fc->session, "cpu");
	assert_true(aa.calibrated);
	assert_float_equal(aa.df, 33, 0.0);
	assert_true(aa.sigma[2] > 0.02 && aa.sigma[2] < 0.04);
	assert_null(fc->run.calibration.why_not);
	assert_int_equal(fc->run.calibration.runs, 34);
	assert_float_equal(fc->run.calibration.sigma, aa.sigma_total, 1e-12);
	assert_true(fc->run.calibration.alarms_below < 0.2);
	/* of a type that no A/A run had nothing is known */
	assert_false(stk_trust_aa(&fc->session, "alloc_space").calibrated);
}

static void trust_aa__is_a_guess_without(void **state)
{
	struct flow_case *fc = *state;

	open_case(fc);
	assert_false(stk_trust_aa(&fc->session, "cpu").calibrated);
	assert_float_equal(stk_trust_aa(&fc->session, "cpu").sigma[0], 0.04, 0.0);
	assert_null(fc->run.calibration.plan);
}

static void assert_does_not_count(
	struct flow_case *fc, int runs, int64_t age_ns, const char *machine, const char *words)
{
	open_case(fc);
	write_runs(fc, runs, age_ns, machine ? machine : machine_of(fc));
	assert_false(stk_trust_aa(&fc->session, "cpu").calibrated);
	assert_non_null(fc->run.calibration.plan);
	if (!strstr(fc->run.calibration.why_not, words))
		fail_msg("'%s' has no '%s'", fc->run.calibration.why_not, words);
}

static void trust_find__says_that_there_are_too_few(void **state)
{
	assert_does_not_count(*state, 8, STK_NS_PER_S, NULL, "8 of 20 A/A runs");
}

static void trust_find__says_that_they_are_old(void **state)
{
	assert_does_not_count(*state, 30, 40 * 24 * 3600 * STK_NS_PER_S, NULL, "40 days old");
}

static void trust_find__says_that_they_are_of_another_machine(void **state)
{
	assert_does_not_count(*state, 30, STK_NS_PER_S, "ffffffff", "another machine");
}

static void trust_aa__adds_nothing_to_an_aa_run(void **state)
{
	struct flow_case *fc = *state;

	open_case(fc);
	write_runs(fc, 34, STK_NS_PER_S, machine_of(fc));
	fc->opts.aa_dir = "kept";
	assert_float_equal(stk_trust_aa(&fc->session, "cpu").sigma[3], 0.0, 0.0);
	assert_float_equal(stk_trust_aa(&fc->session, "cpu").df, 1.0, 0.0);
	assert_null(fc->run.calibration.plan);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(trust_aa__is_measured_where_runs_count),
		CASE(trust_aa__is_a_guess_without),
		CASE(trust_find__says_that_there_are_too_few),
		CASE(trust_find__says_that_they_are_old),
		CASE(trust_find__says_that_they_are_of_another_machine),
		CASE(trust_aa__adds_nothing_to_an_aa_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
