/* test_properties: what holds for any valid plan: never more VUs than planned, and every planned
 * start is started or dropped. That segments are the whole together: test_segment.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/rand.h"
#include "tests/support/drawn_plan.h"
#include "tests/support/plan_ran.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static struct stk_scenario *begin(struct plan_ran *ran, uint64_t seed, struct stk_rand *rng)
{
	memset(ran, 0, sizeof *ran);
	ran->step = (struct load_step){.kind = LOAD_SLEEP, .ns = stk_rand_range(rng, 1, 700) * MS};
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, &ran->step, 1);
	return drawn_plan_add(&ran->plan, "s", seed);
}

/* Few VUs for arrivals, so that some start is dropped. */
static void make_scarce(struct stk_scenario *scenario, struct stk_rand *rng)
{
	scenario->pre_allocated_vus = stk_rand_range(rng, 0, 3);
	scenario->max_vus = scenario->pre_allocated_vus + stk_rand_range(rng, 1, 4);
}

static int64_t running_at(const struct plan_ran *ran, int64_t at)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ran->driver.log.len; i++)
		sum += ran->driver.log.items[i].started_ns <= at &&
		       at < ran->driver.log.items[i].ended_ns;
	return sum;
}

/* k6 1.8: at no moment more VUs than planned for it, with any executor | the same, for drawn plans
 * | - */
static void plans__never_run_more_vus_than_planned(void **state)
{
	struct stk_rand rng;
	int64_t reached = 0;

	(void)state;
	stk_rand_init(&rng, 41, 0);
	for (uint64_t seed = 0; seed < 30 * DRAWN_KINDS; seed++) {
		struct plan_ran ran;
		struct stk_scenario *scenario = begin(&ran, seed, &rng);
		uint64_t kind = seed % DRAWN_KINDS;
		const struct load_log *log;

		if (kind == DRAWN_CONSTANT_RATE || kind == DRAWN_RAMPING_RATE)
			make_scarce(scenario, &rng);
		plan_ran_run(&ran);
		log = plan_ran_starts(&ran);
		for (size_t i = 0; i < ran.driver.log.len; i++) {
			int64_t allowed =
				kind == DRAWN_RAMPING_VUS
					? drawn_plan_ramp_at(scenario, log[i].started_ns)
				: kind == DRAWN_CONSTANT_RATE || kind == DRAWN_RAMPING_RATE
					? scenario->max_vus
					: scenario->vus;

			int64_t running = running_at(&ran, log[i].started_ns);

			if (running > allowed)
				fail_msg("seed %d: %d VUs at %g s, planned %d", (int)seed,
					(int)running, (double)log[i].started_ns / 1e9,
					(int)allowed);
			reached += running == allowed;
		}
		plan_ran_end(&ran);
	}
	assert_true(reached > 1000); /* the bound is no empty one */
}

/* Of planned iterations: rate x time, the area of the stages, or a count. */
static int64_t planned(
	const struct plan_ran *ran, const struct stk_scenario *scenario, uint64_t kind)
{
	if (kind == DRAWN_SHARED)
		return scenario->iterations;
	if (kind == DRAWN_PER_VU)
		return scenario->iterations * scenario->vus;
	return ran->result.generator.planned;
}

/* k6 1.3: every planned iteration is started or dropped, with any executor | the same, for drawn
 * plans | - */
static void plans__start_or_drop_what_was_planned(void **state)
{
	struct stk_rand rng;
	int64_t all_dropped = 0;

	(void)state;
	stk_rand_init(&rng, 43, 0);
	for (uint64_t seed = 0; seed < 30 * DRAWN_KINDS; seed++) {
		struct plan_ran ran;
		struct stk_scenario *scenario = begin(&ran, seed, &rng);
		uint64_t kind = seed % DRAWN_KINDS;
		int64_t dropped;

		if (kind == DRAWN_CONSTANT_RATE || kind == DRAWN_RAMPING_RATE)
			make_scarce(scenario, &rng);
		plan_ran_run(&ran);
		dropped = ran.result.generator.dropped;
		assert_int_equal(
			ran.driver.log.len, ran.result.iterations + ran.result.interrupted);
		if (kind == DRAWN_CONSTANT_VUS || kind == DRAWN_RAMPING_VUS)
			assert_int_equal(dropped, 0);
		else
			assert_int_equal(planned(&ran, scenario, kind),
				(int64_t)ran.driver.log.len + dropped);
		if (kind == DRAWN_CONSTANT_RATE) /* the first at 0, none at the end; a period is
						    whole ns */
			assert_int_equal(ran.result.generator.planned,
				(2 * S + S / scenario->rate - 1) / (S / scenario->rate));
		all_dropped += dropped;
		plan_ran_end(&ran);
	}
	assert_true(all_dropped > 100);
}

static void plans__of_several_scenarios_add_up(void **state)
{
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 47, 0);
	for (uint64_t round = 0; round < 40; round++) {
		struct plan_ran ran;
		struct stk_scenario *first =
			begin(&ran, DRAWN_CONSTANT_RATE + round * DRAWN_KINDS, &rng);
		struct stk_scenario *second;

		make_scarce(first, &rng);
		second = drawn_plan_add(&ran.plan, "t", DRAWN_RAMPING_RATE + round * DRAWN_KINDS);
		make_scarce(second, &rng);
		second->start_time_ns = stk_rand_range(&rng, 0, 1000) * MS;
		plan_ran_run(&ran);
		assert_int_equal(ran.result.generator.planned,
			ran.result.generator.started + ran.result.generator.dropped);
		assert_int_equal(ran.result.generator.started, ran.driver.log.len);
		assert_true(
			plan_ran_most_at_once(&ran) <=
			ran.plan.scenarios.items[0].max_vus + ran.plan.scenarios.items[1].max_vus);
		plan_ran_end(&ran);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans__never_run_more_vus_than_planned),
		cmocka_unit_test(plans__start_or_drop_what_was_planned),
		cmocka_unit_test(plans__of_several_scenarios_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
