/* test_env: variables of the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/env.h"

static void env_get__finds_whole_names_only(void **state)
{
	static const char *const variables[] = {"AB=1", "A=2", "EMPTY=", "E=x=y", NULL};
	struct stk_env env = {.environ_ = variables};

	(void)state;
	assert_string_equal(stk_env_get(&env, "A"), "2");
	assert_string_equal(stk_env_get(&env, "EMPTY"), "");
	assert_string_equal(stk_env_get(&env, "E"), "x=y");
	assert_null(stk_env_get(&env, "B"));
	env.environ_ = NULL;
	assert_null(stk_env_get(&env, "A"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(env_get__finds_whole_names_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
