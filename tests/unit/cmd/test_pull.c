/* test_pull: `stoker pull`: its words, its forms, and what it says when nothing is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/profile/pprof.h"
#include "core/profile/profile.h"
#include "tests/support/cmd_case.h"
#include "tests/support/serve_case.h"

/* A command beside a server that has two profiles of the last hour. */
struct pull_case {
	struct serve_case *sc;
	struct cmd_case *cc;
	char *variable;
};

static int setup(void **state)
{
	struct pull_case *pc = stk_xcalloc(1, sizeof *pc);
	void *sc = NULL, *cc = NULL;

	if (serve_case_setup(&sc) < 0 || cmd_case_setup(&cc) < 0)
		return -1;
	pc->sc = sc;
	pc->cc = cc;
	stk_fake_clock_init(&pc->cc->clock, 0, SERVE_CASE_NOW);
	pc->variable = stk_xasprintf("STOKER_PYROSCOPE=%s", stk_serve_url(pc->sc->serve));
	pc->cc->environ_[0] = pc->variable;
	for (int i = 1; i < 3; i++) {
		char *path = stk_xasprintf("/ingest?name=shop&from=%lld&until=%lld&format=folded&"
					   "sampleRate=100&spyName=t",
			(long long)(SERVE_CASE_NOW / STK_NS_PER_S - 600 * i),
			(long long)(SERVE_CASE_NOW / STK_NS_PER_S - 600 * i + 10));

		assert_int_equal(serve_case_send(pc->sc, "POST", path, NULL,
					 STK_STR("main;parse 30\nmain;write 10\n")),
			200);
		free(path);
	}
	*state = pc;
	return 0;
}

static int teardown(void **state)
{
	struct pull_case *pc = *state;
	void *sc = pc->sc, *cc = pc->cc;

	free(pc->variable);
	free(pc);
	return cmd_case_teardown(&cc) + serve_case_teardown(&sc);
}

static void pull__a_table_by_default(void **state)
{
	struct pull_case *pc = *state;

	assert_int_equal(cmd_case_run(pc->cc, "pull cpu{service_name=\"shop\"}"), STK_EXIT_OK);
	assert_string_equal(pc->cc->err.ptr, "");
	assert_non_null(
		strstr(pc->cc->out.ptr, "cpu{service_name=\"shop\"}\n800 ms of process_cpu"));
	assert_non_null(strstr(pc->cc->out.ptr, "parse"));
	assert_non_null(strstr(pc->cc->out.ptr, "75.0 %"));
}

static void pull__only_the_time_that_was_asked_for(void **state)
{
	struct pull_case *pc = *state;

	assert_int_equal(cmd_case_run(pc->cc, "pull cpu --from now-15m -f folded"), STK_EXIT_OK);
	assert_string_equal(pc->cc->out.ptr, "main;parse 300000000\nmain;write 100000000\n");
	assert_int_equal(cmd_case_run(pc->cc, "pull {} -f folded"), STK_EXIT_OK);
	assert_string_equal(pc->cc->out.ptr, "main;parse 600000000\nmain;write 200000000\n");
}

static void pull__writes_what_a_file_name_says(void **state)
{
	struct pull_case *pc = *state;
	char *path = stk_fs_join(pc->sc->dir, "cpu.pb.gz");
	char *line = stk_xasprintf("pull cpu -o %s", path);
	struct stk_profile *profile = NULL;

	assert_int_equal(cmd_case_run(pc->cc, line), STK_EXIT_OK);
	assert_string_equal(pc->cc->out.ptr, "");
	assert_int_equal(stk_pprof_read_file(path, &profile, NULL), 0);
	assert_int_equal(stk_profile_total(profile, 0), 800000000);
	stk_profile_free(profile);
	free(line);
	free(path);
}

static void pull__documents(void **state)
{
	struct pull_case *pc = *state;

	assert_int_equal(cmd_case_run(pc->cc, "pull cpu -f json -n 1"), STK_EXIT_OK);
	assert_non_null(strstr(pc->cc->out.ptr, "\"document\": \"stoker.top\""));
	assert_int_equal(cmd_case_run(pc->cc, "pull cpu -f flamegraph"), STK_EXIT_OK);
	assert_int_equal(strncmp(pc->cc->out.ptr, "{\"version\":1", 12), 0);
	assert_non_null(strstr(pc->cc->out.ptr, "\"sampleRate\":1000000000"));
}

static void pull__hints_when_nothing_is_there(void **state)
{
	struct pull_case *pc = *state;

	assert_int_equal(cmd_case_run(pc->cc, "pull cpu{service_name=\"shopp\"}"), STK_EXIT_WORLD);
	assert_non_null(strstr(pc->cc->err.ptr, "there is nothing: cpu in"));
	assert_non_null(strstr(pc->cc->err.ptr, "services that sent something then: shop\n"));
	assert_int_equal(cmd_case_run(pc->cc, "pull inuse_space"), STK_EXIT_WORLD);
	assert_non_null(strstr(pc->cc->err.ptr, "it has: process_cpu:cpu"));
}

static void pull__says_what_is_wrong_with_its_words(void **state)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{"pull", "one query is wanted, not 0"},
		{"pull cpu {a=\"b\"}", "one query is wanted, not 2"},
		{"pull cpu{a=}", "selector"},
		{"pull cpu --from yesterday", "--from: 'yesterday' is no time"},
		{"pull cpu --from now --to now-1h", "--from now is not before --to now-1h"},
		{"pull cpu --token-env NOT_SET", "the variable NOT_SET is not set"},
		{"pull cpu --pyroscope ftp://x", "pyroscope"},
	};
	struct pull_case *pc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		assert_int_equal(cmd_case_run(pc->cc, rows[i].line), STK_EXIT_USAGE);
		if (!strstr(pc->cc->err.ptr, rows[i].why))
			fail_msg("%s: %s", rows[i].line, pc->cc->err.ptr);
	}
	pc->cc->env.out_tty = true;
	assert_int_equal(cmd_case_run(pc->cc, "pull cpu -f pprof"), STK_EXIT_USAGE);
	assert_non_null(strstr(pc->cc->err.ptr, "no text for a terminal"));
}

static void pull__a_server_that_is_not_there(void **state)
{
	struct pull_case *pc = *state;

	pc->cc->env.clock = stk_clock_system(); /* it tries again, with pauses */
	assert_int_equal(
		cmd_case_run(pc->cc, "pull cpu --pyroscope http://127.0.0.1:1"), STK_EXIT_WORLD);
	assert_non_null(strstr(pc->cc->err.ptr, "http://127.0.0.1:1"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(pull__a_table_by_default),
		CASE(pull__only_the_time_that_was_asked_for),
		CASE(pull__writes_what_a_file_name_says),
		CASE(pull__documents),
		CASE(pull__hints_when_nothing_is_there),
		CASE(pull__says_what_is_wrong_with_its_words),
		CASE(pull__a_server_that_is_not_there),
	};
	return cmocka_run_group_tests_name("pull", tests, NULL, NULL);
}
