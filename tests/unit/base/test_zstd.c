/* test_zstd: packed within a limit; the library's own other half gives the same back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "core/base/zstd.h"

static void zstd_pack__is_one_frame_of_the_bytes(void **state)
{
	struct stk_buf plain = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	char again[5000];

	(void)state;
	stk_buf_add_fill(&plain, 'x', sizeof again);
	assert_int_equal(stk_zstd_pack(stk_buf_str(&plain), 3, &packed, NULL), 0);
	assert_true(packed.len < 100);
	assert_int_equal(
		ZSTD_decompress(again, sizeof again, packed.ptr, packed.len), sizeof again);
	assert_memory_equal(again, plain.ptr, sizeof again);
	stk_buf_release(&plain);
	stk_buf_release(&packed);
}

static void zstd_pack__is_bounded_and_names_a_wrong_level(void **state)
{
	struct stk_buf packed = STK_BUF_INIT(4);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_zstd_pack(STK_STR("hello"), 3, &packed, &err), STK_E_TOO_LARGE);
	stk_err_clear(&err);
	assert_int_equal(stk_zstd_pack(STK_STR("hello"), 0, &packed, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "level 0"));
	stk_buf_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zstd_pack__is_one_frame_of_the_bytes),
		cmocka_unit_test(zstd_pack__is_bounded_and_names_a_wrong_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
