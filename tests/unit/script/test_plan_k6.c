/* test_plan_k6: options of k6 that are left out say what to use instead, as key and as option. */
#include "core/script/plan_k6.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/script/plan.h"
#include "tests/support/lua_case.h"

static void plan_k6_instead__knows_both_spellings(void **state)
{
	(void)state;
	assert_non_null(strstr(stk_plan_k6_instead(STK_STR("http-debug")), "print("));
	assert_ptr_equal(stk_plan_k6_instead(STK_STR("http-debug")),
		stk_plan_k6_instead(STK_STR("http_debug")));
	assert_null(stk_plan_k6_instead(STK_STR("http")));
	assert_null(stk_plan_k6_instead(STK_STR("vus")));
}

/* k6 8.2: options that have no place here are warned of, or do nothing | an error that says what to
 * use instead | never silently ignored */
static void plan__refuses_each_left_out_option_with_what_to_use(void **state)
{
	(void)state;
	for (size_t i = 0; i < stk_plan_k6_rows_len; i++) {
		struct stk_plan_changes changes = {.run_id = NULL};
		struct stk_err err = STK_ERR_INIT;
		struct stk_buf text = STK_BUF_EMPTY;
		struct stk_plan plan;
		struct lua_case lc;

		lua_case_init(&lc);
		stk_buf_addf(&text, "return { default = function() end, %s = true }",
			stk_plan_k6_rows[i].key);
		assert_int_equal(lua_case_load(&lc, text.ptr), 0);
		assert_int_equal(stk_script_plan(lc.script, &changes, &plan, &err), STK_E_SCRIPT);
		assert_non_null(strstr(err.msg, "case.lua"));
		assert_non_null(strstr(err.msg, stk_plan_k6_rows[i].key));
		assert_non_null(
			strstr(err.hint, stk_plan_k6_instead(stk_str_of(stk_plan_k6_rows[i].key))));
		stk_plan_release(&plan);
		stk_buf_release(&text);
		lua_case_release(&lc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_k6_instead__knows_both_spellings),
		cmocka_unit_test(plan__refuses_each_left_out_option_with_what_to_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
