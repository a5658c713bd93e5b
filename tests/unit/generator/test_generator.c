/* test_generator: calls of a program that stands in for k6, and of commands, and all their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/generator/generator.h"

#define FAKE     "tests/unit/generator/fake_k6.sh"
#define FIXTURES "tests/fixtures/k6/"

struct fixture {
	char *folder, *script, *log;
	struct stk_arena arena;
	struct stk_generator_spec spec;
	struct stk_generator_turn turn;
	struct stk_generator *generator;
	struct stk_err err;
};

static int setup(void **state)
{
	struct fixture *fx = stk_xcalloc(1, sizeof *fx);

	assert_int_equal(stk_fs_mkdtemp("stoker-test-", &fx->folder, NULL), 0);
	fx->script = stk_fs_join(fx->folder, "script.js");
	fx->log = stk_fs_join(fx->folder, "load.log");
	fx->spec = (struct stk_generator_spec){.k6_program = FAKE, .dir = "."};
	fx->turn = (struct stk_generator_turn){.side = STK_SIDE_HEAD,
		.side_name = "head",
		.url = "http://127.0.0.1:1",
		.run = "run",
		.log_path = fx->log,
		.grace_ns = INT64_C(60000000000),
		.clock = stk_clock_system()};
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fx = *state;

	stk_generator_free(fx->generator);
	assert_int_equal(stk_fs_remove_tree(fx->folder, NULL), 0);
	stk_arena_release(&fx->arena);
	free(fx->folder);
	free(fx->script);
	free(fx->log);
	free(fx);
	return 0;
}

static void start_k6(struct fixture *fx, const char *shell)
{
	fx->spec.k6 = fx->script;
	assert_int_equal(stk_fs_write(fx->script, stk_str_of(shell), NULL), 0);
	assert_int_equal(stk_generator_start(&fx->spec, &fx->turn, &fx->generator, &fx->err), 0);
}

static void start_command(struct fixture *fx, const char *shell, enum stk_results_form form)
{
	fx->spec.shell = shell;
	fx->spec.form = form;
	assert_int_equal(stk_generator_start(&fx->spec, &fx->turn, &fx->generator, &fx->err), 0);
}

static int finish(struct fixture *fx)
{
	assert_true(stk_generator_wait_until(fx->generator, INT64_MAX));
	return stk_generator_finish(fx->generator, &fx->err);
}

static const struct stk_generated *result(const struct fixture *fx)
{
	return stk_generator_result(fx->generator);
}

static void generator_identify__asks_for_the_version(void **state)
{
	struct fixture *fx = *state;
	const char *text = NULL;

	fx->spec.k6 = FAKE; /* any file */
	assert_int_equal(stk_generator_identify(&fx->spec, &fx->arena, &text, &fx->err), 0);
	assert_string_equal(text, "k6 v9.9.9");
	fx->spec.k6 = "no/such.js";
	assert_int_equal(
		stk_generator_identify(&fx->spec, &fx->arena, &text, &fx->err), STK_E_NOT_FOUND);
	assert_non_null(strstr(fx->err.msg, "no/such.js"));
}

static void generator_finish__has_points_and_verdicts(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "cat " FIXTURES "08-thresholds-fail/out.ndjson >$points\n"
		     "cp " FIXTURES "08-thresholds-fail/summary.json $summary\nexit 99\n");
	assert_int_equal(finish(fx), 0);
	assert_int_equal(result(fx)->thresholds.len, 13);
	assert_true(result(fx)->requests > 0);
	assert_int_equal(result(fx)->bad_lines, 0);
	assert_true(result(fx)->end_ns > result(fx)->start_ns);
	assert_true(result(fx)->cpu_ns >= 0);
}

static void generator_start__gives_the_script_its_environment(void **state)
{
	struct fixture *fx = *state;
	const char *const env[] = {"WORD=two words", NULL};
	struct stk_buf log = STK_BUF_EMPTY;

	fx->turn.env = env;
	start_k6(fx, "echo \"$BASE_URL $WORD $K6_AUTO_EXTENSION_RESOLUTION\" >&2\nexit 0\n");
	assert_int_equal(finish(fx), 0);
	assert_int_equal(stk_fs_read(fx->log, &log, NULL), 0);
	assert_string_equal(log.ptr, "http://127.0.0.1:1 two words false\n");
	stk_buf_release(&log);
}

static void generator_stop__asks_once_and_takes_what_there_is(void **state)
{
	struct fixture *fx = *state;
	int64_t requests = 0, failed;

	start_k6(fx, "exec 3>$points\n"
		     "trap 'cp " FIXTURES "11-interrupted/summary.json $summary; exit 105' INT\n"
		     "cat " FIXTURES "11-interrupted/out.ndjson >&3\n"
		     "while :; do sleep 0.05; done\n");
	while (requests < 6) {
		assert_false(stk_generator_wait_until(
			fx->generator, stk_clock_mono(stk_clock_system()) + 10 * STK_NS_PER_MS));
		stk_generator_count(fx->generator, &requests, &failed);
	}
	stk_generator_stop(fx->generator);
	stk_generator_stop(fx->generator);
	assert_int_equal(finish(fx), 0);
	assert_int_equal(result(fx)->requests, 6);
	assert_int_equal(result(fx)->thresholds.len, 1);
}

static void generator_stop__kills_what_does_not_listen(void **state)
{
	struct fixture *fx = *state;

	fx->turn.grace_ns = 100 * STK_NS_PER_MS;
	start_k6(fx, "trap '' INT TERM\nexec 3>$points\n"
		     "cat " FIXTURES "11-interrupted/out.ndjson >&3\necho stuck >&2\n"
		     "while :; do sleep 1; done\n");
	stk_generator_stop(fx->generator);
	assert_int_equal(finish(fx), STK_E_TIMEOUT);
	assert_non_null(strstr(fx->err.msg, "killed"));
	assert_non_null(strstr(fx->err.hint, "stuck"));
	assert_int_equal(result(fx)->requests, 6); /* what it had told stays */
}

static void generator_finish__says_why_a_script_failed(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "echo 'ReferenceError: nope is not defined' >&2\nexit 107\n");
	assert_int_equal(finish(fx), STK_E_SCRIPT);
	assert_non_null(strstr(fx->err.msg, "107"));
	assert_non_null(strstr(fx->err.hint, "ReferenceError"));
}

static void generator_finish__survives_a_crash_in_the_middle(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "head -c 9000 " FIXTURES "07-dropped-iterations/out.ndjson >$points\n"
		     "kill -9 $$\n");
	assert_int_equal(finish(fx), STK_E_IO);
	assert_non_null(strstr(fx->err.msg, "signal 9"));
	assert_int_equal(result(fx)->bad_lines, 1); /* the line that was cut */
	assert_int_equal(result(fx)->thresholds.len, 0);
}

static void generator_finish__counts_garbage(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "printf 'a\\nb\\0c\\n{\\n' >$points\necho '{' >$summary\nexit 0\n");
	assert_int_equal(finish(fx), STK_E_FORMAT);
	assert_int_equal(result(fx)->bad_lines, 3);
}

static void generator_finish__wants_the_verdicts_of_99(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "exit 99\n");
	assert_int_equal(finish(fx), STK_E_FORMAT);
}

static void generator_start__says_that_k6_is_missing(void **state)
{
	struct fixture *fx = *state;

	fx->spec.k6 = fx->script;
	fx->spec.k6_program = "/no/such/k6";
	assert_int_equal(stk_generator_start(&fx->spec, &fx->turn, &fx->generator, &fx->err),
		STK_E_NOT_FOUND);
	assert_non_null(strstr(fx->err.msg, "/no/such/k6"));
}

static void generator_free__ends_what_runs(void **state)
{
	struct fixture *fx = *state;

	start_k6(fx, "trap '' INT TERM\nwhile :; do sleep 1; done\n");
	stk_generator_free(fx->generator); /* returns: nothing is waited for */
	fx->generator = NULL;
}

static void generator_start__fills_a_commands_placeholders(void **state)
{
	struct fixture *fx = *state;

	fx->turn.duration_ns = INT64_C(7900000000);
	start_command(fx,
		"test '{seconds} {side} {url}' = '7 head http://127.0.0.1:1' && "
		"test \"$BASE_URL$STOKER_SECONDS\" = http://127.0.0.1:17 && "
		"echo '{{\"requests\": 12, \"failed\": 1}' >{results}; echo noise",
		STK_RESULTS_JSON);
	assert_int_equal(finish(fx), 0);
	assert_int_equal(result(fx)->requests, 12);
	assert_int_equal(result(fx)->failed, 1);
	assert_true(result(fx)->spread);
	assert_true(result(fx)->end_ns > result(fx)->start_ns);
}

static void generator_finish__reads_a_commands_stdout(void **state)
{
	struct fixture *fx = *state;

	start_command(fx, "echo talk >&2; echo '{{\"requests\": 3}'", STK_RESULTS_JSON);
	assert_int_equal(finish(fx), 0);
	assert_int_equal(result(fx)->requests, 3);
}

static void generator_finish__refuses_a_command_that_failed(void **state)
{
	struct fixture *fx = *state;

	start_command(fx, "echo no target >&2; exit 3", STK_RESULTS_JSON);
	assert_int_equal(finish(fx), STK_E_IO);
	assert_non_null(strstr(fx->err.msg, "exit status 3"));
	assert_non_null(strstr(fx->err.hint, "no target"));
}

static void generator_finish__says_that_a_command_is_not_there(void **state)
{
	const char *const argv[] = {"no-such-load-tool", NULL};
	struct fixture *fx = *state;

	fx->spec.argv = argv;
	fx->spec.form = STK_RESULTS_WRK;
	assert_int_equal(stk_generator_start(&fx->spec, &fx->turn, &fx->generator, &fx->err), 0);
	assert_int_equal(finish(fx), STK_E_NOT_FOUND);
	assert_non_null(strstr(fx->err.hint, "no-such-load-tool"));
}

static void generator_start__refuses_an_unknown_placeholder(void **state)
{
	struct fixture *fx = *state;

	fx->spec.shell = "wrk {ulr}";
	assert_int_equal(
		stk_generator_start(&fx->spec, &fx->turn, &fx->generator, &fx->err), STK_E_SCRIPT);
	assert_non_null(strstr(fx->err.hint, "{url}"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(generator_identify__asks_for_the_version),
		TEST(generator_finish__has_points_and_verdicts),
		TEST(generator_start__gives_the_script_its_environment),
		TEST(generator_stop__asks_once_and_takes_what_there_is),
		TEST(generator_stop__kills_what_does_not_listen),
		TEST(generator_finish__says_why_a_script_failed),
		TEST(generator_finish__survives_a_crash_in_the_middle),
		TEST(generator_finish__counts_garbage),
		TEST(generator_finish__wants_the_verdicts_of_99),
		TEST(generator_start__says_that_k6_is_missing),
		TEST(generator_free__ends_what_runs),
		TEST(generator_start__fills_a_commands_placeholders),
		TEST(generator_finish__reads_a_commands_stdout),
		TEST(generator_finish__refuses_a_command_that_failed),
		TEST(generator_finish__says_that_a_command_is_not_there),
		TEST(generator_start__refuses_an_unknown_placeholder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
