/* test_generated: names without their host, the bound on them, and requests spread in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "core/generator/generated.h"
#include "tests/support/near.h"

#define NOW (INT64_C(1795348800) * 1000000000)

static double sum(const struct stk_generated *out, const char *name)
{
	return stk_series_sum(
		&out->series, STK_SIDE_BASE, NULL, name, NOW - 1000000000, NOW + 100000000000);
}

static void generated_add_requests__cuts_a_url_to_its_path(void **state)
{
	struct stk_generated out;

	(void)state;
	stk_generated_init(&out, STK_SIDE_BASE);
	stk_generated_add_requests(&out, "s", STK_STR("http://127.0.0.1:8080/a?b=1"), NOW, 1);
	stk_generated_add_requests(&out, "s", STK_STR("https://shop/a"), NOW, 2);
	stk_generated_add_requests(&out, "s", STK_STR("http://shop"), NOW, 1);
	stk_generated_add_requests(&out, "s", STK_STR("get_a"), NOW, 1);
	test_near("figure", sum(&out, "/a"), 3, 1e-9);
	test_near("figure", sum(&out, "/"), 1, 1e-9);
	test_near("figure", sum(&out, "get_a"), 1, 1e-9);
	assert_int_equal(out.requests, 5);
	stk_generated_release(&out);
}

static void generated_add_requests__counts_the_201st_name_as_other(void **state)
{
	struct stk_generated out;

	(void)state;
	stk_generated_init(&out, STK_SIDE_BASE);
	for (int i = 0; i < STK_GENERATED_NAMES_MAX + 50; i++) {
		char name[16];
		(void)snprintf(name, sizeof name, "n%d", i);
		stk_generated_add_requests(&out, "s", stk_str_of(name), NOW, 1);
		stk_generated_add_requests(&out, "s", STK_STR("n0"), NOW, 1);
	}
	assert_int_equal(out.series.keys.len, STK_GENERATED_NAMES_MAX + 1);
	assert_true(out.names_full);
	test_near("figure", sum(&out, "other"), 50, 1e-9);
	test_near("figure", sum(&out, "n0"), STK_GENERATED_NAMES_MAX + 51, 1e-9);
	stk_generated_release(&out);
}

static void generated_spread__is_even_and_complete(void **state)
{
	struct stk_generated out;

	(void)state;
	stk_generated_init(&out, STK_SIDE_BASE);
	out.start_ns = NOW;
	out.end_ns = NOW + INT64_C(10000000000);
	stk_generated_spread(&out, STK_STR("all"), 1003);
	test_near("figure", sum(&out, "all"), 1003, 1e-9);
	test_near("figure",
		stk_series_sum(
			&out.series, STK_SIDE_BASE, NULL, NULL, NOW, NOW + INT64_C(5000000000)),
		501.5, 1.0);
	assert_true(out.spread);
	assert_true(isnan(stk_generated_quantile(&out, 0.95)));
	stk_generated_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_add_requests__cuts_a_url_to_its_path),
		cmocka_unit_test(generated_add_requests__counts_the_201st_name_as_other),
		cmocka_unit_test(generated_spread__is_even_and_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
