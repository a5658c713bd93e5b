/* test_calibrated: the outcome of A/A runs: its file, what it holds for, when it counts. */
#include "core/baseline/calibrated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/support/calibration_case.h"

#define HOUR (3600 * STK_NS_PER_S)

static void put(struct stk_calibrateds *all, int runs)
{
	struct stk_calibration calibration;

	calibration_case_init(&calibration, "baseline", runs, 0.02, 0.03);
	stk_calibrateds_put(all, &calibration);
	stk_calibration_release(&calibration); /* nothing of it is borrowed */
}

static void calibrated_put__replaces_and_survives_its_file(void **state)
{
	const struct stk_calibration_key key = {"shop", "baseline", "12ab", "34cd"};
	const struct stk_calibrated *one, *near;
	struct stk_calibrateds all, again;
	struct stk_buf text = STK_BUF_EMPTY, second = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_calibrateds_init(&all);
	stk_calibrateds_init(&again);
	put(&all, 5);
	put(&all, 24);
	assert_int_equal(all.list.len, 1);
	stk_calibrateds_format(&all, &text);
	if (stk_calibrateds_parse(stk_buf_str(&text), &again, &err) < 0)
		fail_msg("%s", err.msg);
	one = stk_calibrateds_find(&again, &key, &near);
	assert_non_null(one);
	assert_int_equal(one->runs, 24);
	assert_int_equal(one->first_ns, HOUR);
	assert_int_equal(one->last_ns, 24 * HOUR);
	assert_non_null(stk_calibrated_type(one, "cpu"));
	assert_null(stk_calibrated_type(one, "alloc_space"));
	stk_calibrateds_format(&again, &second);
	assert_string_equal(second.ptr, text.ptr);
	stk_buf_release(&text);
	stk_buf_release(&second);
	stk_calibrateds_release(&all);
	stk_calibrateds_release(&again);
}

static void calibrated_find__names_what_is_near(void **state)
{
	const struct stk_calibration_key other_plan = {"shop", "baseline", "12ab", "ffff"};
	const struct stk_calibration_key other_flow = {"api", "baseline", "12ab", "34cd"};
	const struct stk_calibrated *near;
	struct stk_calibrateds all;

	(void)state;
	stk_calibrateds_init(&all);
	put(&all, 2);
	assert_null(stk_calibrateds_find(&all, &other_plan, &near));
	assert_string_equal(near->key.plan, "34cd");
	assert_null(stk_calibrateds_find(&all, &other_flow, &near));
	assert_null(near);
	stk_calibrateds_release(&all);
}

static void assert_objection(struct stk_calibrated calibrated, int64_t now_ns, const char *words)
{
	struct stk_arena arena = STK_ARENA_INIT;
	const char *why = stk_calibrated_objection(&calibrated, now_ns, &arena);

	if (!words)
		assert_null(why);
	else if (!why || !strstr(why, words))
		fail_msg("'%s' has no '%s'", why ? why : "NULL", words);
	stk_arena_release(&arena);
}

static void calibrated_objection__wants_runs_that_are_fresh_and_quiet(void **state)
{
	struct stk_calibrated one = {.method = STK_CALIBRATED_METHOD, .runs = 34, .last_ns = HOUR};

	(void)state;
	assert_objection(one, 29 * 24 * HOUR, NULL);
	assert_objection(one, 32 * 24 * HOUR, "31 days old, at most 30 count");
	assert_float_equal(stk_calibrated_alarms_below(&one), 0.0843, 0.0001);
	one.runs = 19;
	assert_objection(one, HOUR, "19 of 20 A/A runs");
	one.runs = 20;
	one.alarms = 3; /* 3 % may be the truth */
	assert_objection(one, HOUR, NULL);
	one.alarms = 4;
	assert_objection(one, HOUR, "4 of 20 A/A runs raised a false alarm");
	one.alarms = 0;
	one.method = 0;
	assert_objection(one, HOUR, "another version");
}

static void calibrated_parse__refuses_what_cannot_be(void **state)
{
	static const char *const texts[] = {"{\"schema\":1}", "{\"schema\":9,\"calibrations\":[]}",
		"{\"schema\":1,\"calibrations\":[{\"method\":1,\"runs\":2,\"alarms\":3}]}",
		"{\"schema\":1,\"calibrations\":[{\"method\":1,\"runs\":2,\"alarms\":0,"
		"\"workflow\":"
		"\"w\",\"mode\":\"m\",\"machine\":\"m\",\"plan\":\"p\",\"version\":\"v\",\"first\":"
		"\"2026-01-01T00:00:00Z\",\"last\":\"2026-01-01T00:00:00Z\",\"types\":[{\"name\":"
		"\"cpu\",\"sigma\":[0,0,0,-1],\"sigma_total\":0,\"inflation\":1}]}]}",
		"{\"schema\":1,\"calibrations\":[{\"method\":1,\"runs\":2,\"alarms\":0,"
		"\"workflow\":"
		"\"w\",\"mode\":\"m\",\"machine\":\"m\",\"plan\":\"p\",\"version\":\"v\",\"first\":"
		"\"yesterday\",\"last\":\"2026-01-01T00:00:00Z\",\"types\":[]}]}"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(texts); i++) {
		struct stk_calibrateds all;

		stk_calibrateds_init(&all);
		assert_true(stk_calibrateds_parse(stk_str_of(texts[i]), &all, NULL) < 0);
		stk_calibrateds_release(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calibrated_put__replaces_and_survives_its_file),
		cmocka_unit_test(calibrated_find__names_what_is_near),
		cmocka_unit_test(calibrated_objection__wants_runs_that_are_fresh_and_quiet),
		cmocka_unit_test(calibrated_parse__refuses_what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
