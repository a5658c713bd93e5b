/* test_package: a function's package is its folder, or what stands before its name. */
#include "core/diff/package.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void package_of__is_the_folder_of_the_file(void **state)
{
	(void)state;
	assert_true(stk_str_is(stk_package_of("cart.sum", "shop/cart/sum.go"), "shop/cart"));
	assert_true(stk_str_is(stk_package_of("sum", "/src/app.py"), "/src"));
	assert_int_equal(stk_package_of("sum", "app.py").len, 0);
}

static void package_of__without_a_file_is_before_the_last_dot(void **state)
{
	(void)state;
	assert_true(stk_str_is(stk_package_of("com.shop.Cart.sum", ""), "com.shop.Cart"));
	assert_int_equal(stk_package_of("main", "").len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(package_of__is_the_folder_of_the_file),
		cmocka_unit_test(package_of__without_a_file_is_before_the_last_dot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
