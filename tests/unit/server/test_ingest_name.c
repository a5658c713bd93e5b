/* test_ingest_name: names of profiles by their types, and folded pushes by their suffix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/profile/pprof.h"
#include "core/server/folded_push.h"
#include "core/server/ingest_name.h"

static void ingest_name__follows_the_display_name(void **state)
{
	static const struct {
		const char *types[2], *config, *want;
	} rows[] = {{{"samples", "cpu"}, NULL, "process_cpu"}, {{"samples", "wall"}, NULL, "wall"},
		{{"alloc_objects", "alloc_space"}, NULL, "memory"},
		{{"goroutine", NULL}, NULL, "goroutines"},
		{{"contentions", "delay"}, NULL, "mutex"},
		{{"contentions", "delay"},
			"{\"contentions\":{\"display-name\":\"block_count\"},"
			"\"delay\":{\"display-name\":\"block_duration\"}}",
			"block"},
		{{"foo", "bar"}, NULL, "foo"}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_str types[2] = {
			stk_str_of(rows[i].types[0]), stk_str_of(rows[i].types[1])};
		struct stk_buf out = STK_BUF_EMPTY;
		struct stk_json *config = NULL;

		if (rows[i].config)
			assert_int_equal(
				stk_json_parse(stk_str_of(rows[i].config), &config, NULL), 0);
		stk_ingest_name(types, rows[i].types[1] ? 2 : 1, &out, config);
		assert_string_equal(out.ptr, rows[i].want);
		stk_json_free(config);
		stk_buf_release(&out);
	}
}

static void ingest_suffix__splits_at_the_last_dot(void **state)
{
	const struct stk_ingest_suffix *suffix = NULL;
	struct stk_str app = {NULL, 0};

	(void)state;
	assert_int_equal(
		stk_ingest_suffix_find(STK_STR("my.app.lock_duration"), &app, &suffix, NULL), 0);
	assert_true(stk_str_is(app, "my.app"));
	assert_string_equal(suffix->name, "block");
	assert_string_equal(suffix->type, "delay");
	assert_int_equal(stk_ingest_suffix_find(STK_STR("plain"), &app, &suffix, NULL), 0);
	assert_string_equal(suffix->type, "cpu");
	assert_int_equal(
		stk_ingest_suffix_find(STK_STR("my.service"), &app, &suffix, NULL), STK_E_INVAL);
}

static void folded_push__becomes_a_pprof(void **state)
{
	struct stk_folded_push push = {
		.text = STK_STR("main;a 2\r\nmain 3\nnothing\nmain -1\n"), .sample_rate = 100};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_profile *profile = NULL;
	struct stk_str app;

	(void)state;
	assert_int_equal(stk_ingest_suffix_find(STK_STR("x.cpu"), &app, &push.suffix, NULL), 0);
	assert_int_equal(stk_folded_push_encode(&push, &out, NULL), 0);
	assert_int_equal(stk_pprof_decode(stk_buf_str(&out), &profile, NULL), 0);
	assert_int_equal(stk_profile_total(profile, 0), 50000000);
	assert_int_equal(profile->period, 10000000);
	stk_profile_free(profile);
	stk_buf_clear(&out);
	push.text = STK_STR("main 9223372036854775807");
	assert_int_equal(stk_folded_push_encode(&push, &out, NULL), STK_E_FORMAT);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ingest_name__follows_the_display_name),
		cmocka_unit_test(ingest_suffix__splits_at_the_last_dot),
		cmocka_unit_test(folded_push__becomes_a_pprof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
