/* test_executors: starts and ends of each executor on a fake clock, to the nanosecond of k6's plan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "core/load/executor.h"
#include "tests/support/plan_ran.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

/* k6 1.6, 05: `constant-arrival-rate`: first start at 0, start n at n · ⌊`timeUnit`/`rate`⌋; 15/s
 * for 4 s are 61 | the same, to the nanosecond | -
 * k6 1.6: idle VUs are handed out first in, first out | the same | - */
static void constant_arrival_rate__starts_on_whole_periods(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", 10 * MS);
	const struct load_log *log;

	(void)state;
	scenario->rate = 15;
	scenario->duration_ns = 4 * S;
	scenario->pre_allocated_vus = 5;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 61);
	for (int n = 0; n < 61; n++) {
		assert_int_equal(log[n].intended_ns, n * INT64_C(66666666));
		assert_int_equal(log[n].started_ns, log[n].intended_ns);
		assert_int_equal(log[n].iter_in_test, n);
		assert_int_equal(log[n].vu, n % 5 + 1); /* first in, first out */
	}
	assert_int_equal(ran.result.generator.planned, 61);
	plan_ran_end(&ran);
}

static void constant_arrival_rate__jitter_stays_within_its_period(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", MS);
	const struct load_log *log;
	double sum = 0;

	(void)state;
	scenario->rate = 100;
	scenario->duration_ns = 10 * S;
	scenario->pre_allocated_vus = 3;
	scenario->jitter = true;
	scenario->jitter_seed = 7;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 1000);
	for (int n = 0; n < 1000; n++) {
		int64_t into = log[n].intended_ns - n * 10 * MS;
		assert_true(into >= 0 && into < 10 * MS);
		sum += (double)into / (double)(10 * MS);
	}
	/* uniform: the mean of 1,000 is within six standard errors of a half */
	assert_true(sum / 1000 > 0.5 - 0.055 && sum / 1000 < 0.5 + 0.055);
	plan_ran_end(&ran);
}

/* k6 1.6: a start that falls exactly on the end: chance decides | left out | 20/s for 5 s are
 * always 100, in k6 100 or 101 */
static void constant_arrival_rate__start_at_the_end_is_left_out(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", MS);

	(void)state;
	scenario->rate = 20;
	scenario->duration_ns = 5 * S;
	scenario->pre_allocated_vus = 1;
	plan_ran_run(&ran);
	assert_int_equal(ran.driver.log.len, 100);
	plan_ran_end(&ran);
}

/* k6 1.6, 07: no idle VU: `dropped_iterations` + 1, and one VU more up to `maxVUs` | the same | a
 * new VU is there at once, in k6 after its init */
static void constant_arrival_rate__grows_by_one_for_each_drop(void **state)
{
	static const int64_t first[] = {0, 200, 400, 500, 700};
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", 450 * MS);
	const struct stk_section *section;
	const struct load_log *log;

	(void)state;
	scenario->rate = 10;
	scenario->duration_ns = 3 * S;
	scenario->pre_allocated_vus = 1;
	scenario->max_vus = 3;
	scenario->graceful_stop_ns = 100 * MS;
	ran.plan.has_sections = true;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	for (size_t i = 0; i < STK_ARRAY_LEN(first); i++)
		assert_int_equal(log[i].started_ns, first[i] * MS);
	/* as fixture 07 of k6: 30 planned, 12 dropped, 2 cut off */
	assert_int_equal(ran.result.generator.dropped, 12);
	section = &ran.result.sections.items.items[0];
	assert_true(stk_metrics_find(&section->metrics, "dropped_iterations", "")->sum == 12);
	assert_int_equal(ran.result.interrupted, 2);
	assert_int_equal(ran.result.iterations, 16);
	assert_int_equal(ran.result.generator.planned, 30);
	assert_int_equal(ran.result.generator.started, 18);
	plan_ran_end(&ran);
}

/* k6 1.6: `preAllocatedVUs` must be guessed | `rate` without VUs: they are made as needed | a new
 * VU takes the start itself; nothing is dropped below `max_vus` */
static void constant_arrival_rate__grow_at_once_drops_nothing(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", 450 * MS);

	(void)state;
	scenario->rate = 10;
	scenario->duration_ns = 3 * S;
	scenario->pre_allocated_vus = 0;
	scenario->max_vus = 20;
	scenario->grow_at_once = true;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.generator.dropped, 0);
	assert_int_equal(ran.result.iterations, 30);
	plan_ran_end(&ran);
}

/* k6 1.4, 03: `constant-vus`: loops until `duration`, then `gracefulStop`, then cut | the same | -
 */
static void constant_vus__loops_until_the_duration_then_grace(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-vus", 1300 * MS);

	(void)state;
	scenario->vus = 3;
	scenario->duration_ns = 2 * S;
	scenario->graceful_stop_ns = S;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 6); /* 0 to 1.3, 1.3 to 2.6 within the grace */
	assert_int_equal(ran.result.interrupted, 0);
	assert_int_equal(ran.result.generator.planned, 0);
	plan_ran_end(&ran);

	scenario = plan_ran_begin(&ran, "constant-vus", 1700 * MS);
	scenario->vus = 3;
	scenario->duration_ns = 2 * S;
	scenario->graceful_stop_ns = S;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 3);
	assert_int_equal(ran.result.interrupted, 3); /* cut at 3 s */
	assert_int_equal(ran.result.end_mono_ns - ran.result.start_mono_ns, 3 * S);
	plan_ran_end(&ran);
}

/* k6 1.4, 01: `shared-iterations`: VUs take from one count | the same | - */
static void shared_iterations__are_used_up_exactly(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "shared-iterations", 100 * MS);

	(void)state;
	scenario->vus = 3;
	scenario->iterations = 20;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 20);
	assert_int_equal(ran.result.generator.dropped, 0);
	/* seven rounds of three, the last with two */
	assert_int_equal(ran.result.end_mono_ns - ran.result.start_mono_ns, 700 * MS);
	plan_ran_end(&ran);
}

/* k6 1.4: what is left at `maxDuration` is dropped (`shared-iterations`) | the same | - */
static void shared_iterations__drop_the_rest_at_max_duration(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "shared-iterations", 300 * MS);

	(void)state;
	scenario->vus = 2;
	scenario->iterations = 20;
	scenario->max_duration_ns = S;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 8); /* starts at 0, .3, .6, .9 */
	assert_int_equal(ran.result.generator.dropped, 12);
	plan_ran_end(&ran);
}

/* k6 1.4, 02: `per-vu-iterations`: each VU runs its own count | the same | - */
static void per_vu_iterations__every_vu_runs_its_own(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "per-vu-iterations", 100 * MS);
	int64_t per_vu[5] = {0};

	(void)state;
	scenario->vus = 4;
	scenario->iterations = 5;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 20);
	for (size_t i = 0; i < ran.driver.log.len; i++)
		per_vu[ran.driver.log.items[i].vu]++;
	for (int i = 1; i <= 4; i++)
		assert_int_equal(per_vu[i], 5);
	assert_int_equal(ran.result.end_mono_ns - ran.result.start_mono_ns, 500 * MS);
	plan_ran_end(&ran);
}

/* k6 1.4: dropped per VU at `maxDuration`; an interrupted iteration counts as attempted | the same
 * | - */
static void per_vu_iterations__interrupted_one_counts_as_attempted(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "per-vu-iterations", 600 * MS);

	(void)state;
	scenario->vus = 2;
	scenario->iterations = 5;
	scenario->max_duration_ns = S;
	scenario->graceful_stop_ns = 0;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 2);
	assert_int_equal(ran.result.interrupted, 2);
	assert_int_equal(ran.result.generator.dropped, 6);
	plan_ran_end(&ran);
}

/* First and last times of a VU's iterations. */
static void span_of(struct plan_ran *ran, int64_t vu, int64_t *first_out, int64_t *last_out)
{
	*first_out = INT64_MAX;
	*last_out = 0;
	for (size_t i = 0; i < ran->driver.log.len; i++) {
		const struct load_log *line = &ran->driver.log.items[i];

		if (line->vu != vu)
			continue;
		if (line->started_ns < *first_out)
			*first_out = line->started_ns;
		if (line->ended_ns > *last_out)
			*last_out = line->ended_ns;
	}
}

/* k6 1.5: `ramping-vus`: VU k joins and leaves where the line between two stages passes k | the
 * same | - */
static void ramping_vus__steps_as_planned(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 100 * MS);
	int64_t first, last;

	(void)state;
	scenario->start_vus = 0;
	scenario->graceful_ramp_down_ns = 0;
	plan_ran_add_stage(scenario, 10 * S, 5);
	plan_ran_add_stage(scenario, 10 * S, 0);
	plan_ran_run(&ran);
	(void)plan_ran_starts(&ran);
	for (int64_t k = 1; k <= 5; k++) { /* +1 at 2, 4, 6, 8, 10 s, -1 at 12 … 20 s */
		span_of(&ran, k, &first, &last);
		assert_int_equal(first, 2 * k * S);
		assert_int_equal(last, (22 - 2 * k) * S);
	}
	plan_ran_end(&ran);
}

/* k6 1.5: a fraction of a step is rounded up to the next nanosecond | the same | - */
static void ramping_vus__rounds_steps_up_to_the_next_ns(void **state)
{
	static const int64_t want[] = {333333334, 666666667, 1000000000};
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 5 * S);
	const struct load_log *log;

	(void)state;
	scenario->start_vus = 0;
	plan_ran_add_stage(scenario, S, 3);
	plan_ran_add_stage(scenario, S, 3);
	scenario->graceful_stop_ns = 0;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(log[i].intended_ns, want[i]);
		assert_true(log[i].cancelled);
		assert_int_equal(log[i].ended_ns, 2 * S);
	}
	plan_ran_end(&ran);
}

/* k6 1.5, 04: the highest VU leaves first and starts nothing more | the same | with one scenario
 * `vu.id` is the ramp's index */
static void ramping_vus__fixture_04_joins_and_leaves(void **state)
{
	static const int64_t leave_ms[] = {7000, 6250, 5500, 4750};
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 500 * MS);
	int64_t first, last;

	(void)state;
	scenario->graceful_ramp_down_ns = scenario->graceful_stop_ns = 300 * MS;
	plan_ran_add_stage(scenario, 3 * S, 4);
	plan_ran_add_stage(scenario, S, 4);
	plan_ran_add_stage(scenario, 3 * S, 0);
	plan_ran_run(&ran);
	(void)plan_ran_starts(&ran);
	for (int64_t k = 1; k <= 4; k++) {
		span_of(&ran, k, &first, &last);
		assert_int_equal(first, (k - 1) * S);
		assert_true(last <= leave_ms[k - 1] * MS + 300 * MS);
		for (size_t i = 0; i < ran.driver.log.len; i++) /* no start once it has left */
			if (ran.driver.log.items[i].vu == k)
				assert_true(
					ran.driver.log.items[i].started_ns < leave_ms[k - 1] * MS);
	}
	plan_ran_end(&ran);
}

/* k6 1.5: a VU wanted again within `gracefulRampDown` goes on | the same | - */
static void ramping_vus__same_vu_goes_on_within_its_grace(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 1500 * MS);
	const struct load_log *log;
	int64_t second[3], len = 0;

	(void)state;
	scenario->start_vus = 2;
	scenario->graceful_ramp_down_ns = 5 * S;
	plan_ran_add_stage(scenario, S, 1);
	plan_ran_add_stage(scenario, S, 2);
	plan_ran_add_stage(scenario, S, 2);
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	for (size_t i = 0; i < ran.driver.log.len; i++)
		if (log[i].vu == 2)
			second[len++] = log[i].started_ns;
	assert_int_equal(len, 2);
	assert_int_equal(second[0], 0);
	assert_int_equal(second[1], 2 * S); /* ended at 1.5 s, wanted again at 2 s */
	plan_ran_end(&ran);
}

/* k6 1.5: `gracefulStop` cuts a longer `gracefulRampDown` | the same | - */
static void ramping_vus__grace_is_cut_by_graceful_stop(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 60 * S);

	(void)state;
	scenario->start_vus = 1;
	plan_ran_add_stage(scenario, S, 1);
	scenario->graceful_stop_ns = S;
	scenario->graceful_ramp_down_ns = 30 * S;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.end_mono_ns - ran.result.start_mono_ns, 2 * S);
	assert_int_equal(ran.result.interrupted, 1);
	plan_ran_end(&ran);
}

/* Two stages of no length in one look at the clock. */
static void ramping_vus__what_comes_and_goes_at_once_never_starts(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "ramping-vus", 300 * MS);
	const struct load_log *log;

	(void)state;
	scenario->start_vus = 0;
	plan_ran_add_stage(scenario, 0, 3);
	plan_ran_add_stage(scenario, 0, 1);
	plan_ran_add_stage(scenario, S, 1);
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 4); /* at 0, 0.3, 0.6, 0.9 s */
	for (size_t i = 0; i < ran.driver.log.len; i++)
		assert_int_equal(log[i].vu, 1);
	plan_ran_end(&ran);
}

/* k6 1.6: starts = planned − dropped; never more than `maxVUs` at once | the same, for drawn plans
 * | planned, started and dropped are in the record */
static void executors__never_run_more_than_their_vus(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 7, 0);
	for (int round = 0; round < 60; round++) {
		struct plan_ran ran;
		struct stk_scenario *scenario = plan_ran_begin(
			&ran, "constant-arrival-rate", stk_rand_range(&rng, 1, 900) * MS);

		scenario->rate = stk_rand_range(&rng, 1, 40);
		scenario->duration_ns = stk_rand_range(&rng, 1000, 4000) * MS;
		scenario->pre_allocated_vus = stk_rand_range(&rng, 0, 5);
		scenario->max_vus = scenario->pre_allocated_vus + stk_rand_range(&rng, 1, 5);
		scenario->graceful_stop_ns = stk_rand_range(&rng, 0, 500) * MS;
		scenario->grow_at_once = round % 2 == 0;
		plan_ran_run(&ran);
		assert_true(plan_ran_most_at_once(&ran) <= scenario->max_vus);
		assert_int_equal(ran.result.generator.planned,
			ran.result.generator.started + ran.result.generator.dropped);
		assert_int_equal(ran.result.generator.started,
			ran.result.iterations + ran.result.interrupted);
		plan_ran_end(&ran);
	}
}

static void ramping_vus__random_plans_never_exceed_the_plan(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 11, 0);
	for (int round = 0; round < 60; round++) {
		struct plan_ran ran;
		struct stk_scenario *scenario =
			plan_ran_begin(&ran, "ramping-vus", stk_rand_range(&rng, 5, 300) * MS);
		int64_t most = scenario->start_vus = stk_rand_range(&rng, 1, 6);
		int stages = (int)stk_rand_range(&rng, 1, 5);

		for (int i = 0; i < stages; i++) {
			int64_t target = stk_rand_range(&rng, 0, 8);

			most = target > most ? target : most;
			plan_ran_add_stage(scenario, stk_rand_range(&rng, 0, 1500) * MS, target);
		}
		scenario->graceful_ramp_down_ns = 0;
		scenario->graceful_stop_ns = 0;
		plan_ran_run(&ran);
		assert_true(plan_ran_most_at_once(&ran) <= most);
		plan_ran_end(&ran);
	}
}

/* What the end compares with what came: the rate as written, or the mean of its stages. */
static void scenario_own_rate__as_written_or_the_mean(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", MS);

	(void)state;
	scenario->rate = 15;
	scenario->duration_ns = 4 * S; /* 61 starts, as the first is at 0 */
	scenario->pre_allocated_vus = 1;
	assert_int_equal(stk_plan_validate(&ran.plan, NULL), 0);
	assert_true(stk_scenario_own_rate(scenario) == 15);
	plan_ran_end(&ran);

	scenario = plan_ran_begin(&ran, "ramping-arrival-rate", MS);
	scenario->pre_allocated_vus = 1;
	plan_ran_add_stage(scenario, 10 * S, 10);
	assert_int_equal(stk_plan_validate(&ran.plan, NULL), 0);
	assert_true(stk_scenario_own_rate(scenario) == 5);
	plan_ran_end(&ran);
}

/* Stripes of several workers together are the whole plan. */
static void executor_share__adds_up(void **state)
{
	(void)state;
	for (int64_t stripes = 1; stripes < 7; stripes++)
		for (int64_t total = 0; total < 50; total++) {
			int64_t sum = 0;

			for (int64_t i = 0; i < stripes; i++) {
				struct stk_executor executor = {.opts.stripe = i};

				executor.opts.stripes = stripes;
				sum += stk_executor_share(&executor, total);
			}
			assert_int_equal(sum, total);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_arrival_rate__starts_on_whole_periods),
		cmocka_unit_test(constant_arrival_rate__jitter_stays_within_its_period),
		cmocka_unit_test(constant_arrival_rate__start_at_the_end_is_left_out),
		cmocka_unit_test(constant_arrival_rate__grows_by_one_for_each_drop),
		cmocka_unit_test(constant_arrival_rate__grow_at_once_drops_nothing),
		cmocka_unit_test(constant_vus__loops_until_the_duration_then_grace),
		cmocka_unit_test(shared_iterations__are_used_up_exactly),
		cmocka_unit_test(shared_iterations__drop_the_rest_at_max_duration),
		cmocka_unit_test(per_vu_iterations__every_vu_runs_its_own),
		cmocka_unit_test(per_vu_iterations__interrupted_one_counts_as_attempted),
		cmocka_unit_test(ramping_vus__steps_as_planned),
		cmocka_unit_test(ramping_vus__rounds_steps_up_to_the_next_ns),
		cmocka_unit_test(ramping_vus__fixture_04_joins_and_leaves),
		cmocka_unit_test(ramping_vus__same_vu_goes_on_within_its_grace),
		cmocka_unit_test(ramping_vus__grace_is_cut_by_graceful_stop),
		cmocka_unit_test(ramping_vus__what_comes_and_goes_at_once_never_starts),
		cmocka_unit_test(scenario_own_rate__as_written_or_the_mean),
		cmocka_unit_test(executors__never_run_more_than_their_vus),
		cmocka_unit_test(ramping_vus__random_plans_never_exceed_the_plan),
		cmocka_unit_test(executor_share__adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
