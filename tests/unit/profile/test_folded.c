/* test_folded: folded text both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/profile/folded.h"

static void folded_write__gives_back_what_was_read_added_up(void **state)
{
	struct stk_profile *profile = NULL;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(
		stk_folded_read(STK_STR("b;c d 2\r\n\na 1\nb;c d 5\n;x 3"), NULL, &profile, NULL),
		0);
	assert_int_equal(stk_profile_total(profile, 0), 11);
	stk_folded_write(profile, 0, &text);
	assert_string_equal(text.ptr, ";x 3\na 1\nb;c d 7\n");
	stk_buf_release(&text);
	stk_profile_free(profile);
}

static void folded_write_pair__has_two_counts_a_line(void **state)
{
	struct stk_profile *base = NULL, *head = NULL;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_folded_read(STK_STR("a;b 3\na;c 4"), NULL, &base, NULL), 0);
	assert_int_equal(stk_folded_read(STK_STR("a;b 5\na;d 6\na;d 1"), NULL, &head, NULL), 0);
	stk_folded_write_pair(base, head, &text);
	assert_string_equal(text.ptr, "a;b 3 5\na;c 4 0\na;d 0 7\n");
	stk_buf_clear(&text);
	stk_folded_write_pair(NULL, head, &text);
	assert_string_equal(text.ptr, "a;b 0 5\na;d 0 7\n");
	stk_buf_release(&text);
	stk_profile_free(base);
	stk_profile_free(head);
}

static void folded_write__a_root_without_a_name_keeps_its_address(void **state)
{
	struct stk_profile *profile = stk_profile_new();
	struct stk_buf text = STK_BUF_EMPTY;
	const int64_t value = 7;
	uint32_t location;

	(void)state;
	(void)stk_profile_add_type(profile, "samples", "count");
	location = stk_profile_add_location(profile, 0x1f2e, STK_PROFILE_NONE, NULL, 0);
	(void)stk_profile_add_sample(profile, &location, 1, &value);
	stk_folded_write(profile, 0, &text);
	assert_string_equal(text.ptr, "0x1f2e 7\n");
	stk_buf_release(&text);
	stk_profile_free(profile);
}

static void folded_read__names_the_line_that_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"a 1\nb", "folded text: line 2: a number is missing behind the stack"},
		{"a -1", "folded text: line 1: a negative number"},
		{"a 9223372036854775807\nb 1",
			"folded text: line 2: the values add up to more than 63 bits"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_profile *profile = NULL;
		struct stk_err err = STK_ERR_INIT;
		assert_int_equal(stk_folded_read(stk_str_of(rows[i].text), NULL, &profile, &err),
			STK_E_FORMAT);
		assert_string_equal(err.msg, rows[i].why);
	}
}

static void folded_read__lines_count_one_each(void **state)
{
	struct stk_folded_opts opts = STK_FOLDED_OPTS_INIT;
	struct stk_profile *profile = NULL;

	(void)state;
	opts.is_lines = true;
	opts.scale = 10;
	assert_int_equal(stk_folded_read(STK_STR("a;b 7\na;b 7\n"), &opts, &profile, NULL), 0);
	assert_int_equal(stk_profile_total(profile, 0), 20);
	stk_profile_free(profile);
}

/* who does not want the text still gets the code */
static void folded_read__gives_its_code_without_an_error_to_fill(void **state)
{
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_folded_read(STK_STR("a;b x\n"), NULL, &profile, &err), STK_E_FORMAT);
	assert_int_equal(err.code, STK_E_FORMAT);
	assert_int_equal(stk_folded_read(STK_STR("a;b x\n"), NULL, &profile, NULL), STK_E_FORMAT);
	assert_null(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folded_write__gives_back_what_was_read_added_up),
		cmocka_unit_test(folded_write_pair__has_two_counts_a_line),
		cmocka_unit_test(folded_write__a_root_without_a_name_keeps_its_address),
		cmocka_unit_test(folded_read__names_the_line_that_is_wrong),
		cmocka_unit_test(folded_read__lines_count_one_each),
		cmocka_unit_test(folded_read__gives_its_code_without_an_error_to_fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
