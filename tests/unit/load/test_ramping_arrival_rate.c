/* test_ramping_arrival_rate: starts of arrivals that ramp, to the nanosecond of k6's plan. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "core/load/arrivals.h"
#include "tests/support/plan_ran.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static struct stk_scenario *begin_arrivals(struct plan_ran *ran, int64_t start_rate)
{
	struct stk_scenario *scenario = plan_ran_begin(ran, "ramping-arrival-rate", MS);

	scenario->start_rate = start_rate;
	scenario->pre_allocated_vus = 5;
	return scenario;
}

/* In order and in time, to the ns that truncation may take. */
static void check_starts(struct plan_ran *ran, const double *want_s, size_t len)
{
	const struct load_log *log = plan_ran_starts(ran);

	assert_int_equal(ran->driver.log.len, len);
	for (size_t i = 0; i < len; i++) {
		assert_true(llabs(log[i].intended_ns - (int64_t)(want_s[i] * 1e9)) <= 1);
		assert_int_equal(log[i].started_ns, log[i].intended_ns);
		assert_int_equal(log[i].iter_in_test, i);
	}
	assert_int_equal(ran->result.generator.planned, len);
}

/* The reference's values: 2/s held for 2 s, then to 4/s over 2 s. */
/* k6 1.7: `ramping-arrival-rate`: start i when the area under the rate reaches i | the same | - */
static void ramping_arrival_rate__flat_then_up(void **state)
{
	static const double want[] = {0.5, 1, 1.5, 2, 2.449489742783178, 2.8284271247461903,
		3.1622776601683795, 3.4641016151377544, 3.7416573867739413, 4};
	struct plan_ran ran;
	struct stk_scenario *scenario = begin_arrivals(&ran, 2);

	(void)state;
	plan_ran_add_stage(scenario, 2 * S, 2);
	plan_ran_add_stage(scenario, 2 * S, 4);
	plan_ran_run(&ran);
	check_starts(&ran, want, 10); /* the area is 4 + 6: the tenth at the very end */
	plan_ran_end(&ran);
}

static void ramping_arrival_rate__grows_with_the_root(void **state)
{
	static const double want[] = {1.4142135623730951, 2, 2.4494897427831779, 2.8284271247461903,
		3.1622776601683795, 3.4641016151377544, 3.7416573867739413, 4};
	struct plan_ran ran;
	struct stk_scenario *scenario = begin_arrivals(&ran, STK_UNSET);

	(void)state;
	plan_ran_add_stage(scenario, 4 * S, 4);
	plan_ran_run(&ran);
	check_starts(&ran, want, STK_ARRAY_LEN(want));
	plan_ran_end(&ran);
}

/* 0 to 8/s in 4 s, 8/s for 1 s, a jump to 4/s, to 0/s in 2 s: 28 starts, and the end comes with the
 * last of them. */
/* k6 1.7, 06: a stage of 0 s jumps; a tail at 0/s ends early | the same | an early end is no ✗ in
 * the progress
 * k6 1.7: a start exactly on the planned end may or may not fire | made, always | k6 leaves it to
 * chance */
static void ramping_arrival_rate__holds_jumps_and_ends(void **state)
{
	static const double first[] = {1, 1.4142135, 1.7320508, 2};
	static const double last[] = {5.2679491, 5.5857864, 6, 7};
	struct plan_ran ran;
	struct stk_scenario *scenario = begin_arrivals(&ran, 0);
	const struct load_log *log;

	(void)state;
	plan_ran_add_stage(scenario, 4 * S, 8);
	plan_ran_add_stage(scenario, S, 8);
	plan_ran_add_stage(scenario, 0, 4);
	plan_ran_add_stage(scenario, 2 * S, 0);
	plan_ran_add_stage(scenario, 60 * S, 0);
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 28);
	assert_int_equal(ran.result.generator.planned, 28);
	for (int i = 0; i < 4; i++) {
		assert_true(llabs(log[i].intended_ns - (int64_t)(first[i] * 1e9)) < 1000);
		assert_true(llabs(log[24 + i].intended_ns - (int64_t)(last[i] * 1e9)) < 1000);
	}
	assert_true(llabs(log[15].intended_ns - 4 * S) <= 1); /* the 16th */
	assert_true(llabs(log[23].intended_ns - 5 * S) <= 1);
	assert_true(ran.result.end_mono_ns - ran.result.start_mono_ns < 8 * S);
	plan_ran_end(&ran);
}

/* k6 1.7: the first start after 1/rate, not at 0 | the same | - */
static void ramping_arrival_rate__first_start_is_one_period_in(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = begin_arrivals(&ran, 10);
	double want[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		want[i] = (i + 1) / 10.0;
	plan_ran_add_stage(scenario, S, 10);
	plan_ran_run(&ran);
	check_starts(&ran, want, 10);
	plan_ran_end(&ran);
}

/* k6 1.7: `timeUnit`; drops and growth as with a constant rate | the same | - */
static void ramping_arrival_rate__time_unit_and_drops(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-arrival-rate", 450 * MS);

	(void)state;
	scenario->start_rate = 600; /* a minute: 10/s */
	scenario->time_unit_ns = 60 * S;
	scenario->pre_allocated_vus = 1;
	scenario->max_vus = 3;
	scenario->graceful_stop_ns = 100 * MS;
	plan_ran_add_stage(scenario, 3 * S, 600);
	plan_ran_run(&ran);
	assert_int_equal(ran.result.generator.planned, 30);
	assert_int_equal(ran.result.generator.started + ran.result.generator.dropped, 30);
	assert_true(ran.result.generator.dropped > 0);
	assert_int_equal(
		ran.result.generator.started, ran.result.iterations + ran.result.interrupted);
	plan_ran_end(&ran);
}

/* k6 1.7: the area of all stages is the number of starts | the same, for drawn plans | - */
static void ramping_arrival_rate__random_plans_add_up(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 23, 0);
	for (int round = 0; round < 60; round++) {
		struct plan_ran ran;
		struct stk_scenario *scenario = plan_ran_begin(
			&ran, "ramping-arrival-rate", stk_rand_range(&rng, 1, 700) * MS);
		int stages = (int)stk_rand_range(&rng, 1, 5);
		double area = 0, from;

		scenario->start_rate = stk_rand_range(&rng, 0, 30);
		from = (double)scenario->start_rate;
		for (int i = 0; i < stages; i++) {
			int64_t target = stk_rand_range(&rng, 0, 30);
			int64_t ms = stk_rand_range(&rng, 0, 2000);

			plan_ran_add_stage(scenario, ms * MS, target);
			area += (double)ms / 1000 * (from + (double)target) / 2;
			from = (double)target;
		}
		scenario->pre_allocated_vus = stk_rand_range(&rng, 0, 5);
		scenario->max_vus = scenario->pre_allocated_vus + stk_rand_range(&rng, 1, 5);
		plan_ran_run(&ran);
		assert_true(fabs((double)ran.result.generator.planned - floor(area)) <= 1);
		assert_int_equal(ran.result.generator.planned,
			ran.result.generator.started + ran.result.generator.dropped);
		assert_int_equal(ran.result.generator.started,
			ran.result.iterations + ran.result.interrupted);
		plan_ran_end(&ran);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ramping_arrival_rate__flat_then_up),
		cmocka_unit_test(ramping_arrival_rate__grows_with_the_root),
		cmocka_unit_test(ramping_arrival_rate__holds_jumps_and_ends),
		cmocka_unit_test(ramping_arrival_rate__first_start_is_one_period_in),
		cmocka_unit_test(ramping_arrival_rate__time_unit_and_drops),
		cmocka_unit_test(ramping_arrival_rate__random_plans_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
