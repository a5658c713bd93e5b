/* test_hist: buckets, error bound, exact merge, k6's percentiles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "core/stats/hist.h"

static void near(double got, double want, double fraction)
{
	if (!(fabs(got - want) <= fabs(want) * fraction))
		fail_msg("%.12g is not %.12g", got, want);
}

/* k6 3.1, 14: percentile at p·(n−1), linear between neighbours, over all values kept | the same
 * within 1/256 of the value | memory does not grow with samples */
static void hist_quantile__is_k6s_within_the_bound(void **state)
{
	/* values and percentiles of a recorded k6 run (metric "odd" and "ten") */
	static const double odd[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
	static const struct {
		double p, want;
	} cases[] = {{0, 1}, {1, 1}, {25, 2.5}, {33.3, 3}, {50, 4}, {75, 5}, {90, 6}, {95, 7.5},
		{99, 8.7}, {99.9, 8.97}, {100, 9}};
	struct stk_hist hist;

	(void)state;
	stk_hist_init(&hist);
	for (size_t i = 0; i < 11; i++)
		stk_hist_add(&hist, odd[i]);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		near(stk_hist_quantile(&hist, cases[i].p / 100), cases[i].want, 1.0 / 256);
	assert_true(stk_hist_mean(&hist) == 4);
	stk_hist_release(&hist);
	for (int i = 1; i <= 10; i++)
		stk_hist_add(&hist, i);
	near(stk_hist_quantile(&hist, 0.95), 9.55, 1.0 / 256);
	near(stk_hist_quantile(&hist, 0.25), 3.25, 1.0 / 256);
	stk_hist_release(&hist);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void hist_quantile__holds_its_bound_for_random_values(void **state)
{
	enum { N = 5001 };
	static double values[N];
	struct stk_hist hist;
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 3, 0);
	stk_hist_init(&hist);
	for (int i = 0; i < N; i++) { /* 1 µs to 1000 s */
		values[i] = pow(10, stk_rand_f64(&rng) * 9 - 3);
		stk_hist_add(&hist, values[i]);
	}
	qsort(values, N, sizeof values[0], compare);
	for (int i = 0; i < N; i += 50) {
		double got = stk_hist_quantile(&hist, (double)i / (N - 1));

		if (!(fabs(got - values[i]) <= values[i] / 256 + 0.0005))
			fail_msg("%d: %.9g is not %.9g", i, got, values[i]);
	}
	stk_hist_release(&hist);
}

/* k6 8.7: no summary over several k6 | histograms merge bucket by bucket | nothing is averaged */
static void hist_merge__is_as_if_one_had_seen_all(void **state)
{
	struct stk_hist one, two, all;
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 5, 0);
	stk_hist_init(&one);
	stk_hist_init(&two);
	stk_hist_init(&all);
	for (int i = 0; i < 2000; i++) {
		double value = (double)stk_rand_range(&rng, 0, 4000000);

		stk_hist_add(i % 3 ? &one : &two, value);
		stk_hist_add(&all, value);
	}
	stk_hist_merge(&one, &two);
	assert_int_equal(one.count, all.count);
	assert_true(one.sum == all.sum && one.min == all.min && one.max == all.max);
	assert_int_equal(one.len, all.len);
	assert_memory_equal(one.buckets, all.buckets, all.len * sizeof *all.buckets);
	stk_hist_release(&one);
	stk_hist_release(&two);
	stk_hist_release(&all);
}

static void hist_add__odd_values_have_a_place(void **state)
{
	struct stk_hist hist;

	(void)state;
	stk_hist_init(&hist);
	assert_true(isnan(stk_hist_quantile(&hist, 0.5)));
	assert_true(isnan(stk_hist_mean(&hist)));
	stk_hist_add(&hist, NAN);
	stk_hist_add(&hist, -3);
	stk_hist_add(&hist, 0);
	assert_true(hist.max == 0 && stk_hist_quantile(&hist, 0.5) == 0);
	stk_hist_add(&hist, 1e300); /* overflow bucket: the maximum stays exact */
	assert_true(stk_hist_quantile(&hist, 1) == 1e300);
	assert_int_equal(hist.count, 4);
	stk_hist_clear(&hist);
	assert_int_equal(hist.count, 0);
	stk_hist_add_n(&hist, 2, 1000);
	assert_true(hist.sum == 2000 && stk_hist_quantile(&hist, 0.99) == 2);
	stk_hist_release(&hist);
}

static void hist_bucket_range__covers_without_gap(void **state)
{
	struct stk_hist hist;
	double low, high, before = 0;

	(void)state;
	stk_hist_init(&hist);
	for (size_t i = 0; i < 2000; i++) {
		stk_hist_bucket_range(&hist, i, &low, &high);
		assert_true(high > low);
		near(low, before, 1e-12);
		before = high;
	}
	/* a value lies in the range of the bucket that counts it */
	for (double value = 0.0004; value < 1e6; value *= 1.37) {
		size_t at = 0;

		stk_hist_clear(&hist);
		stk_hist_add(&hist, value);
		while (hist.buckets[at] == 0)
			at++;
		stk_hist_bucket_range(&hist, at, &low, &high);
		assert_true(low <= value && value < high);
	}
	stk_hist_release(&hist);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hist_quantile__is_k6s_within_the_bound),
		cmocka_unit_test(hist_quantile__holds_its_bound_for_random_values),
		cmocka_unit_test(hist_merge__is_as_if_one_had_seen_all),
		cmocka_unit_test(hist_add__odd_values_have_a_place),
		cmocka_unit_test(hist_bucket_range__covers_without_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
