/* test_status: states and texts of a commit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/publish/status.h"

static void status_cut__counts_characters(void **state)
{
	static const struct {
		const char *text, *cut;
	} rows[] = {{"abcde", "abcde"}, {"abcdef", "abcd…"}, {"−−−−−", "−−−−−"},
		{"−−−−−−", "−−−−…"}, {"", ""}};
	struct stk_buf buf = STK_BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		stk_buf_clear(&buf);
		stk_status_cut(&buf, stk_str_of(rows[i].text), 5);
		assert_string_equal(buf.ptr, rows[i].cut);
	}
	stk_buf_release(&buf);
}

static void status_state__has_no_neutral_word(void **state)
{
	static const struct {
		int code;
		const char *state;
	} rows[] = {{0, "success"}, {10, "failure"}, {99, "failure"}, {11, "failure"}, {3, "error"},
		{130, "error"}};
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		run.exit_code = rows[i].code;
		assert_string_equal(stk_status_state(&run), rows[i].state);
	}
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_cut__counts_characters),
		cmocka_unit_test(status_state__has_no_neutral_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
