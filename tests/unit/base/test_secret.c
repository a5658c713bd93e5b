/* test_secret: what must not be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/secret.h"

static void secret_reveal__gives_the_text_until_released(void **state)
{
	struct stk_secret secret = STK_SECRET_INIT;

	(void)state;
	assert_false(stk_secret_is_set(&secret));
	stk_secret_init(&secret, STK_STR("hunter2"));
	assert_true(stk_secret_is_set(&secret));
	assert_true(stk_str_is(stk_secret_reveal(&secret), "hunter2"));
	stk_secret_release(&secret);
	assert_false(stk_secret_is_set(&secret));
	assert_int_equal(stk_secret_reveal(&secret).len, 0);
	stk_secret_release(&secret);
}

static void secret_is_name__knows_credentials(void **state)
{
	static const char *const yes[] = {"GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "db_password",
		"ApiKey", "PGPASSWD", "GOOGLE_APPLICATION_CREDENTIALS"};
	static const char *const no[] = {"PATH", "HOME", "BASE_URL", "TOKE", ""};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(stk_secret_is_name(stk_str_of(yes[i])));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(stk_secret_is_name(stk_str_of(no[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_reveal__gives_the_text_until_released),
		cmocka_unit_test(secret_is_name__knows_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
