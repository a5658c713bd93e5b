/* test_app_name: the name parameter of /ingest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/server/app_name.h"

static void app_name_parse__is_lenient_as_upstream(void **state)
{
	struct stk_app_name name;

	(void)state;
	assert_int_equal(stk_app_name_parse(&name,
				 STK_STR("my.app/x{env=ci,empty=,novalue,__hidden__=1,env=two,"
					 "a.b=c d+e}rest"),
				 NULL),
		0);
	assert_true(stk_str_is(name.app, "my.app/x"));
	assert_int_equal(name.labels.len, 2);
	assert_true(stk_str_is(stk_app_name_get(&name, "env"), "two"));
	assert_true(stk_str_is(stk_app_name_get(&name, "a.b"), "c d+e"));
	assert_int_equal(stk_app_name_get(&name, "__hidden__").len, 0);
	stk_app_name_release(&name);
	assert_int_equal(stk_app_name_parse(&name, STK_STR("app{env=ci"), NULL), 0);
	assert_int_equal(name.labels.len, 0);
	stk_app_name_release(&name);
}

static void app_name_parse__refuses_bad_characters(void **state)
{
	static const char *const bad[] = {"", "{a=b}", "a b", "app{k-x=1}", "app\xc3\xa9"};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_app_name name;

		assert_int_equal(stk_app_name_parse(&name, stk_str_of(bad[i]), NULL), STK_E_INVAL);
		stk_app_name_release(&name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(app_name_parse__is_lenient_as_upstream),
		cmocka_unit_test(app_name_parse__refuses_bad_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
