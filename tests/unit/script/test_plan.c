/* test_plan: load scripts as plans: keys, shortcuts, thresholds, changes from outside, mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "core/record/run.h"
#include "core/script/plan.h"
#include "tests/support/lua_case.h"

struct fixture {
	struct lua_case lc;
	struct stk_plan plan;
	struct stk_plan_changes changes;
	struct stk_err err;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	lua_case_init(&f.lc);
	stk_plan_init(&f.plan);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stk_plan_release(&f->plan);
	lua_case_release(&f->lc);
	return 0;
}

/* The plan of a file that defines what text says, between a head and nothing. */
static int plan_of(struct fixture *f, const char *text)
{
	struct stk_buf whole = STK_BUF_EMPTY;

	stk_buf_addf(
		&whole, "local stoker = require 'stoker' local function fn() end\nreturn %s", text);
	if (lua_case_load(&f->lc, whole.ptr) != 0)
		fail_msg("%s", f->lc.err.msg);
	stk_buf_release(&whole);
	stk_plan_release(&f->plan);
	stk_err_clear(&f->err);
	int rc = stk_script_plan(f->lc.script, &f->changes, &f->plan, &f->err);
	(void)lua_case_message(&f->lc, &f->err);
	return rc;
}

static void expect_plan(struct fixture *f, const char *text)
{
	if (plan_of(f, text) != 0)
		fail_msg("%s (%s)", f->err.msg, f->err.hint);
}

static void expect_error(struct fixture *f, const char *text, const char *message, const char *hint)
{
	assert_int_equal(plan_of(f, text), STK_E_SCRIPT);
	assert_string_equal(f->lc.err.msg, message);
	assert_string_equal(f->lc.err.hint, hint);
}

static const struct stk_scenario *only(struct fixture *f)
{
	assert_int_equal(f->plan.scenarios.len, 1);
	return &f->plan.scenarios.items[0];
}

/* k6 1.9: `vus`, `duration`, `iterations`, `stages` in the script | the same | - */
static void plan__shortcuts_of_k6(void **state)
{
	struct fixture *f = *state;

	expect_plan(f, "stoker.load { default = fn, vus = 3, duration = '30s' }");
	assert_string_equal(only(f)->executor, "constant-vus");
	assert_int_equal(only(f)->vus, 3);
	assert_int_equal(only(f)->duration_ns, 30000000000);
	expect_plan(f, "stoker.load { default = fn, iterations = 10, vus = 2 }");
	assert_string_equal(only(f)->executor, "shared-iterations");
	expect_plan(f, "stoker.load { default = fn, stages = { { '30s', 10 }, { duration = 5, "
		       "target = 0 } } }");
	assert_string_equal(only(f)->executor, "ramping-vus");
	assert_int_equal(only(f)->stages.len, 2);
	assert_int_equal(only(f)->stages.items[1].duration_ns, 5000000000);
	expect_plan(f, "stoker.load { default = fn }");
	assert_string_equal(only(f)->executor, "per-vu-iterations");
	expect_plan(f, "{ default = fn, vus = 4 }");
	assert_int_equal(only(f)->iterations, 4);
}

static void plan__rate_makes_vus_as_needed(void **state)
{
	struct fixture *f = *state;

	expect_plan(f, "stoker.load { default = fn, rate = '3000/m', duration = 10 }");
	assert_string_equal(only(f)->executor, "constant-arrival-rate");
	assert_int_equal(only(f)->rate, 3000);
	assert_int_equal(only(f)->time_unit_ns, 60000000000);
	assert_int_equal(only(f)->max_vus, 500);
	assert_true(only(f)->grow_at_once);
	expect_plan(f, "stoker.load { default = fn, rate = 0.5, duration = 10 }");
	assert_int_equal(only(f)->max_vus, 10);
	expect_plan(f, "stoker.load { default = fn, rate = 2000, duration = 10 }");
	assert_int_equal(only(f)->max_vus, 10000);
	expect_plan(f, "stoker.load { scenarios = { a = { executor = 'constant-arrival-rate', "
		       "rate = 20, time_unit = '2s', duration = 10, exec = fn } } }");
	assert_int_equal(only(f)->max_vus, 100);
	assert_int_equal(only(f)->time_unit_ns, 2000000000);
}

/* k6 1.1: `startTime`, `gracefulStop`, `exec`, `env`, `tags` of a scenario | `start_time`, …;
 * camelCase is understood | `exec` is the function itself
 * k6 1.8: scenarios are ordered by start time and name | by name | - */
static void plan__scenarios_in_byte_order_with_k6_names(void **state)
{
	struct fixture *f = *state;

	expect_plan(f,
		"stoker.load { scenarios = {\n"
		" b = { executor = 'ramping-vus', startVUs = 2, stages = { {'1s', 5} }, exec = fn, "
		"gracefulRampDown = '3s', startTime = '2s', env = { X = 1 }, tags = { t = 'u' } "
		"},\n"
		" a = { executor = 'per-vu-iterations', vus = 2, iterations = 3, exec = fn, "
		"max_duration = '1m' } } }");
	assert_int_equal(f->plan.scenarios.len, 2);
	const struct stk_scenario *a = &f->plan.scenarios.items[0], *b = a + 1;
	assert_string_equal(a->name, "a");
	assert_int_equal(a->exec, 1);
	assert_int_equal(b->exec, 2);
	assert_int_equal(a->max_duration_ns, 60000000000);
	assert_int_equal(b->start_vus, 2);
	assert_int_equal(b->graceful_ramp_down_ns, 3000000000);
	assert_int_equal(b->start_time_ns, 2000000000);
	assert_string_equal(b->env.items[0].value, "1");
	assert_string_equal(b->tags.items[0].key, "t");
}

/* k6 5.2: `timeout`, `maxRedirects`, `tags` of the run | `timeout`, `redirects`, `tags` |
 * `timeout` can be set for all requests */
static void plan__settings(void **state)
{
	struct fixture *f = *state;

	expect_plan(f,
		"stoker.load { default = fn, base_url = 'http://h/api', timeout = '5s', redirects "
		"= 0, labels = false, seed = 7, tags = { a = 'b' }, setup = fn, teardown = fn }");
	assert_string_equal(f->plan.base_url[STK_SIDE_HEAD], "http://h/api");
	assert_null(f->plan.base_url[STK_SIDE_BASE]);
	assert_int_equal(f->plan.timeout_ns, 5000000000);
	assert_int_equal(f->plan.redirects, 0);
	assert_false(f->plan.labels);
	assert_int_equal(f->plan.seed, 7);
	assert_string_equal(f->plan.tags.items[0].value, "b");
	assert_true(f->plan.has_setup && f->plan.has_teardown);
}

/* k6 3.1: thresholds as a list of texts and objects | text, table or list | a single text need not
 * stand in a list */
static void plan__thresholds_in_every_form(void **state)
{
	struct fixture *f = *state;

	expect_plan(f, "stoker.load { default = fn, thresholds = {\n"
		       " http_req_duration = { 'p(95)<800', { 'p(99)<1500', abort = true, delay = "
		       "'30s' } },\n"
		       " ['http_req_duration{name:x}'] = 'p(95)<300',\n"
		       " checks = { 'rate>0.99', no_data = 'fail' } } }");
	assert_int_equal(f->plan.thresholds.len, 4);
	const struct stk_threshold_spec *t = f->plan.thresholds.items;
	assert_string_equal(t[0].metric, "checks");
	assert_true(t[0].no_data_fails && !t[0].abort);
	assert_string_equal(t[1].expr, "p(95)<800");
	assert_string_equal(t[2].expr, "p(99)<1500");
	assert_true(t[2].abort);
	assert_int_equal(t[2].delay_ns, 30000000000);
	assert_string_equal(t[3].metric, "http_req_duration{name:x}");
}

/* k6 3.1: metrics of the script's init are known to thresholds | the same | - */
static void plan__metrics_of_the_file_are_known_to_thresholds(void **state)
{
	struct fixture *f = *state;

	expect_plan(f,
		"(function() stoker.metrics.rate 'errors' return { default = fn, thresholds = { "
		"errors = 'rate<0.01' } } end)()");
	assert_int_equal(f->plan.metrics.len, 1);
	assert_int_equal(
		plan_of(f, "{ default = fn, thresholds = { erors = 'rate<0.01' } }"), STK_E_SCRIPT);
	assert_non_null(strstr(f->lc.err.msg, "case.lua: "));
	assert_non_null(strstr(f->lc.err.msg, "erors"));
}

/* k6 1.9: `-u -d -i -s` replace the script's workload | the same, with a warning | - */
static void plan__changes_replace_the_workload(void **state)
{
	struct fixture *f = *state;
	struct stk_shortcuts shortcuts;

	stk_shortcuts_init(&shortcuts);
	shortcuts.vus = 9;
	shortcuts.duration_ns = 4000000000;
	f->changes.shortcuts = &shortcuts;
	expect_plan(f, "stoker.load { default = fn, vus = 1, iterations = 5 }");
	assert_string_equal(only(f)->executor, "constant-vus");
	assert_int_equal(only(f)->vus, 9);
	expect_plan(f, "stoker.load { scenarios = { a = { executor = 'shared-iterations', exec = "
		       "fn } } }");
	assert_string_equal(only(f)->executor, "constant-vus");
	assert_int_equal(only(f)->exec, 1); /* the function of the only scenario */
	assert_true(f->plan.warnings.len > 0);
}

static void plan__changes_of_a_workflow(void **state)
{
	struct fixture *f = *state;
	const char *two =
		"stoker.load { scenarios = { a = { executor = 'shared-iterations', exec = fn },"
		" b = { executor = 'constant-vus', duration = 10, exec = fn, start_time = 4 } } }";

	f->changes.rate = 200;
	f->changes.rate_unit_ns = 1000000000;
	f->changes.duration_ns = 20000000000;
	f->changes.scenario = "b";
	expect_plan(f, two);
	assert_string_equal(only(f)->executor, "constant-arrival-rate");
	assert_int_equal(only(f)->exec, 2);
	f->changes.scenario = "c";
	assert_int_equal(plan_of(f, two), STK_E_INVAL);
	memset(&f->changes, 0, sizeof f->changes);
	f->changes.base_url[STK_SIDE_BASE] = "http://base";
	f->changes.scale_to_ns = 7000000000;
	expect_plan(f, "{ base_url = 'http://x', scenarios = { b = { executor = 'constant-vus', "
		       "duration = 10, exec = fn, start_time = 4 } } }");
	assert_int_equal(only(f)->duration_ns, 5000000000);
	assert_int_equal(only(f)->start_time_ns, 2000000000);
	assert_string_equal(f->plan.base_url[STK_SIDE_BASE], "http://base");
	assert_string_equal(f->plan.base_url[STK_SIDE_HEAD], "http://x");
}

/* k6 1.1: an unknown key of a scenario is an error, of `options` a warning | an error everywhere,
 * with file, line and the nearest key | a misspelt option never goes unseen */
static void plan__mistakes_name_file_line_and_what_to_do(void **state)
{
	struct fixture *f = *state;

	expect_error(f, "stoker.load { defualt = fn }", "case.lua:2: unknown key 'defualt'",
		"did you mean 'default'?");
	expect_error(f,
		"stoker.load { scenarios = { s = { executor = 'constant-vu', exec = fn } } }",
		"case.lua:2: scenarios.s.executor: unknown value 'constant-vu'",
		"did you mean 'constant-vus'?");
	expect_error(f,
		"stoker.load { scenarios = { s = { executor = 'constant-vus', duration = 1, exec = "
		"fn, "
		"stages = { { 1, 1 } } } } }",
		"case.lua:2: scenarios.s: executor 'constant-vus' takes no 'stages'",
		"it takes vus, duration");
	expect_error(f,
		"stoker.load { scenarios = { s = { executor = 'constant-vus', exec = 'fn' } } }",
		"case.lua:2: scenarios.s.exec: a function is wanted, not string",
		"write the function itself: exec = fn");
	expect_error(f, "stoker.load { scenarios = { s = { executor = 'constant-vus' } } }",
		"case.lua:2: scenarios.s.exec: is missing, and there is no default to run instead",
		"");
	expect_error(f, "stoker.load { scenarios = { s = { exec = fn } } }",
		"case.lua:2: scenarios.s.executor: is missing", "");
	expect_error(f, "stoker.load {}", "case.lua:2: there is no function 'default' to run",
		"give the table a key: default = function(ctx) ... end");
	expect_error(f, "stoker.load { default = fn, vus = 0 }",
		"case.lua:2: vus: 0 is too small, at least 1", "");
	expect_error(f, "stoker.load { default = fn, stages = { { '1s' } } }",
		"case.lua:2: stages.[1].target: is missing", "");
	expect_error(f,
		"stoker.load { default = fn, thresholds = { checks = { 'rate>1', abrt = true } } }",
		"case.lua:2: thresholds.checks: unknown key 'abrt'", "did you mean 'abort'?");
	expect_error(f, "stoker.load { default = 3 }",
		"case.lua:2: default: a function is wanted, not number", "");
}

static void plan__refuses_a_workflow(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(plan_of(f, "stoker.workflow {}"), STK_E_INVAL);
	assert_string_equal(f->lc.err.msg, "case.lua is a workflow, not a load script");
}

static void expect_word(struct fixture *f, const char *text, const char *word)
{
	assert_int_equal(plan_of(f, text), STK_E_SCRIPT);
	if (!strstr(f->lc.err.msg, word))
		fail_msg("'%s' does not say '%s'", f->lc.err.msg, word);
}

static void plan__takes_a_ramping_arrival_rate(void **state)
{
	struct fixture *f = *state;
	const struct stk_scenario *scenario;

	expect_plan(f, "{ scenarios = { s = { executor = 'ramping-arrival-rate', startRate = 5, "
		       "timeUnit = '1m', "
		       "stages = { { '10s', 60 }, { duration = '5s', target = 0 } }, "
		       "preAllocatedVUs = 3, exec = fn } } }");
	scenario = &f->plan.scenarios.items[0];
	assert_int_equal(scenario->start_rate, 5);
	assert_int_equal(scenario->time_unit_ns, INT64_C(60000000000));
	assert_int_equal(scenario->stages.items[1].target, 0);
	assert_int_equal(scenario->max_vus, 3);
	expect_plan(f, "{ scenarios = { s = { executor = 'ramping-arrival-rate', stages = { { "
		       "'10s', 60 } }, exec = fn } } }");
	assert_int_equal(
		f->plan.scenarios.items[0].max_vus, 600); /* as needed, by the highest rate */
	assert_true(f->plan.scenarios.items[0].grow_at_once);
	expect_word(f,
		"{ scenarios = { s = { executor = 'ramping-arrival-rate', rate = 5, exec = fn } } "
		"}",
		"executor 'ramping-arrival-rate' takes no 'rate'");
	expect_word(f,
		"{ scenarios = { s = { executor = 'ramping-arrival-rate', pre_allocated_vus = 1, "
		"exec = fn } } }",
		"stages are missing");
}

/* k6 8.6: segment and sequence in script and on the command line | the same | a segment without
 * its sequence is a warning */
static void plan__segments_of_script_and_command_line(void **state)
{
	struct fixture *f = *state;

	expect_plan(f, "{ default = fn, vus = 4, duration = '1s', execution_segment = '1/2:1', "
		       "execution_segment_sequence = '0,1/2,1' }");
	assert_string_equal(f->plan.segment.text, "1/2:1");
	assert_int_equal(f->plan.warnings.len, 0);
	f->changes.segment = "0:1/2";
	expect_plan(f, "{ default = fn, vus = 4, duration = '1s', execution_segment = '1/2:1', "
		       "execution_segment_sequence = '0,1/2,1' }");
	assert_string_equal(f->plan.segment.text, "0:1/2");
	expect_plan(f, "{ default = fn, vus = 4, duration = '1s' }");
	assert_int_equal(f->plan.warnings.len, 1); /* a part without the sequence of all */
	f->changes.segment = NULL;
	expect_word(f, "{ default = fn, execution_segment_sequence = '0,1/2,1' }",
		"but no execution segment");
	expect_word(f, "{ default = fn, execution_segment = '1/2:3/2' }", "'3/2' is no border");
}

/* k6 3.1: `threshold`, `abortOnFail`, `delayAbortEval` | the same, or `abort`, `delay` | -
 * k6 4.1: `setupTimeout`, `teardownTimeout` | `setup_timeout`, `teardown_timeout` | - */
static void plan__limits_and_k6_names_of_thresholds(void **state)
{
	struct fixture *f = *state;

	expect_plan(f, "{ default = fn, rps = 7, maxRedirects = 3, setup_timeout = '5s', "
		       "teardownTimeout = 4, "
		       "thresholds = { http_reqs = { { threshold = 'count>1', abortOnFail = true, "
		       "delay_abort_eval = '10s' }, { 'count>2', abort = true } } } }");
	assert_int_equal(f->plan.rps, 7);
	assert_int_equal(f->plan.redirects, 3);
	assert_int_equal(f->plan.setup_timeout_ns, INT64_C(5000000000));
	assert_int_equal(f->plan.teardown_timeout_ns, INT64_C(4000000000));
	assert_string_equal(f->plan.thresholds.items[0].expr, "count>1");
	assert_true(f->plan.thresholds.items[0].abort);
	assert_int_equal(f->plan.thresholds.items[0].delay_ns, INT64_C(10000000000));
	assert_true(f->plan.thresholds.items[1].abort);
	expect_word(f, "{ default = fn, thresholds = { http_reqs = { abort = true } } }",
		"is missing: \"p(95)<800\"");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(plan__takes_a_ramping_arrival_rate),
		CASE(plan__segments_of_script_and_command_line),
		CASE(plan__limits_and_k6_names_of_thresholds),
		CASE(plan__shortcuts_of_k6),
		CASE(plan__rate_makes_vus_as_needed),
		CASE(plan__scenarios_in_byte_order_with_k6_names),
		CASE(plan__settings),
		CASE(plan__thresholds_in_every_form),
		CASE(plan__metrics_of_the_file_are_known_to_thresholds),
		CASE(plan__changes_replace_the_workload),
		CASE(plan__changes_of_a_workflow),
		CASE(plan__mistakes_name_file_line_and_what_to_do),
		CASE(plan__refuses_a_workflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
