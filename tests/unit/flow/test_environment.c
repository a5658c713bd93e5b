/* test_environment: facts of the machine that every Linux has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/flow/environment.h"

static const char *fact(const struct stk_run *run, const char *key)
{
	for (size_t i = 0; i < run->environment.len; i++)
		if (strcmp(run->environment.items[i].key, key) == 0)
			return run->environment.items[i].value;
	return "";
}

static void environment_read__says_what_machine_it_is(void **state)
{
	struct stk_run run;

	(void)state;
	stk_run_init(&run);
	stk_environment_read(&run);
	assert_int_equal(strtol(fact(&run, "cores"), NULL, 10), sysconf(_SC_NPROCESSORS_ONLN));
	assert_memory_equal(fact(&run, "kernel"), "Linux ", 6);
	assert_non_null(strstr(fact(&run, "memory"), "iB"));
	assert_true(strtod(fact(&run, "load average at start"), NULL) >= 0);
	assert_non_null(strchr(fact(&run, "load average at start"), '.'));
	for (size_t i = 0; i < run.environment.len; i++)
		assert_true(run.environment.items[i].value[0] != '\0');
	stk_run_release(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environment_read__says_what_machine_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
