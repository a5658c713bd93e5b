/* test_accepted: the file of accepted regressions: read, add, write, apply. */
#include "core/baseline/accepted.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"

#define DAY (24 * 3600 * STK_NS_PER_S)
#define FILE_TEXT                                                                                  \
	"{\"schema\":1,\"accepted\":[{\"function\":\"json.Marshal\",\"profile\":\"cpu\","          \
	"\"workflow\":\"shop\",\"limit\":0.5,\"reason\":\"new field\",\"author\":\"ada\","         \
	"\"until\":\"2026-12-31\"}]}"

static int parse(const char *text, struct stk_accepted *out, struct stk_err *err)
{
	stk_accepted_init(out);
	return stk_accepted_parse(stk_str_of(text), out, err);
}

static struct stk_row *add_row(struct stk_run *run, const char *function, double change)
{
	struct stk_comparison *one;
	struct stk_row *row;

	if (run->comparisons.len == 0) {
		one = stk_vec_push_new(&run->comparisons);
		one->type_id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
		one->short_name = "cpu";
	}
	one = &run->comparisons.items[0];
	row = stk_vec_push_new(&one->rows);
	row->function.name = function;
	row->verdict = STK_VERDICT_REGRESSION;
	row->change = change;
	return row;
}

static void accepted_parse__reads_all_members(void **state)
{
	struct stk_accepted accepted;
	struct stk_buf day = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(parse(FILE_TEXT, &accepted, NULL), 0);
	assert_int_equal(accepted.entries.len, 1);
	assert_string_equal(accepted.entries.items[0].function, "json.Marshal");
	assert_string_equal(accepted.entries.items[0].author, "ada");
	assert_float_equal(accepted.entries.items[0].limit, 0.5, 0.0);
	assert_int_equal(accepted.entries.items[0].until_ns, INT64_C(1798761600) * STK_NS_PER_S);
	stk_accepted_format_day(&day, accepted.entries.items[0].until_ns);
	assert_string_equal(day.ptr, "2026-12-31");
	stk_buf_release(&day);
	stk_accepted_release(&accepted);
}

static void accepted_parse_day__a_far_one_is_the_last_there_is(void **state)
{
	int64_t until_ns = 0;

	(void)state;
	assert_int_equal(stk_accepted_parse_day(STK_STR("9999-12-31"), &until_ns, NULL), 0);
	assert_true(until_ns == INT64_MAX);
	assert_int_equal(stk_accepted_parse_day(STK_STR("2262-04-10"), &until_ns, NULL), 0);
	assert_int_equal(until_ns, INT64_C(106751) * DAY);
}

static void accepted_parse__refuses_what_it_does_not_know(void **state)
{
	static const char *const wrong[] = {"", "[]", "{}", "{\"schema\":2,\"accepted\":[]}",
		"{\"schema\":1,\"accepted\":[{\"function\":\"f\",\"reason\":\"r\"}]}",
		"{\"schema\":1,\"accepted\":[{\"function\":\"f\",\"reason\":\"r\",\"author\":\"a\","
		"\"worklfow\":\"x\"}]}",
		"{\"schema\":1,\"accepted\":[{\"function\":\"f\",\"reason\":\"r\",\"author\":\"a\","
		"\"until\":\"2026-02-31\"}]}",
		"{\"schema\":1,\"accepted\":[{\"function\":\"f\",\"reason\":\"r\",\"author\":\"a\","
		"\"limit\":-1}]}",
		"{\"schema\":1,\"accepted\":[{\"function\":\"a\\u0000b\",\"reason\":\"r\","
		"\"author\":"
		"\"a\"}]}"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(wrong); i++) {
		struct stk_accepted accepted;
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(parse(wrong[i], &accepted, &err), STK_E_FORMAT);
		assert_non_null(strstr(err.msg, STK_ACCEPTED_PATH));
		stk_accepted_release(&accepted);
	}
}

static void accepted_add__replaces_the_same_and_survives_writing(void **state)
{
	struct stk_accepted_entry entry = {"json.Marshal", "cpu", "shop", NAN, "still", "bob", 0};
	struct stk_accepted accepted, back;
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(parse(FILE_TEXT, &accepted, NULL), 0);
	assert_int_equal(stk_accepted_add(&accepted, &entry, NULL), 0);
	assert_int_equal(accepted.entries.len, 1);
	entry.workflow = NULL;
	entry.until_ns = 20000 * DAY;
	assert_int_equal(stk_accepted_add(&accepted, &entry, NULL), 0);
	assert_int_equal(accepted.entries.len, 2);
	entry.reason = NULL;
	assert_int_equal(stk_accepted_add(&accepted, &entry, NULL), STK_E_INVAL);
	stk_accepted_format(&accepted, &text);
	assert_int_equal(parse(text.ptr, &back, NULL), 0);
	assert_string_equal(back.entries.items[0].author, "bob");
	assert_true(isnan(back.entries.items[0].limit));
	assert_null(back.entries.items[1].workflow);
	assert_int_equal(back.entries.items[1].until_ns, 20000 * DAY);
	stk_buf_release(&text);
	stk_accepted_release(&accepted);
	stk_accepted_release(&back);
}

static void accepted_apply__covers_packages_by_their_name(void **state)
{
	struct stk_row package = {.function = {"shop/json", "", 0, NULL},
		.verdict = STK_VERDICT_REGRESSION,
		.change = 0.2};
	struct stk_accepted_entry entry = {"shop/json", "cpu", NULL, NAN, "meant", "bob", 0};
	struct stk_accepted accepted;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	(void)add_row(&run, "other", 0.2);
	stk_vec_push(&run.comparisons.items[0].packages, package);
	stk_accepted_init(&accepted);
	assert_int_equal(stk_accepted_add(&accepted, &entry, NULL), 0);
	stk_accepted_apply(&accepted, &run, 0);
	assert_string_equal(run.comparisons.items[0].packages.items[0].accepted.reason, "meant");
	assert_null(run.comparisons.items[0].rows.items[0].accepted.reason);
	stk_accepted_release(&accepted);
	stk_run_release(&run);
}

static void accepted_apply__marks_what_is_covered_only(void **state)
{
	struct stk_accepted accepted;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	run.name = "shop";
	(void)add_row(&run, "json.Marshal", 0.4);
	(void)add_row(&run, "json.Unmarshal", 0.4);
	assert_int_equal(parse(FILE_TEXT, &accepted, NULL), 0);
	stk_accepted_apply(&accepted, &run, accepted.entries.items[0].until_ns - 1);
	assert_string_equal(run.comparisons.items[0].rows.items[0].accepted.reason, "new field");
	assert_null(run.comparisons.items[0].rows.items[1].accepted.reason);
	assert_int_equal(run.notes.len, 0);
	stk_accepted_release(&accepted);
	stk_run_release(&run);
}

static void accepted_apply__ends_with_the_day_and_the_limit(void **state)
{
	struct stk_accepted accepted;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	run.name = "shop";
	(void)add_row(&run, "json.Marshal", 0.6);
	assert_int_equal(parse(FILE_TEXT, &accepted, NULL), 0);
	stk_accepted_apply(&accepted, &run, 0);
	assert_null(run.comparisons.items[0].rows.items[0].accepted.reason);
	assert_non_null(strstr(run.notes.items[0].text, "accepted up to +50 %, it is now +60 %"));
	run.comparisons.items[0].rows.items[0].change = 0.1;
	stk_accepted_apply(&accepted, &run, accepted.entries.items[0].until_ns);
	assert_null(run.comparisons.items[0].rows.items[0].accepted.reason);
	assert_non_null(strstr(run.notes.items[1].text, "until 2026-12-31"));
	run.name = "other";
	stk_accepted_apply(&accepted, &run, 0);
	assert_null(run.comparisons.items[0].rows.items[0].accepted.reason);
	stk_accepted_release(&accepted);
	stk_run_release(&run);
}

static void accepted_apply__says_what_does_nothing_any_more(void **state)
{
	struct stk_accepted accepted;
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	run.name = "shop";
	(void)add_row(&run, "json.Unmarshal", 0.1);
	run.comparisons.items[0].rows.items[0].verdict = STK_VERDICT_NO_CHANGE;
	assert_int_equal(parse(FILE_TEXT, &accepted, NULL), 0);
	stk_accepted_apply(&accepted, &run, 0);
	assert_int_equal(run.notes.len, 1);
	assert_string_equal(run.notes.items[0].text,
		"accepted, but not in this run (renamed, removed?): 'json.Marshal'");
	stk_accepted_apply(&accepted, &run, accepted.entries.items[0].until_ns);
	assert_string_equal(
		run.notes.items[1].text, "accepted entries that have ended: 'json.Marshal'");
	/* nothing is known of a type that was not compared, nor is another workflow's our concern
	 */
	run.comparisons.items[0].short_name = run.comparisons.items[0].type_id = "alloc_space";
	stk_accepted_apply(&accepted, &run, 0);
	run.name = "other";
	stk_accepted_apply(&accepted, &run, accepted.entries.items[0].until_ns);
	assert_int_equal(run.notes.len, 2);
	stk_accepted_release(&accepted);
	stk_run_release(&run);
}

static void accepted_sort__is_by_function_profile_workflow(void **state)
{
	static const struct stk_accepted_entry entries[] = {{"b", NULL, "shop", NAN, "r", "a", 0},
		{"a", "cpu", "shop", NAN, "r", "a", 0}, {"a", "cpu", NULL, NAN, "r", "a", 0},
		{"a", "alloc_space", "shop", NAN, "r", "a", 0}};
	struct stk_accepted accepted;

	(void)state;
	stk_accepted_init(&accepted);
	for (size_t i = 0; i < STK_ARRAY_LEN(entries); i++)
		assert_int_equal(stk_accepted_add(&accepted, &entries[i], NULL), 0);
	stk_accepted_sort(&accepted);
	assert_string_equal(accepted.entries.items[0].profile, "alloc_space");
	assert_null(accepted.entries.items[1].workflow);
	assert_string_equal(accepted.entries.items[2].workflow, "shop");
	assert_string_equal(accepted.entries.items[3].function, "b");
	stk_accepted_release(&accepted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_parse__reads_all_members),
		cmocka_unit_test(accepted_parse_day__a_far_one_is_the_last_there_is),
		cmocka_unit_test(accepted_parse__refuses_what_it_does_not_know),
		cmocka_unit_test(accepted_add__replaces_the_same_and_survives_writing),
		cmocka_unit_test(accepted_apply__covers_packages_by_their_name),
		cmocka_unit_test(accepted_apply__marks_what_is_covered_only),
		cmocka_unit_test(accepted_apply__ends_with_the_day_and_the_limit),
		cmocka_unit_test(accepted_apply__says_what_does_nothing_any_more),
		cmocka_unit_test(accepted_sort__is_by_function_profile_workflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
