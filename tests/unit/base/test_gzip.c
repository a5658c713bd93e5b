/* test_gzip: packed and unpacked within a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/gzip.h"

static void pack(struct stk_str bytes, struct stk_buf *out)
{
	assert_int_equal(stk_gzip_pack(bytes, 6, out, NULL), 0);
}

static void gzip_pack__then_unpack_is_the_same(void **state)
{
	struct stk_buf plain = STK_BUF_EMPTY, packed = STK_BUF_EMPTY, again = STK_BUF_EMPTY;

	(void)state;
	for (int i = 0; i < 20000; i++)
		stk_buf_addf(&plain, "%d,", i * i);
	pack(stk_buf_str(&plain), &packed);
	assert_true(stk_gzip_is(stk_buf_str(&packed)));
	assert_true(packed.len < plain.len);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &again, NULL), 0);
	assert_true(stk_str_eq(stk_buf_str(&plain), stk_buf_str(&again)));
	stk_buf_release(&plain);
	stk_buf_release(&packed);
	stk_buf_release(&again);
}

static void gzip_unpack__takes_several_members_and_empty_ones(void **state)
{
	struct stk_buf packed = STK_BUF_EMPTY, out = STK_BUF_EMPTY;

	(void)state;
	pack(STK_STR("one "), &packed);
	pack(STK_STR(""), &packed);
	pack(STK_STR("two"), &packed);
	stk_buf_add_text(&out, "<");
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &out, NULL), 0);
	assert_string_equal(out.ptr, "<one two");
	stk_buf_release(&packed);
	stk_buf_release(&out);
}

static void gzip_unpack__is_bounded(void **state)
{
	struct stk_buf plain = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	struct stk_buf small = STK_BUF_INIT(99999), exact = STK_BUF_INIT(100000);
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_buf_add_fill(&plain, 0, 100000);
	pack(stk_buf_str(&plain), &packed);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &small, &err), STK_E_TOO_LARGE);
	assert_string_equal(err.msg, "gzip: unpacks to more than 99999 bytes");
	assert_int_equal(small.len, 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &exact, &err), 0);
	assert_int_equal(exact.len, 100000);
	/* full already: not one more byte, and no crash */
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &exact, &err), STK_E_TOO_LARGE);
	stk_buf_release(&plain);
	stk_buf_release(&packed);
	stk_buf_release(&small);
	stk_buf_release(&exact);
}

static void gzip_unpack__refuses_each_cut_and_broken_bytes(void **state)
{
	struct stk_buf packed = STK_BUF_EMPTY, out = STK_BUF_EMPTY;

	(void)state;
	pack(STK_STR("hello hello hello hello"), &packed);
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(
			stk_gzip_unpack(stk_str_n(packed.ptr, len), &out, NULL), STK_E_FORMAT);
	packed.ptr[packed.len - 6] ^= 1; /* in the checksum */
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &out, NULL), STK_E_FORMAT);
	assert_int_equal(stk_gzip_unpack(STK_STR("plain text"), &out, NULL), STK_E_FORMAT);
	assert_int_equal(out.len, 0);
	assert_int_equal(stk_gzip_pack(STK_STR("x"), 77, &out, NULL), STK_E_INVAL);
	stk_buf_release(&packed);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gzip_pack__then_unpack_is_the_same),
		cmocka_unit_test(gzip_unpack__takes_several_members_and_empty_ones),
		cmocka_unit_test(gzip_unpack__is_bounded),
		cmocka_unit_test(gzip_unpack__refuses_each_cut_and_broken_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
