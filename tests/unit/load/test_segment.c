/* test_segment: the pattern of k6 8.6, borders as people write them, and that all parts together
 * are exactly the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "core/load/segment.h"
#include "tests/support/drawn_plan.h"
#include "tests/support/load_driver.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static struct stk_segment parse(struct stk_arena *arena, const char *segment, const char *sequence)
{
	struct stk_segment out;
	struct stk_err err = STK_ERR_INIT;

	if (stk_segment_parse(segment, sequence, arena, &out, &err) < 0)
		fail_msg("%s", err.msg);
	return out;
}

static void check_indices(const struct stk_stripe *stripe, const int64_t *want, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(stk_stripe_global(stripe, (int64_t)i), want[i]);
		assert_int_equal(stk_stripe_local(stripe, want[i]), i);
		assert_int_equal(stk_stripe_count(stripe, want[i]), i);
		assert_int_equal(stk_stripe_count(stripe, want[i] + 1), i + 1);
	}
}

/* k6 8.6: striping: 1/2, 1/4, 1/4 take 0 2 4 …, 1 5 9 …, 3 7 11 … | the same | - */
static void segment_stripe__half_and_quarters(void **state)
{
	static const int64_t half[] = {0, 2, 4, 6, 8}, second[] = {1, 5, 9}, third[] = {3, 7, 11};
	static const char *const sequence = "0,1/2,3/4,1";
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_segment segment = parse(&arena, "0:1/2", sequence);
	struct stk_stripe stripe;

	(void)state;
	stk_segment_stripe(&segment, &arena, &stripe);
	check_indices(&stripe, half, 5);
	assert_int_equal(stk_stripe_count(&stripe, 10), 5);
	assert_int_equal(stk_stripe_local(&stripe, 3), -1);
	segment = parse(&arena, "1/2:3/4", sequence);
	stk_segment_stripe(&segment, &arena, &stripe);
	check_indices(&stripe, second, 3);
	segment = parse(&arena, "3/4:1", sequence);
	stk_segment_stripe(&segment, &arena, &stripe);
	check_indices(&stripe, third, 3);
	assert_int_equal(stk_stripe_count(&stripe, 10), 2);
	stk_arena_release(&arena);
}

/* With 3 VUs over 1/2, 1/4, 1/4 the parts have 2, 1 and none, and start so much. */
/* k6 8.6: arrival rates: starts follow the VUs a segment has | the same | - */
static void segment_derive__starts_follow_the_vus(void **state)
{
	static const int64_t first[] = {0, 2, 3, 5, 6, 8}, second[] = {1, 4, 7};
	static const char *const sequence = "0,1/2,3/4,1";
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_segment segment = parse(&arena, "0:1/2", sequence);
	struct stk_stripe stripe;

	(void)state;
	assert_int_equal(stk_segment_derive(&segment, 3, &arena, &stripe, &err), 0);
	check_indices(&stripe, first, 6);
	segment = parse(&arena, "1/2:3/4", sequence);
	assert_int_equal(stk_segment_derive(&segment, 3, &arena, &stripe, &err), 0);
	check_indices(&stripe, second, 3);
	segment = parse(&arena, "3/4:1", sequence);
	assert_int_equal(stk_segment_derive(&segment, 3, &arena, &stripe, &err), 0);
	assert_int_equal(stk_stripe_count(&stripe, 1000), 0);
	assert_true(stk_stripe_global(&stripe, 0) == INT64_MAX);
	stk_arena_release(&arena);
}

/* k6 8.6: fractions, decimals, percents; `x` alone is `0:x`; gaps are filled | the same | - */
static void segment_parse__takes_fractions_decimals_percents(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_segment segment = parse(&arena, "25%:0.5", "0, 1/4 ,2/4,1");

	(void)state;
	assert_string_equal(segment.text, "1/4:1/2");
	assert_string_equal(segment.sequence, "0,1/4,1/2,1");
	assert_int_equal(segment.index, 1);
	assert_int_equal(segment.len, 3);
	segment = parse(&arena, "1/3", NULL); /* x alone is 0:x, the rest is another's */
	assert_string_equal(segment.text, "0:1/3");
	assert_string_equal(segment.sequence, "0,1/3,1");
	segment = parse(&arena, "1/3:2/3", NULL);
	assert_string_equal(segment.sequence, "0,1/3,2/3,1");
	segment = parse(&arena, "0:1", NULL);
	assert_int_equal(segment.len, 1);
	stk_arena_release(&arena);
}

/* k6 8.6: a segment that is not in its sequence is refused | the same | - */
static void segment_parse__says_what_is_wrong(void **state)
{
	static const struct {
		const char *segment, *sequence, *text;
	} bad[] = {
		{"a:b", NULL, "'a' is no border"},
		{"1/0:1", NULL, "'1/0' is no border"},
		{"0:5/4", NULL, "'5/4' is no border"},
		{"120%", NULL, "'120%' is no border"},
		{"", NULL, "'' is no border"},
		{"-1/3", NULL, "'-1/3' is no border"},
		{"1/2:1/2", NULL, "is empty"},
		{"2/3:1/3", NULL, "is empty"},
		{"0:1/3", "0,1/2,1", "has no segment '0:1/3'"},
		{"0:1/2", "0,1/2", "do not rise from 0 to 1"},
		{"0:1/2", "1/2,1", "do not rise from 0 to 1"},
		{"0:1/2", "0,1/2,1/3,1", "do not rise from 0 to 1"},
		{"0:1/9999991", "0,1/9999991,1/9999973,1", "common denominator"},
	};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_segment out;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(
			stk_segment_parse(bad[i].segment, bad[i].sequence, &arena, &out, &err),
			STK_E_INVAL);
		if (!strstr(err.msg, bad[i].text))
			fail_msg("'%s' does not say '%s'", err.msg, bad[i].text);
	}
	stk_arena_release(&arena);
}

/* --- whole plans ------------------------------------------------------------------ */

enum { PARTS_MAX = 6 };

/* A sequence with random borders of a common denominator. */
static size_t random_sequence(struct stk_rand *rng, char *out, size_t size, char parts[][128])
{
	int64_t den = stk_rand_range(rng, 2, 24), at = 0;
	size_t len = 0, used = (size_t)snprintf(out, size, "0");

	while (at < den && len < PARTS_MAX) {
		int64_t to = len + 1 == PARTS_MAX ? den : stk_rand_range(rng, at + 1, den);

		(void)snprintf(parts[len++], 128, "%lld/%lld:%lld/%lld", (long long)at,
			(long long)den, (long long)to, (long long)den);
		used += (size_t)snprintf(
			out + used, size - used, ",%lld/%lld", (long long)to, (long long)den);
		at = to;
	}
	return len;
}

static void segments__every_index_belongs_to_one(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 31, 0);
	for (int round = 0; round < 200; round++) {
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_err err = STK_ERR_INIT;
		char sequence[512], parts[PARTS_MAX][128];
		size_t len = random_sequence(&rng, sequence, sizeof sequence, parts);
		int64_t vus = stk_rand_range(&rng, 1, 40), total = stk_rand_range(&rng, 0, 300);
		int64_t sum = 0, sum_derived = 0;
		unsigned char seen[300] = {0};

		for (size_t i = 0; i < len; i++) {
			struct stk_segment segment = parse(&arena, parts[i], sequence);
			struct stk_stripe stripe, derived;
			int64_t own;

			stk_segment_stripe(&segment, &arena, &stripe);
			assert_int_equal(
				stk_segment_derive(&segment, vus, &arena, &derived, &err), 0);
			sum += stk_stripe_count(&stripe, total);
			own = stk_stripe_count(&derived, total);
			sum_derived += own;
			/* no starts without VUs, and the VUs are those of the plain stripe */
			if (stk_stripe_count(&stripe, vus) == 0)
				assert_int_equal(own, 0);
			for (int64_t j = 0; j < own; j++) {
				int64_t at = stk_stripe_global(&derived, j);

				assert_true(at >= 0 && at < total && !seen[at]);
				seen[at] = 1;
			}
		}
		assert_int_equal(sum, total);
		assert_int_equal(sum_derived, total);
		stk_arena_release(&arena);
	}
}

/* What was started, by time and number, over all parts of a plan. */
struct seen {
	STK_VEC(struct load_log) log;
	int64_t planned, started, dropped, iterations, interrupted;
};

static void run_part(uint64_t seed, int64_t busy_ns, const char *segment, const char *sequence,
	struct seen *seen)
{
	struct load_step step = {.kind = LOAD_SLEEP, .ns = busy_ns};
	struct stk_load_result result;
	struct load_driver driver;
	struct load_fake fake;
	struct stk_plan plan;

	stk_plan_init(&plan);
	stk_load_result_init(&result);
	load_driver_init(&driver, &step, 1);
	memset(&fake, 0, sizeof fake);
	(void)drawn_plan_add(&plan, "s", seed);
	if (segment)
		plan.segment = parse(&plan.arena, segment, sequence);
	load_run_fake(&plan, &driver, &fake, &result);
	for (size_t i = 0; i < driver.log.len; i++) {
		driver.log.items[i].started_ns -= result.start_mono_ns;
		driver.log.items[i].intended_ns -= result.start_mono_ns;
		stk_vec_push(&seen->log, driver.log.items[i]);
	}
	seen->planned += result.generator.planned;
	seen->started += result.generator.started;
	seen->dropped += result.generator.dropped;
	seen->iterations += result.iterations;
	seen->interrupted += result.interrupted;
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

static int by_start(const void *a, const void *b)
{
	const struct load_log *x = a, *y = b;

	if (x->started_ns != y->started_ns)
		return x->started_ns < y->started_ns ? -1 : 1;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct load_log *x = a, *y = b;

	return x->iter_in_test < y->iter_in_test ? -1 : x->iter_in_test > y->iter_in_test;
}

static void check_same(struct seen *one, struct seen *all)
{
	assert_int_equal(all->planned, one->planned);
	assert_int_equal(all->started, one->started);
	assert_int_equal(all->dropped, one->dropped);
	assert_int_equal(all->iterations, one->iterations);
	assert_int_equal(all->interrupted, one->interrupted);
	assert_int_equal(all->log.len, one->log.len);
	if (one->log.len == 0)
		return;
	qsort(one->log.items, one->log.len, sizeof *one->log.items, by_start);
	qsort(all->log.items, all->log.len, sizeof *all->log.items, by_start);
	for (size_t i = 0; i < one->log.len; i++)
		assert_int_equal(all->log.items[i].started_ns, one->log.items[i].started_ns);
	qsort(all->log.items, all->log.len, sizeof *all->log.items, by_number);
	for (size_t i = 1; i < all->log.len; i++) /* no number twice */
		assert_true(all->log.items[i].iter_in_test > all->log.items[i - 1].iter_in_test);
}

/* Any valid plan: the parts start what the whole starts, at the same times. (Iterations of one
 * length: who takes from a shared count depends on it.) */
/* k6 8.6: the segments together are the plan | exactly, for drawn plans of all executors | - */
static void segments__run_exactly_the_plan_of_one(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 77, 0);
	for (uint64_t seed = 0; seed < 120; seed++) {
		char sequence[512], parts[PARTS_MAX][128];
		size_t len = random_sequence(&rng, sequence, sizeof sequence, parts);
		int64_t busy_ns = stk_rand_range(&rng, 1, 400) * MS;
		struct seen one = {.planned = 0}, all = {.planned = 0};

		if (seed % DRAWN_KINDS ==
			DRAWN_SHARED) /* a share of the iterations need not take as many rounds */
			busy_ns = MS;
		run_part(seed, busy_ns, NULL, NULL, &one);
		for (size_t i = 0; i < len; i++)
			run_part(seed, busy_ns, parts[i], sequence, &all);
		if (seed % DRAWN_KINDS == DRAWN_SHARED) {
			assert_int_equal(all.started, one.started);
			assert_int_equal(all.dropped, one.dropped);
		} else {
			check_same(&one, &all);
		}
		stk_vec_release(&one.log);
		stk_vec_release(&all.log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segment_stripe__half_and_quarters),
		cmocka_unit_test(segment_derive__starts_follow_the_vus),
		cmocka_unit_test(segment_parse__takes_fractions_decimals_percents),
		cmocka_unit_test(segment_parse__says_what_is_wrong),
		cmocka_unit_test(segments__every_index_belongs_to_one),
		cmocka_unit_test(segments__run_exactly_the_plan_of_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
