/* test_slices: what is known of the slices of a service that sends nothing while it is idle. */
#include "core/flow/slices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/flow_case.h"

#define HOUR_NS (3600 * STK_NS_PER_S)

static const char workflow[] =
	"local stoker = require \"stoker\"\n"
	"return stoker.workflow { name = \"quiet\", mode = \"idle\",\n"
	"  target = { url = \"http://127.0.0.1:9\", service = \"quiet\" },\n"
	"  load = { script = \"load.lua\", duration = \"30s\" }, profiles = { \"cpu\" } }\n";

static void push_since(struct flow_case *fc, int64_t start_ns)
{
	for (int i = 0; i < 6; i++)
		flow_case_push(fc, STK_SIDE_HEAD, start_ns + i * STK_NS_PER_S, "main;work 50\n");
}

static void slices_settle__takes_what_was_sent_before_the_service_was_idle(void **state)
{
	struct flow_case *fc = *state;
	const char *missing = NULL;

	assert_int_equal(flow_case_open(fc, workflow), 0);
	push_since(fc, FLOW_CASE_NOW - HOUR_NS);
	assert_int_equal(stk_slices_discover(&fc->session, &missing, &fc->err), 0);
	assert_non_null(strstr(missing, "waiting for cpu of head"));
	assert_int_equal(stk_slices_settle(&fc->session, 45 * STK_NS_PER_S, &fc->err), 1);
	assert_int_equal(stk_slices_longest_ns(&fc->session), STK_NS_PER_S);
	assert_non_null(strstr(fc->lines.ptr,
		"cpu of head: nothing came in 45 s, an idle service may send none; its slices were "
		"of 1s"));
	/* and it stays known while nothing comes */
	assert_true(stk_slices_discover(&fc->session, &missing, &fc->err) >= 0);
	assert_int_equal(stk_slices_longest_ns(&fc->session), STK_NS_PER_S);
}

static void slices_settle__knows_nothing_of_a_service_that_never_sent(void **state)
{
	struct flow_case *fc = *state;
	const char *missing = NULL;

	assert_int_equal(flow_case_open(fc, workflow), 0);
	assert_int_equal(stk_slices_discover(&fc->session, &missing, &fc->err), 0);
	assert_int_equal(stk_slices_settle(&fc->session, 45 * STK_NS_PER_S, &fc->err), 0);
	assert_int_equal(stk_slices_longest_ns(&fc->session), 0);
	assert_true(!fc->lines.ptr || !strstr(fc->lines.ptr, "nothing came"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			slices_settle__takes_what_was_sent_before_the_service_was_idle,
			flow_case_setup, flow_case_teardown),
		cmocka_unit_test_setup_teardown(
			slices_settle__knows_nothing_of_a_service_that_never_sent, flow_case_setup,
			flow_case_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
