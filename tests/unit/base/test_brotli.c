/* test_brotli: packed within a limit. That it can be unpacked is shown by libcurl
 * (tests/cli/net_cases.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/brotli.h"

static void brotli_pack__makes_less_of_what_repeats(void **state)
{
	struct stk_buf plain = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;

	(void)state;
	stk_buf_add_fill(&plain, 'x', 5000);
	assert_int_equal(stk_brotli_pack(stk_buf_str(&plain), 6, &packed, NULL), 0);
	assert_true(packed.len < 100);
	stk_buf_release(&plain);
	stk_buf_release(&packed);
}

static void brotli_pack__is_bounded_and_names_a_wrong_quality(void **state)
{
	struct stk_buf packed = STK_BUF_INIT(4);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_brotli_pack(STK_STR("hello"), 6, &packed, &err), STK_E_TOO_LARGE);
	stk_err_clear(&err);
	assert_int_equal(stk_brotli_pack(STK_STR("hello"), 12, &packed, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "quality 12"));
	stk_buf_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brotli_pack__makes_less_of_what_repeats),
		cmocka_unit_test(brotli_pack__is_bounded_and_names_a_wrong_quality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
