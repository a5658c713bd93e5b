/* test_summary: summary(data) as one iteration of its own, what it gives, how it fails. */
#include "core/script/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/env.h"
#include "core/base/json.h"
#include "core/script/driver.h"
#include "core/script/plan.h"
#include "core/script/script.h"
#include "tests/support/lua_case.h"

struct fixture {
	struct lua_case lc;
	struct stk_plan plan;
	struct stk_script_driver *driver;
	struct stk_env env;
	atomic_int interrupts;
	struct stk_summary_call call;
	struct stk_summary_result result;
	struct stk_err err;
};

static void give_text(void *ctx, const struct stk_summary_wish *wish, struct stk_buf *out)
{
	(void)ctx;
	stk_buf_addf(out, "%s %s %s", wish->has(wish->ctx, "kept") ? "kept" : "-",
		wish->has(wish->ctx, "gone") ? "gone" : "-", wish->color ? "color" : "plain");
}

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	lua_case_init(&f.lc);
	stk_plan_init(&f.plan);
	f.env = (struct stk_env){.clock = stk_clock_system(), .interrupts = &f.interrupts};
	f.call = (struct stk_summary_call){.env = &f.env, .color = true, .text = give_text};
	if (stk_json_parse(STK_STR("{\"metrics\":{\"kept\":{},\"gone\":{}},\"n\":7}"), &f.call.data,
		    &f.err) < 0)
		return -1;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	stk_json_free(f->call.data);
	stk_summary_result_release(&f->result);
	stk_script_driver_free(f->driver);
	stk_plan_release(&f->plan);
	lua_case_release(&f->lc);
	return 0;
}

/* Run the body of summary(data). */
static int summarize(struct fixture *f, const char *body)
{
	struct stk_plan_changes changes = {.run_id = NULL};
	struct stk_buf text = STK_BUF_EMPTY;
	int rc;

	stk_buf_addf(&text,
		"local stoker = require 'stoker'\n"
		"return { summary_timeout = '1s', thresholds = { iterations = 'count>5' }, "
		"iterations = 100, vus = 9, execution_segment = '1/2:1', "
		"execution_segment_sequence = '0,1/2,1', default = function() error 'no load' end, "
		"setup = function() error 'no setup' end, summary = function(data)\n%s\nend }",
		body);
	assert_int_equal(lua_case_load(&f->lc, text.ptr), 0);
	assert_int_equal(stk_script_plan(f->lc.script, &changes, &f->plan, &f->err), 0);
	assert_true(f->plan.has_summary);
	f->driver = stk_script_driver_new(f->lc.script);
	rc = stk_script_summarize(f->driver, &f->plan, &f->call, &f->result, &f->err);
	stk_buf_release(&text);
	return rc;
}

/* k6 4.1: `handleSummary` returns where what goes: `stdout`, `stderr`, files | `summary` | - */
static void summarize__gives_parts_in_byte_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(summarize(f, "stoker.sleep(0.001) return { stdout = 'n=' .. data.n, "
				      "['a.json'] = 'x\\0y', stderr = '' }"),
		0);
	assert_true(f->result.replaces);
	assert_int_equal(f->result.parts.len, 3);
	assert_string_equal(f->result.parts.items[0].where, "a.json");
	assert_true(stk_str_eq(f->result.parts.items[0].text, stk_str_n("x\0y", 3)));
	assert_string_equal(f->result.parts.items[1].where, "stderr");
	assert_string_equal(f->result.parts.items[2].where, "stdout");
	assert_true(stk_str_is(f->result.parts.items[2].text, "n=7"));
}

/* k6 4.1: `handleSummary` that returns nothing or throws: the usual text | the same | - */
static void summarize__nothing_keeps_the_default(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(summarize(f, ""), 0);
	assert_false(f->result.replaces);
	assert_int_equal(f->plan.scenarios.len, 1); /* the load's plan is as it was */
	assert_string_equal(f->plan.scenarios.items[0].name, "default");
}

/* k6 7.1: `textSummary` from a library | `stoker.summary.text` | - */
static void summarize__text_knows_what_was_taken_out(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		summarize(f, "data.metrics.gone = nil return { stdout = "
			     "stoker.summary.text(data) .. '\\n' .. "
			     "stoker.summary.text(data, { color = false, indent = '>' }) }"),
		0);
	assert_true(stk_str_is(f->result.parts.items[0].text, "kept - color\n>kept - plain"));
}

static void expect_failure(struct fixture *f, const char *body, const char *words)
{
	assert_int_equal(summarize(f, body), STK_E_SCRIPT);
	assert_false(f->result.replaces);
	if (!strstr(f->err.msg, words))
		fail_msg("'%s' is not in: %s", words, f->err.msg);
}

static void summarize__an_error_has_its_line(void **state)
{
	expect_failure(*state, "error 'broken'", "case.lua:3: broken");
}

/* k6 4.1: a text in place of a table: no summary and no export | an error that says so, the usual
 * summary, and the export | - */
static void summarize__text_alone_is_refused(void **state)
{
	expect_failure(*state, "return 'text'", "a table such as");
}

static void summarize__a_number_is_no_text(void **state)
{
	expect_failure(*state, "return { stderr = 'x', stdout = 5 }", "text is wanted, not number");
}

static void summarize__an_abort_is_an_error(void **state)
{
	expect_failure(*state, "stoker.abort 'enough'", "enough");
}

static void summarize__ends_code_that_does_not(void **state)
{
	expect_failure(*state, "while true do pcall(function() while true do end end) end",
		"ran out of time");
}

/* k6 4.1: `handleSummaryTimeout` | `summary_timeout` | then the usual summary is shown, in k6 none
 */
static void summarize__ends_a_wait(void **state)
{
	expect_failure(*state, "stoker.sleep(3600)", "ran out of time");
}

static void summarize__heeds_one_more_interrupt(void **state)
{
	struct fixture *f = *state;

	atomic_store(&f->interrupts, 1);
	f->call.interrupts_seen = 1;
	assert_int_equal(summarize(f, "return {}"), 0);
	assert_true(f->result.replaces);
	tear_down(state);
	set_up(state);
	atomic_store(&f->interrupts, 2);
	f->call.interrupts_seen = 1;
	assert_int_equal(summarize(f, "while true do end"), STK_E_ABORTED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(summarize__gives_parts_in_byte_order),
		CASE(summarize__nothing_keeps_the_default),
		CASE(summarize__text_knows_what_was_taken_out),
		CASE(summarize__an_error_has_its_line),
		CASE(summarize__text_alone_is_refused),
		CASE(summarize__a_number_is_no_text),
		CASE(summarize__an_abort_is_an_error),
		CASE(summarize__ends_code_that_does_not),
		CASE(summarize__ends_a_wait),
		CASE(summarize__heeds_one_more_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
