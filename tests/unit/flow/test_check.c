/* test_check: what a check finds, what it makes of what is missing, and that nothing stays behind.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/flow/check.h"
#include "tests/support/flow_case.h"
#include "tests/support/near.h"

#define SERVICE(faults)                                                                            \
	"stoker.service { start = 'exec python3 $DIR/fake_service.py {port} {push_url} "           \
	"{side} " faults "', ready = '/healthz', ready_timeout = '10s' }"
#define IDLE(faults, profiles)                                                                     \
	"local stoker = require 'stoker'\nreturn stoker.workflow { mode = 'idle', service "        \
	"= " SERVICE(faults) ", load = { 'load.lua', rate = '60/s', duration = '40s' }, profiles " \
			     "= " profiles " }\n"
#define PAIRED                                                                                     \
	"local stoker = require 'stoker'\nreturn stoker.workflow { sides = { base = " SERVICE(     \
		"") ", head = " SERVICE("") " }, load = { 'load.lua', rate = '60/s' }, profiles "  \
					    "= { 'cpu' } }\n"

struct checked {
	struct stk_check check;
	int rc;
};

static void check_text(struct flow_case *fc, const char *text, double wait_s, struct checked *out)
{
	struct stk_check_opts opts = {
		.load_ns = 3 * STK_NS_PER_S, .wait_ns = (int64_t)(wait_s * 1e9)};

	flow_case_load(fc, text);
	opts.flow = fc->opts;
	stk_check_init(&out->check);
	out->rc = stk_check_run(&opts, &out->check, &fc->err);
}

static const struct stk_check_line *find(const struct stk_check *check, const char *name)
{
	for (size_t i = 0; i < check->lines.len; i++)
		if (strcmp(check->lines.items[i].name, name) == 0)
			return &check->lines.items[i];
	fail_msg("no line '%s'", name);
	return NULL;
}

static void expect(const struct stk_check *check, const char *name, enum stk_check_state state,
	const char *part)
{
	const struct stk_check_line *line = find(check, name);

	if (line->state != state || !strstr(line->text, part))
		fail_msg("%s: state %d: %s (%s)", name, line->state, line->text,
			line->hint ? line->hint : "");
}

static bool has_line(const struct stk_check *check, const char *name)
{
	for (size_t i = 0; i < check->lines.len; i++)
		if (strcmp(check->lines.items[i].name, name) == 0)
			return true;
	return false;
}

/* --- a service that is there ------------------------------------------------------------------ */

static void check_run__measures_a_service(void **state)
{
	struct flow_case *fc = *state;
	struct stk_buf text = STK_BUF_EMPTY;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	check_text(fc, IDLE("", "{ 'cpu' }"), 30, &out);
	assert_int_equal(out.rc, 0);
	expect(&out.check, "file", STK_CHECK_OK, "load.lua   1 scenario, 0 thresholds");
	expect(&out.check, "ready", STK_CHECK_OK, "/healthz in ");
	expect(&out.check, "load", STK_CHECK_OK, " requests in ");
	expect(&out.check, "profiles", STK_CHECK_OK, "cpu · slices of 1s");
	expect(&out.check, "baggage", STK_CHECK_WARN, "does not label requests");
	assert_true(out.check.seen.requests > 100 && out.check.seen.failed == 0);
	assert_true(out.check.seen.cores > 0.05);
	test_near("hz", out.check.seen.hz, 10000, 1);
	/* 18.5 samples per request, 60 requests a second */
	assert_true(out.check.seen.samples_per_s > 500 && out.check.seen.samples_per_s < 2000);
	assert_true(out.check.seen.functions == 7);
	assert_int_equal(out.check.plan.load_ns, 40 * STK_NS_PER_S);
	assert_int_equal(out.check.sees.len, 2);
	stk_check_format_plan(&out.check, &text);
	assert_non_null(strstr(text.ptr, "idle, 5s without load, 40s of load = about "));
	assert_false(stk_fs_exists(fc->runs_dir)); /* no record */
	stk_buf_release(&text);
	stk_check_release(&out.check);
}

static void check_run__takes_two_sides_by_hand(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	check_text(fc, PAIRED, 30, &out);
	assert_int_equal(out.rc, 0);
	expect(&out.check, "ready", STK_CHECK_OK, "base http://127.0.0.1:");
	expect(&out.check, "profiles", STK_CHECK_OK, "slices of 1s");
	assert_int_equal(out.check.plan.pairs, 6);
	assert_int_equal(out.check.plan.block_ns, 4 * STK_NS_PER_S);
	assert_int_equal(out.check.plan.counted_ns, 3 * STK_NS_PER_S);
	assert_int_equal(out.check.sees.len, 3);
	assert_true(out.check.sees.items[0].change > out.check.sees.items[1].change);
	assert_non_null(strstr(out.check.advice, "pairs = 12"));
	stk_check_release(&out.check);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

static void check_run__a_service_that_dies(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	check_text(fc, IDLE("die=0", "{ 'cpu' }"), 30, &out);
	assert_int_equal(out.rc, 0);
	expect(&out.check, "ready", STK_CHECK_FAIL, "exit status 7");
	assert_int_equal(find(&out.check, "ready")->code, STK_E_IO);
	assert_false(has_line(&out.check, "load"));
	stk_check_release(&out.check);
}

static void check_run__requests_that_fail(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	check_text(fc, IDLE("error=0", "{ 'cpu' }"), 30, &out);
	expect(&out.check, "load", STK_CHECK_FAIL, " requests in ");
	assert_int_equal(find(&out.check, "load")->code, STK_E_HTTP);
	assert_true(out.check.seen.failed == out.check.seen.requests);
	stk_check_release(&out.check);
}

static void check_run__profiles_that_do_not_come(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	check_text(fc, IDLE("", "{ 'cpu', 'alloc_space' }"), 4, &out);
	expect(&out.check, "profiles", STK_CHECK_FAIL, "waiting for alloc_space of head");
	assert_non_null(strstr(find(&out.check, "profiles")->text, "it has process_cpu:cpu"));
	assert_int_equal(find(&out.check, "profiles")->code, STK_E_TIMEOUT);
	assert_int_equal(out.check.sees.len, 0);
	stk_check_release(&out.check);
}

static void check_run__a_load_script_with_a_mistake(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	lua_case_file(&fc->lc, "load.lua", "return 3\n");
	check_text(fc,
		"return require 'stoker'.workflow { target = { url = 'http://127.0.0.1:9' }, "
		"load = { 'load.lua' } }\n",
		1, &out);
	assert_int_equal(out.rc, 0);
	assert_int_equal(find(&out.check, "file")->state, STK_CHECK_FAIL);
	assert_int_equal(find(&out.check, "file")->code, STK_E_SCRIPT);
	stk_check_release(&out.check);
}

static void check_run__a_token_that_is_not_there(void **state)
{
	static const char *const environ_[] = {"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=a/b",
		"GITHUB_API_URL=https://api.github.com", NULL};
	struct flow_case *fc = *state;
	struct checked out;

	fc->env.environ_ = environ_;
	check_text(fc,
		"return require 'stoker'.workflow { target = { url = 'http://127.0.0.1:9' }, "
		"load = { 'load.lua', rate = '5/s' }, profiles = {}, post = { 'comment' } }\n",
		1, &out);
	expect(&out.check, "post", STK_CHECK_WARN, "no token for GitHub");
	expect(&out.check, "ready", STK_CHECK_FAIL, "target 'http://127.0.0.1:9'");
	stk_check_release(&out.check);
}

static void check_run__an_interrupt_ends_it(void **state)
{
	struct flow_case *fc = *state;
	struct checked out;

	if (!flow_case_has_python())
		skip();
	fc->interrupt_label = "load";
	fc->interrupt_at_line = 1;
	check_text(fc, IDLE("", "{ 'cpu' }"), 30, &out);
	assert_int_equal(out.rc, STK_E_ABORTED);
	assert_false(has_line(&out.check, "profiles"));
	stk_check_release(&out.check);
}

/* --- words ------------------------------------------------------------------------------------ */

static struct stk_check paired(void)
{
	struct stk_check check;

	stk_check_init(&check);
	check.plan = (struct stk_check_plan){.mode = STK_MODE_PAIRED,
		.pairs = 6,
		.block_ns = 20 * STK_NS_PER_S,
		.counted_ns = 15 * STK_NS_PER_S,
		.total_ns = 290 * STK_NS_PER_S};
	check.samples = 4100;
	stk_vec_push(&check.sees, (struct stk_sensitivity){0.05, 0.54});
	stk_vec_push(&check.sees, (struct stk_sensitivity){1.0, 0.031});
	return check;
}

static void check_format_plan__as_people_say_it(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_check check = paired();

	(void)state;
	stk_check_format_plan(&check, &text);
	assert_string_equal(
		text.ptr, "paired, 6 pairs × 2 builds × 20s (15s counted) + warm-up = about 5 min");
	stk_buf_clear(&text);
	check.plan.total_ns = 47 * STK_NS_PER_S;
	stk_check_format_plan(&check, &text);
	assert_non_null(strstr(text.ptr, "= about 50 s"));
	stk_buf_clear(&text);
	check.plan.is_own_flow = true;
	stk_check_format_plan(&check, &text);
	assert_non_null(strstr(text.ptr, "a flow of its own"));
	stk_buf_release(&text);
	stk_check_release(&check);
}

static void check_format_sees__or_why_not(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_check check = paired();

	(void)state;
	stk_check_format_sees(&check, &text);
	assert_string_equal(text.ptr,
		"about +54 % on a function of 5 %, +3.1 % in total   (4 100 CPU samples a side)");
	stk_buf_clear(&text);
	check.sees.len = 0;
	stk_check_format_sees(&check, &text);
	assert_non_null(strstr(text.ptr, "no samples of CPU time"));
	stk_buf_clear(&text);
	check.seen.samples_per_s = 100;
	check.plan.pairs = 3;
	stk_check_format_sees(&check, &text);
	assert_non_null(strstr(text.ptr, "a verdict needs 4 pairs"));
	stk_buf_release(&text);
	stk_check_release(&check);
}

static void check_format_json__has_lines_plan_and_figures(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_check check = paired();
	struct stk_json *document = NULL;

	(void)state;
	stk_vec_push(&check.lines,
		(struct stk_check_line){STK_CHECK_WARN, "git", "same commit", "check out", 0});
	stk_check_format_json(&check, 3, &text);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &document, NULL), 0);
	assert_string_equal(stk_json_text(stk_json_get(document, "document"), ""), "stoker.check");
	assert_int_equal(stk_json_int(stk_json_get(document, "exit_code"), 0), 3);
	assert_string_equal(
		stk_json_text(stk_json_pointer(document, STK_STR("/lines/0/state")), ""), "warn");
	assert_int_equal(stk_json_int(stk_json_pointer(document, STK_STR("/plan/pairs")), 0), 6);
	assert_int_equal(
		stk_json_type(stk_json_pointer(document, STK_STR("/seen/hz"))), STK_JSON_NULL);
	assert_true(
		stk_json_real(stk_json_pointer(document, STK_STR("/sees/1/change")), 0) == 0.031);
	stk_json_free(document);
	stk_buf_release(&text);
	stk_check_release(&check);
}

static void check_fail__becomes_a_line(void **state)
{
	struct stk_check_opts opts = {.load_ns = 1};
	struct stk_err err = STK_ERR_INIT;
	struct stk_check check;

	(void)state;
	stk_check_init(&check);
	stk_err_set(&err, STK_E_SCRIPT, "no such key");
	stk_check_fail(&check, &opts, "file", &err);
	expect(&check, "file", STK_CHECK_FAIL, "no such key");
	assert_null(check.lines.items[0].hint);
	assert_int_equal(check.lines.items[0].code, STK_E_SCRIPT);
	stk_check_release(&check);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, flow_case_setup, flow_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(check_run__measures_a_service),
		CASE(check_run__takes_two_sides_by_hand),
		CASE(check_run__a_service_that_dies),
		CASE(check_run__requests_that_fail),
		CASE(check_run__profiles_that_do_not_come),
		CASE(check_run__a_load_script_with_a_mistake),
		CASE(check_run__a_token_that_is_not_there),
		CASE(check_run__an_interrupt_ends_it),
		cmocka_unit_test(check_format_plan__as_people_say_it),
		cmocka_unit_test(check_format_sees__or_why_not),
		cmocka_unit_test(check_format_json__has_lines_plan_and_figures),
		cmocka_unit_test(check_fail__becomes_a_line),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
