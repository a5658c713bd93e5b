/* test_vec: growing arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/vec.h"

static void vec_push__keeps_all_values(void **state)
{
	STK_VEC(int) numbers = STK_VEC_INIT;
	bool ok = true;

	(void)state;
	for (int i = 0; i < 10000; i++)
		stk_vec_push(&numbers, i * 3);
	assert_int_equal(numbers.len, 10000);
	for (int i = 0; i < 10000; i++)
		ok = ok && numbers.items[i] == i * 3;
	assert_true(ok);
	stk_vec_clear(&numbers);
	assert_int_equal(numbers.len, 0);
	assert_true(numbers.cap >= 10000);
	stk_vec_release(&numbers);
	assert_null(numbers.items);
	assert_int_equal(numbers.cap, 0);
}

static void vec_push_new__is_zeroed(void **state)
{
	STK_VEC(struct {
		int a;
		void *b;
	})
	rows = STK_VEC_INIT;

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(stk_vec_push_new(&rows)->a, 0);
		rows.items[i].a = i;
		rows.items[i].b = &rows;
	}
	stk_vec_clear(&rows);
	assert_null(stk_vec_push_new(&rows)->b);
	assert_int_equal(rows.len, 1);
	stk_vec_release(&rows);
}

static void vec_reserve__does_not_shrink(void **state)
{
	STK_VEC(char) bytes = STK_VEC_INIT;
	size_t cap;

	(void)state;
	stk_vec_reserve(&bytes, 500);
	cap = bytes.cap;
	assert_true(cap >= 500);
	stk_vec_reserve(&bytes, 10);
	assert_int_equal(bytes.cap, cap);
	stk_vec_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vec_push__keeps_all_values),
		cmocka_unit_test(vec_push_new__is_zeroed),
		cmocka_unit_test(vec_reserve__does_not_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
