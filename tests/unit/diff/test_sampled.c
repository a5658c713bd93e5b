/* test_sampled: the sampled total and what it could have shown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/diff/compare.h"
#include "tests/support/compared.h"
#include "tests/support/near.h"

/* 6.18.8: everything dearer by 10 %: the total says so, no function is blamed. */
static void compare_paired__uniform_shift(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 15, 31);
	world.factor = 1.1;
	world.block_noise = 0.01;
	compared_init(&out, &world);
	assert_int_equal(compared_count(&out, STK_VERDICT_REGRESSION), 0);
	assert_true(out.result.common_shift > 0.05 && out.result.common_shift < 0.15);
	assert_true(out.result.total.change > 0.06 && out.result.total.change < 0.14);
	assert_true(out.result.total.p < 0.01);
	compared_release(&out);
}

/* A change as large as the run claims to notice is noticed about four times in five. */
static void compare_paired__sensitivity_is_true(void **state)
{
	enum { RUNS = 150 };
	int noticed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct world world;
		struct compared out;
		double change;

		world_init(&world, 18, seed);
		compared_init(&out, &world);
		change = out.result.sensitivity.items[1].change;
		compared_release(&out);
		world_init(&world, 18, seed);
		world.functions[3].share = 0.15;
		world.functions[3].factor = 1.0 + change;
		compared_init(&out, &world);
		noticed += compared_find(&out, world.functions[3].name[0])->q < 0.05;
		compared_release(&out);
	}
	assert_in_range(noticed, RUNS * 70 / 100, RUNS * 93 / 100);
}

static void compare_paired__total_cannot_be_better_than_its_samples(void **state)
{
	struct world world;
	struct compared out;

	(void)state;
	world_init(&world, 10, 3);
	world.has_noise = false;
	compared_init(&out, &world);
	/* 800 samples a side and pair, six pairs. */
	test_near("se", out.result.total.se, sqrt((2.0 / 800.5) / 6.0), 1e-6);
	test_near("df", out.result.total.df, 5.0, 1e-12);
	compared_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_paired__uniform_shift),
		cmocka_unit_test(compare_paired__sensitivity_is_true),
		cmocka_unit_test(compare_paired__total_cannot_be_better_than_its_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
