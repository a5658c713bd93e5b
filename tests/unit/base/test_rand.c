/* test_rand: seeded numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/rand.h"

static void rand_u64__is_xoshiro256_starstar(void **state)
{
	/* the first outputs of the reference program by Blackman and Vigna for this state */
	struct stk_rand rng = {{1, 2, 3, 4}};

	(void)state;
	assert_true(stk_rand_u64(&rng) == 11520);
	assert_true(stk_rand_u64(&rng) == 0);
	assert_true(stk_rand_u64(&rng) == 1509978240);
	assert_true(stk_rand_u64(&rng) == 1215971899390074240);
}

static void rand_init__same_seed_same_row_other_stream_another(void **state)
{
	struct stk_rand a, b, c;

	(void)state;
	stk_rand_init(&a, 7, 1);
	stk_rand_init(&b, 7, 1);
	stk_rand_init(&c, 7, 2);
	for (int i = 0; i < 100; i++) {
		uint64_t one = stk_rand_u64(&a);

		assert_true(one == stk_rand_u64(&b));
		assert_true(one != stk_rand_u64(&c));
	}
}

static void rand_f64__lies_in_its_interval(void **state)
{
	struct stk_rand rng;
	double sum = 0;

	(void)state;
	stk_rand_init(&rng, 1, 0);
	for (int i = 0; i < 100000; i++) {
		double value = stk_rand_f64(&rng);

		assert_true(value >= 0 && value < 1);
		sum += value;
	}
	assert_true(sum > 49500 && sum < 50500); /* over five standard errors of 91 */
}

static void rand_range__reaches_both_ends_evenly(void **state)
{
	struct stk_rand rng;
	int counts[7] = {0};

	(void)state;
	stk_rand_init(&rng, 1, 0);
	for (int i = 0; i < 70000; i++) {
		int64_t value = stk_rand_range(&rng, -3, 3);

		assert_true(value >= -3 && value <= 3);
		counts[value + 3]++;
	}
	for (int i = 0; i < 7; i++)
		assert_true(counts[i] > 9500 && counts[i] < 10500); /* over five of 93 */
	assert_int_equal(stk_rand_range(&rng, 5, 5), 5);
	(void)stk_rand_range(&rng, INT64_MIN, INT64_MAX);
	assert_true(stk_rand_system() != stk_rand_system());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rand_u64__is_xoshiro256_starstar),
		cmocka_unit_test(rand_init__same_seed_same_row_other_stream_another),
		cmocka_unit_test(rand_f64__lies_in_its_interval),
		cmocka_unit_test(rand_range__reaches_both_ends_evenly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
