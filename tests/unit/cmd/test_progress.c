/* test_progress: moving lines on a terminal, plain lines in a pipe. */
#include "cmd/progress.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/report/text.h"
#include "tests/support/cmd_case.h"

static const struct stk_progress_line four = {"pairs", 0.65, "4/6", "200 req/s", "1m35s left"};

static void progress_set__in_a_pipe_prints_changes_of_state_only(void **state)
{
	struct cmd_case *cc = *state;
	struct stk_progress *progress = stk_progress_new(&cc->env, false);
	struct stk_progress_line line = {"pairs", 0.1, "1/6", "180 req/s", NULL};

	stk_progress_set(progress, &line);
	line.fraction = 0.2;
	line.detail = "190 req/s";
	stk_progress_set(progress, &line);
	stk_progress_set(progress, &four);
	line = (struct stk_progress_line){"clock", NAN, NULL, "moves", NULL};
	stk_progress_set(progress, &line);
	stk_progress_say(progress, "stopping after this block; again to stop now");
	stk_progress_free(progress);
	cmd_case_read(cc);
	assert_string_equal(cc->err.ptr, "pairs: 1/6  180 req/s\npairs: 4/6  200 req/s\n"
					 "stopping after this block; again to stop now\n");
	assert_string_equal(cc->out.ptr, "");
}

static void progress_set__on_a_terminal_redraws_in_place(void **state)
{
	struct cmd_case *cc = *state;
	cc->env.err_tty = true;
	struct stk_progress *progress = stk_progress_new(&cc->env, false);
	struct stk_progress_line line = {"warm-up", 1, "10 s", NULL, NULL};

	stk_progress_set(progress, &line);
	stk_progress_set(progress, &four);
	stk_progress_free(progress);
	cmd_case_read(cc);
	assert_non_null(strstr(cc->err.ptr, "  warm-up  ━━━━━━━━━━━━━━━━━━━━  10 s\n"));
	assert_non_null(strstr(cc->err.ptr, "  pairs    ━━━━━━━━━━━━━───────  4/6   200 req/s"));
	assert_non_null(strstr(cc->err.ptr, "1m35s left\n"));
	/* the second drawing began above the first line */
	assert_non_null(strstr(cc->err.ptr, "\r\033[1A\033[J"));
	assert_null(strstr(cc->err.ptr, "\033[2A"));
}

static void progress_set__redraws_at_most_ten_times_a_second(void **state)
{
	struct cmd_case *cc = *state;
	cc->env.err_tty = true;
	struct stk_progress *progress = stk_progress_new(&cc->env, false);
	struct stk_progress_line line = four;

	stk_progress_set(progress, &line);
	cmd_case_read(cc);
	stk_buf_clear(&cc->err);
	line.detail = "201 req/s";
	stk_progress_set(progress, &line);
	cmd_case_read(cc);
	assert_string_equal(cc->err.ptr, "");
	stk_fake_clock_advance(&cc->clock, 100 * STK_NS_PER_MS);
	line.detail = "202 req/s";
	stk_progress_set(progress, &line);
	line.detail = "203 req/s";
	stk_progress_set(progress, &line);
	stk_progress_free(progress); /* the last state is drawn whatever the time */
	cmd_case_read(cc);
	assert_non_null(strstr(cc->err.ptr, "202 req/s"));
	assert_non_null(strstr(cc->err.ptr, "203 req/s"));
}

static void progress_set__cuts_lines_to_the_terminal(void **state)
{
	struct cmd_case *cc = *state;
	cc->env.err_tty = true;

	for (int width = 10; width < 100; width += 7) {
		cc->env.width = width;
		struct stk_progress *progress = stk_progress_new(&cc->env, false);
		stk_progress_set(progress, &four);
		stk_progress_free(progress);
		stk_buf_clear(&cc->err);
		cmd_case_read(cc);
		struct stk_str rest = stk_buf_str(&cc->err), line;
		while (stk_str_cut(&rest, '\n', &line))
			assert_true(stk_text_width(line) < (size_t)width);
	}
}

static void progress_set__quiet_says_warnings_only(void **state)
{
	struct cmd_case *cc = *state;
	cc->env.err_tty = true;
	struct stk_progress *progress = stk_progress_new(&cc->env, true);

	stk_progress_set(progress, &four);
	stk_progress_say(progress, "not this");
	stk_progress_warn(progress, "head: %d slices are missing", 2);
	stk_progress_free(progress);
	cmd_case_read(cc);
	assert_string_equal(cc->err.ptr, "head: 2 slices are missing\n");
}

static void progress_settle__leaves_lines_and_starts_below(void **state)
{
	struct cmd_case *cc = *state;
	cc->env.err_tty = true;
	struct stk_progress *progress = stk_progress_new(&cc->env, false);

	stk_progress_set(progress, &four);
	stk_progress_settle(progress);
	stk_progress_set(progress, &four);
	stk_progress_free(progress);
	cmd_case_read(cc);
	assert_null(strstr(cc->err.ptr, "\033[1A"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, cmd_case_setup, cmd_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(progress_set__in_a_pipe_prints_changes_of_state_only),
		CASE(progress_set__on_a_terminal_redraws_in_place),
		CASE(progress_set__redraws_at_most_ten_times_a_second),
		CASE(progress_set__cuts_lines_to_the_terminal),
		CASE(progress_set__quiet_says_warnings_only),
		CASE(progress_settle__leaves_lines_and_starts_below),
	};
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
