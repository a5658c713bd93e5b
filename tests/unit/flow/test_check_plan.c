/* test_check_plan: what a check advises, by what it has seen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/flow/check_priv.h"
#include "core/flow/slices.h"
#include "tests/support/flow_case.h"

static void advise(struct flow_case *fc, const struct stk_check_seen *seen, struct stk_check *out)
{
	struct stk_checking checking = {.check = out};

	stk_check_init(out);
	out->seen = *seen;
	out->samples = NAN;
	checking.workflow = *fc->session.workflow;
	checking.session = fc->session;
	checking.written_ns = 60 * STK_NS_PER_S;
	stk_check_plan(&checking);
}

static void check_plan__more_load_is_advised_where_there_is_room(void **state)
{
	static const struct {
		struct stk_check_seen seen;
		const char *advice;
	} rows[] = {
		{{.requests = 1000, .cores = 0.2, .machine_cores = 2},
			"rate = \"400/s\" (the service is at 10 % CPU), duration = \"2m00s\""},
		{{.requests = 1000, .dropped = 9, .cores = 0.2, .machine_cores = 2},
			"rate = \"400/s\" (the service is at 10 % CPU), duration = \"2m00s\""},
		/* idle because it waits for something else: it does not keep up as it is */
		{{.requests = 1000, .dropped = 300, .cores = 0.2, .machine_cores = 2},
			"duration = \"2m00s\""},
		{{.requests = 1000, .failed = 1, .cores = 0.2, .machine_cores = 2},
			"duration = \"2m00s\""},
		{{.requests = 1000, .cores = 1.2, .machine_cores = 2}, "duration = \"2m00s\""},
	};
	struct flow_case *fc = *state;

	if (flow_case_open(fc, "local stoker = require 'stoker'\nreturn stoker.workflow { mode = "
			       "'idle',\ntarget = { url = 'http://127.0.0.1:1' }, load = { "
			       "'load.lua', rate = 200, duration = '60s' } }\n") < 0)
		fail_msg("%s", fc->err.msg);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_check check;

		advise(fc, &rows[i].seen, &check);
		assert_string_equal(check.advice, rows[i].advice);
		stk_check_release(&check);
	}
}

static void check_plan__long_slices_are_said_where_a_run_is_long(void **state)
{
	struct flow_case *fc = *state;
	struct stk_check_seen seen = {.requests = 1000, .cores = 1.2, .machine_cores = 2};
	struct stk_check check;

	if (flow_case_open(fc,
		    "local stoker = require 'stoker'\nreturn stoker.workflow { mode = "
		    "'paired', sides = { base = { url = 'http://127.0.0.1:1', profile = "
		    "stoker.sdk { labels = { v = '1' } } }, head = { url = "
		    "'http://127.0.0.1:2', profile = stoker.sdk { labels = { v = '2' } } "
		    "} }, load = { 'load.lua', rate = 200 } }\n") < 0)
		fail_msg("%s", fc->err.msg);
	advise(fc, &seen, &check);
	assert_null(check.quicker);
	stk_check_release(&check);
	for (int side = 0; side < STK_SIDES; side++)
		stk_slices_type(&fc->session, "cpu")->info[side].interval_ns = 60 * STK_NS_PER_S;
	advise(fc, &seen, &check);
	assert_string_equal(check.quicker,
		"slices of 10s in place of 1m00s, by the agent's upload interval, = about 7 min");
	stk_check_release(&check);
	for (int side = 0; side < STK_SIDES; side++)
		stk_slices_type(&fc->session, "cpu")->info[side].interval_ns = 15 * STK_NS_PER_S;
	advise(fc, &seen, &check);
	assert_null(check.quicker);
	stk_check_release(&check);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			check_plan__more_load_is_advised_where_there_is_room, flow_case_setup,
			flow_case_teardown),
		cmocka_unit_test_setup_teardown(
			check_plan__long_slices_are_said_where_a_run_is_long, flow_case_setup,
			flow_case_teardown),
	};

	return cmocka_run_group_tests_name("check_plan", tests, NULL, NULL);
}
