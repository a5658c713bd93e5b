/* test_run: making, filling and releasing a run, and the words of verdicts. */
#include "core/record/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void run_init__is_empty_but_printable(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	assert_string_equal(run.id, "");
	assert_string_equal(run.command, "");
	assert_true(isnan(run.generator.busy));
	assert_int_equal(run.verdict, STK_VERDICT_NONE);
	stk_run_release(&run);
}

static void run_note__keeps_formatted_text_in_order(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	for (int i = 0; i < 100; i++)
		stk_run_note(&run, i % 2 ? STK_NOTE_WARN : STK_NOTE_INFO, "slice %d is missing", i);
	assert_int_equal(run.notes.len, 100);
	assert_string_equal(run.notes.items[99].text, "slice 99 is missing");
	assert_int_equal(run.notes.items[99].level, STK_NOTE_WARN);
	stk_run_release(&run);
}

static void run_precondition__copies_what_it_is_given(void **state)
{
	struct stk_run run;
	char name[] = "pairs", value[] = "x";

	(void)state;
	stk_run_init(&run);
	stk_run_precondition(&run, name, STK_CHECK_FAIL, "%d of %d pairs", 3, 6);
	stk_run_fact(&run, name, value);
	name[0] = value[0] = '?';
	assert_string_equal(run.preconditions.items[0].name, "pairs");
	assert_string_equal(run.preconditions.items[0].text, "3 of 6 pairs");
	assert_string_equal(run.environment.items[0].value, "x");
	assert_null(stk_run_text(&run, NULL));
	stk_run_release(&run);
}

static void mode_name__names_every_mode(void **state)
{
	(void)state;
	assert_string_equal(stk_mode_name(STK_MODE_PAIRED), "paired");
	assert_string_equal(stk_mode_name(STK_MODE_IDLE), "idle");
	assert_string_equal(stk_mode_name(STK_MODE_BASELINE), "baseline");
	assert_string_equal(stk_mode_name(STK_MODE_SOAK), "soak");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_init__is_empty_but_printable),
		cmocka_unit_test(run_note__keeps_formatted_text_in_order),
		cmocka_unit_test(run_precondition__copies_what_it_is_given),
		cmocka_unit_test(mode_name__names_every_mode),
	};
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
