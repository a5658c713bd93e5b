/* test_proto: the wire of protobuf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/proto.h"

static void proto_put__then_next_gives_the_fields(void **state)
{
	static const uint64_t packed[] = {0, 127, 128, UINT64_MAX};
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_proto_cursor cur, inner;
	struct stk_proto_field field;
	uint64_t value = 0;

	(void)state;
	stk_proto_put_varint(&buf, 1, 300);
	stk_proto_put_double(&buf, 2, -0.5);
	stk_proto_put_bytes(&buf, 3, STK_STR("abc"));
	stk_proto_put_packed(&buf, 536870911, packed, 4);
	cur = stk_proto_cursor(stk_buf_str(&buf));
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 1);
	assert_true(field.number == 1 && field.wire == STK_PROTO_VARINT && field.value == 300);
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 1);
	assert_true(field.number == 2 && stk_proto_double(field.value) == -0.5);
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 1);
	assert_true(field.number == 3 && stk_str_is(field.bytes, "abc"));
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 1);
	assert_int_equal(field.number, 536870911);
	inner = stk_proto_cursor(field.bytes);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(stk_proto_varint(&inner, &value, NULL), 1);
		assert_true(value == packed[i]);
	}
	assert_int_equal(stk_proto_varint(&inner, &value, NULL), 0);
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 0);
	stk_buf_release(&buf);
}

static void proto_next__refuses_what_is_cut_or_wild(void **state)
{
	static const struct stk_str bad[] = {{"\x08", 1}, {"\x08\x80", 2}, {"\x09\1\2\3", 4},
		{"\x0d\1", 2},
		{"\x0a\x05"
		 "ab",
			4},
		{"\x0b", 1}, {"\x0c", 1}, {"\x00\x01", 2}, {"\x0e\x01", 2},
		{"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
		{"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12}};
	struct stk_proto_field field;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct stk_proto_cursor cur = stk_proto_cursor(bad[i]);

		assert_int_equal(stk_proto_next(&cur, &field, NULL), STK_E_FORMAT);
	}
}

static void proto_next__of_nothing_is_the_end(void **state)
{
	struct stk_proto_cursor cur = stk_proto_cursor(stk_str_of(NULL));
	struct stk_proto_field field;

	(void)state;
	assert_int_equal(stk_proto_next(&cur, &field, NULL), 0);
}

static void proto_varint_len__is_what_add_writes(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		struct stk_buf buf = STK_BUF_EMPTY;

		stk_proto_add_varint(&buf, UINT64_C(1) << bit);
		assert_int_equal(buf.len, stk_proto_varint_len(UINT64_C(1) << bit));
		assert_int_equal(buf.len, bit / 7 + 1);
		stk_buf_release(&buf);
	}
}

static void proto_unpack__gives_numbers_of_every_length(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	uint64_t numbers[64];

	(void)state;
	for (unsigned bit = 0; bit < 64; bit++)
		stk_proto_add_varint(&buf, UINT64_C(1) << bit | 1);
	assert_int_equal(stk_proto_packed_len(stk_buf_str(&buf)), 64);
	assert_int_equal(stk_proto_unpack(stk_buf_str(&buf), numbers, NULL), 0);
	for (unsigned bit = 0; bit < 64; bit++)
		assert_true(numbers[bit] == (UINT64_C(1) << bit | 1));
	stk_buf_release(&buf);
}

static void proto_unpack__refuses_what_is_cut_or_too_long(void **state)
{
	static const char cut[] = "\x01\x80\x80\x80", endless[] = "\x80\x80\x80\x80\x80\x80"
								  "\x80\x80\x80\x80\x80\x01";
	uint64_t numbers[2];

	(void)state;
	for (size_t len = 2; len < sizeof cut; len++)
		assert_int_equal(
			stk_proto_unpack(stk_str_n(cut, len), numbers, NULL), STK_E_FORMAT);
	assert_int_equal(stk_proto_packed_len(stk_str_n(cut, 4)), 1);
	assert_int_equal(stk_proto_unpack(stk_str_of(endless), numbers, NULL), STK_E_FORMAT);
	assert_int_equal(stk_proto_unpack(stk_str_of(NULL), numbers, NULL), 0);
}

static void proto_zigzag__folds_signs(void **state)
{
	(void)state;
	assert_true(
		stk_proto_zigzag(0) == 0 && stk_proto_zigzag(1) == -1 && stk_proto_zigzag(2) == 1);
	assert_true(stk_proto_zigzag(UINT64_MAX) == INT64_MIN);
	assert_true(stk_proto_zigzag(UINT64_MAX - 1) == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proto_put__then_next_gives_the_fields),
		cmocka_unit_test(proto_next__refuses_what_is_cut_or_wild),
		cmocka_unit_test(proto_next__of_nothing_is_the_end),
		cmocka_unit_test(proto_varint_len__is_what_add_writes),
		cmocka_unit_test(proto_unpack__gives_numbers_of_every_length),
		cmocka_unit_test(proto_unpack__refuses_what_is_cut_or_too_long),
		cmocka_unit_test(proto_zigzag__folds_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
