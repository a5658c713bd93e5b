/* test_cmd: the way from argv to a command, help of all of them, exit codes. */
#include "cmd/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/exit.h"
#include "cmd/help.h"
#include "core/base/mem.h"
#include "core/report/text.h"
#include "tests/support/cmd_case.h"
#include "tests/support/golden.h"

static void cmd_main__names_the_nearest_command(void **state)
{
	struct cmd_case *cc = *state;

	assert_int_equal(cmd_case_run(cc, "reprot"), STK_EXIT_USAGE);
	assert_string_equal(cc->out.ptr, "");
	assert_non_null(strstr(cc->err.ptr, "unknown command 'reprot'"));
	assert_non_null(strstr(cc->err.ptr, "did you mean 'stoker report'?"));
	assert_int_equal(cmd_case_run(cc, "zzzzzzzz"), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->err.ptr, "stoker --help"));
	assert_int_equal(cmd_case_run(cc, "--wrong"), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->err.ptr, "unknown option '--wrong'"));
}

static void cmd_main__without_a_command_shows_them(void **state)
{
	struct cmd_case *cc = *state;

	assert_int_equal(cmd_case_run(cc, ""), STK_EXIT_USAGE);
	assert_non_null(strstr(cc->err.ptr, "Commands:"));
	assert_int_equal(cmd_case_run(cc, "--help"), STK_EXIT_OK);
	assert_non_null(strstr(cc->out.ptr, "Commands:"));
	assert_int_equal(cmd_case_run(cc, "--version"), STK_EXIT_OK);
	assert_int_equal(strncmp(cc->out.ptr, "stoker ", 7), 0);
}

static void cmd_main__every_command_answers_help_within_80_columns(void **state)
{
	struct cmd_case *cc = *state;

	for (size_t i = 0; stk_cmd_table[i]; i++) {
		char *line = stk_xasprintf("%s --help", stk_cmd_table[i]->name);
		struct stk_str rest, text;
		assert_int_equal(cmd_case_run(cc, line), STK_EXIT_OK);
		assert_string_equal(cc->err.ptr, "");
		assert_non_null(strstr(cc->out.ptr, "Usage: stoker "));
		rest = stk_buf_str(&cc->out);
		while (stk_str_cut(&rest, '\n', &text))
			if (stk_text_width(text) > 80)
				fail_msg("%s: %.*s", line, STK_STR_ARG(text));
		free(line);
	}
}

static void cmd_main__every_command_refuses_an_unknown_option(void **state)
{
	struct cmd_case *cc = *state;

	for (size_t i = 0; stk_cmd_table[i]; i++) {
		char *line = stk_xasprintf("%s --no-such-thing", stk_cmd_table[i]->name);
		assert_int_equal(cmd_case_run(cc, line), STK_EXIT_USAGE);
		assert_non_null(strstr(cc->err.ptr, "unknown option '--no-such-thing'"));
		assert_string_equal(cc->out.ptr, "");
		free(line);
	}
}

static void cmd_table__is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; stk_cmd_table[i]; i++) {
		const struct stk_command *command = stk_cmd_table[i];
		assert_ptr_equal(stk_cmd_find(command->name), command);
		assert_non_null(command->summary);
		assert_non_null(command->synopsis);
		assert_true(command->summary[strlen(command->summary) - 1] != '.');
		for (const struct stk_opts_row *row = command->options; row && row->name; row++) {
			assert_true(row->type == STK_OPTS_FLAG || row->word);
			assert_true(row->type != STK_OPTS_CHOICE || row->values);
			for (const struct stk_opts_row *other = command->options; other != row;
				other++) {
				assert_true(strcmp(other->name, row->name) != 0);
				assert_true(!row->letter || other->letter != row->letter);
			}
		}
	}
}

/* A disk that is full is said, though the command itself went well. */
static void cmd_main__says_when_stdout_is_full(void **state)
{
	struct cmd_case *cc = *state;
	FILE *full = fopen("/dev/full", "w");
	FILE *out = cc->env.out;

	assert_non_null(full);
	cc->env.out = full;
	char name[] = "stoker", help[] = "--help";
	char *argv[] = {name, help, NULL};
	int code = stk_cmd_main(&cc->env, 2, argv);
	fclose(full);
	cc->env.out = out;
	cmd_case_read(cc);
	assert_int_equal(code, STK_EXIT_WORLD);
	assert_non_null(strstr(cc->err.ptr, "stdout: No space left"));
}

static void exit_worse__the_highest_line_wins(void **state)
{
	(void)state;
	assert_int_equal(stk_exit_worse(STK_EXIT_OK, STK_EXIT_REGRESSION), STK_EXIT_REGRESSION);
	assert_int_equal(
		stk_exit_worse(STK_EXIT_THRESHOLD, STK_EXIT_REGRESSION), STK_EXIT_THRESHOLD);
	assert_int_equal(stk_exit_worse(STK_EXIT_FAULT, STK_EXIT_THRESHOLD), STK_EXIT_FAULT);
	assert_int_equal(stk_exit_worse(STK_EXIT_WORLD, STK_EXIT_SCRIPT), STK_EXIT_SCRIPT);
	assert_int_equal(
		stk_exit_worse(STK_EXIT_INTERRUPTED, STK_EXIT_SCRIPT), STK_EXIT_INTERRUPTED);
	assert_int_equal(stk_exit_worse(STK_EXIT_INCONCLUSIVE, STK_EXIT_OK), STK_EXIT_INCONCLUSIVE);
}

static void exit_of_error__says_whose_fault_it_is(void **state)
{
	(void)state;
	assert_int_equal(stk_exit_of_error(0), STK_EXIT_OK);
	assert_int_equal(stk_exit_of_error(STK_E_INVAL), STK_EXIT_USAGE);
	assert_int_equal(stk_exit_of_error(STK_E_SCRIPT), STK_EXIT_SCRIPT);
	assert_int_equal(stk_exit_of_error(STK_E_NET), STK_EXIT_WORLD);
	assert_int_equal(stk_exit_of_error(STK_E_FORMAT), STK_EXIT_WORLD);
	assert_int_equal(stk_exit_of_error(STK_E_INTERNAL), STK_EXIT_FAULT);
	assert_int_equal(stk_exit_of_error(STK_E_ABORTED), STK_EXIT_INTERRUPTED);
}

/* The page is a committed file: `make docs` writes it. */
static void help_format_markdown__is_docs_cli(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	stk_help_format_markdown(&buf);
	stk_golden_check("../../docs/cli.md", stk_buf_str(&buf));
	stk_buf_release(&buf);
}

static void help_format_man__has_a_page_for_every_command(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest, line;

	(void)state;
	for (size_t i = 0; stk_cmd_table[i]; i++) {
		stk_buf_clear(&buf);
		stk_help_format_man(stk_cmd_table[i], &buf);
		assert_int_equal(strncmp(buf.ptr, ".TH STOKER", 10), 0);
		assert_non_null(strstr(buf.ptr, ".SH EXIT STATUS"));
	}
	stk_buf_clear(&buf);
	stk_help_format_man(NULL, &buf);
	rest = stk_buf_str(&buf);
	rest.len--; /* the last newline */
	while (stk_str_cut(&rest, '\n', &line))
		assert_true(line.len > 0); /* roff: a blank line is a break of its own */
	stk_buf_release(&buf);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, cmd_case_setup, cmd_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(cmd_main__names_the_nearest_command),
		CASE(cmd_main__without_a_command_shows_them),
		CASE(cmd_main__every_command_answers_help_within_80_columns),
		CASE(cmd_main__every_command_refuses_an_unknown_option),
		CASE(cmd_main__says_when_stdout_is_full),
		cmocka_unit_test(cmd_table__is_complete),
		cmocka_unit_test(exit_worse__the_highest_line_wins),
		cmocka_unit_test(exit_of_error__says_whose_fault_it_is),
		cmocka_unit_test(help_format_markdown__is_docs_cli),
		cmocka_unit_test(help_format_man__has_a_page_for_every_command),
	};
	return cmocka_run_group_tests_name("cmd", tests, NULL, NULL);
}
