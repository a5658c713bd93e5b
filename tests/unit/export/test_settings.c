/* test_settings: variables of an output with their checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/export/settings.h"

/* k6 7.6: `K6_PROMETHEUS_RW_…` variables | the same | SigV4 and client certificates are refused */
static void settings__reads_each_kind(void **state)
{
	static const char *const variables[] = {"X_A=text", "X_FLAG=true", "X_OFF=0",
		"X_TIME=1m30s", "X_EMPTY=", "X_HEADERS=X-Scope-OrgID:tenant, B=c=d,",
		"X_H_Accept=a/b", "Y_H_Not=1", NULL};
	const struct stk_env env = {.environ_ = variables};
	struct stk_settings settings = {.env = &env, .prefix = "X_"};
	struct stk_settings_headers headers = {STK_VEC_INIT};
	struct stk_secret secret = STK_SECRET_INIT;

	(void)state;
	assert_string_equal(stk_settings_text(&settings, "A", "no"), "text");
	assert_string_equal(stk_settings_text(&settings, "EMPTY", "standard"), "standard");
	assert_true(stk_settings_flag(&settings, "FLAG", false));
	assert_false(stk_settings_flag(&settings, "OFF", true));
	assert_true(stk_settings_flag(&settings, "ABSENT", true));
	assert_int_equal(stk_settings_duration(&settings, "TIME", 1), 90 * STK_NS_PER_S);
	assert_int_equal(stk_settings_duration(&settings, "ABSENT", 7), 7);
	stk_settings_secret(&settings, "A", &secret);
	assert_true(stk_secret_is_set(&secret));
	stk_settings_headers(&settings, "HEADERS", &headers);
	stk_settings_headers_each(&settings, "H_", &headers);
	assert_int_equal(headers.items.len, 3);
	assert_true(stk_str_is(headers.items.items[0].name, "X-Scope-OrgID"));
	assert_true(stk_str_is(headers.items.items[0].value, "tenant"));
	assert_true(stk_str_is(headers.items.items[1].value, "c=d"));
	assert_true(stk_str_is(headers.items.items[2].name, "Accept"));
	assert_int_equal(settings.err.code, 0);
	stk_vec_release(&headers.items);
	stk_secret_release(&secret);
	stk_arena_release(&settings.arena);
}

static void settings__names_the_first_that_cannot_be(void **state)
{
	static const char *const bad[][2] = {{"X_FLAG=maybe", "X_FLAG is not true or false"},
		{"X_TIME=soon", "X_TIME is not a duration"}, {"X_TIME=0", "X_TIME"},
		{"X_HEADERS=alone", "X_HEADERS is not made of Name=value"},
		{"X_HEADERS=A b=c", "X_HEADERS"}, {"X_HEADERS=A=b\r\nEvil: 1", "X_HEADERS"}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *const variables[] = {bad[i][0], NULL};
		const struct stk_env env = {.environ_ = variables};
		struct stk_settings settings = {.env = &env, .prefix = "X_"};
		struct stk_settings_headers headers = {STK_VEC_INIT};

		(void)stk_settings_flag(&settings, "FLAG", false);
		(void)stk_settings_duration(&settings, "TIME", 1);
		stk_settings_headers(&settings, "HEADERS", &headers);
		assert_int_equal(settings.err.code, STK_E_INVAL);
		assert_non_null(strstr(settings.err.msg, bad[i][1]));
		assert_int_equal(headers.items.len, 0);
		stk_vec_release(&headers.items);
		stk_arena_release(&settings.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings__reads_each_kind),
		cmocka_unit_test(settings__names_the_first_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
