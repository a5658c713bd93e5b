/* test_check_program: calls of a load command go to the sides in turn, and add up. */
#include "core/flow/check_program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/flow_case.h"

#define FILE_TEXT(command)                                                                         \
	"local stoker = require 'stoker'\nreturn stoker.workflow { load = { command = [[" command  \
	"]], results = 'json' }, sides = { base = { url = 'http://127.0.0.1:1' }, head = { url = " \
	"'http://127.0.0.1:2' } } }\n"

static int run_calls(struct flow_case *fc, struct stk_check_program *program)
{
	int rc;

	stk_check_program_init(program, &fc->session, 2 * STK_NS_PER_S);
	rc = stk_check_program_start(program, &fc->err);
	while (rc == 0 && !stk_check_program_is_enough(program))
		rc = stk_check_program_until(
			program, stk_clock_mono(fc->session.clock) + STK_NS_PER_S / 20, &fc->err);
	return rc;
}

static void check_program_until__calls_at_each_side_in_turn(void **state)
{
	struct flow_case *fc = *state;
	struct stk_check_program program;
	int64_t requests, failed;

	assert_int_equal(
		flow_case_open(fc, FILE_TEXT("case {side} in base) n=3;; head) n=4;; esac; "
					     "printf '{{\"requests\": %d, \"failed\": 1}' $n "
					     ">{results}")),
		0);
	fc->session.clock = stk_clock_system();
	if (run_calls(fc, &program) < 0)
		fail_msg("%s", fc->err.msg);
	assert_int_equal(program.ended, 2);
	assert_int_equal(program.requests, 7);
	assert_int_equal(program.failed, 2);
	assert_true(program.end_ns > program.start_ns && program.seconds > 0);
	stk_check_program_count(&program, &requests, &failed);
	assert_int_equal(requests, 7);
	stk_check_program_stop(&program);
	assert_null(program.generator);
	assert_int_equal(program.requests, 7);
	stk_check_program_release(&program);
}

static void check_program_until__a_command_that_fails_is_an_error(void **state)
{
	struct flow_case *fc = *state;
	struct stk_check_program program;

	assert_int_equal(flow_case_open(fc, FILE_TEXT("echo no such host; exit 4")), 0);
	fc->session.clock = stk_clock_system();
	assert_int_equal(run_calls(fc, &program), STK_E_IO);
	assert_non_null(strstr(fc->err.msg, "exit status 4"));
	stk_check_program_release(&program);
}

static void check_program_until__a_call_without_a_request_is_an_error(void **state)
{
	struct flow_case *fc = *state;
	struct stk_check_program program;

	assert_int_equal(
		flow_case_open(fc, FILE_TEXT("printf '{{\"requests\": 0}' >{results}")), 0);
	fc->session.clock = stk_clock_system();
	assert_int_equal(run_calls(fc, &program), STK_E_SCRIPT);
	stk_check_program_release(&program);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_case_setup, flow_case_teardown)
	const struct CMUnitTest tests[] = {
		TEST(check_program_until__calls_at_each_side_in_turn),
		TEST(check_program_until__a_command_that_fails_is_an_error),
		TEST(check_program_until__a_call_without_a_request_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
