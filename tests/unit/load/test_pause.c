/* test_pause: a plan that is paused goes on where it was, later; on a fake clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/plan_ran.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

/* Driven by the test, with pauses between. */
struct ran {
	struct plan_ran of;
	struct stk_engine *engine;
	int64_t start_ns;
};

static void start(struct ran *ran)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	int64_t wall_ns;

	stk_fake_clock_init(&ran->of.fake.clock, S, 1700000000 * S);
	opts.in_caller = true;
	opts.clock = &ran->of.fake.clock.clock;
	opts.transport = load_fake_transport(&ran->of.fake);
	if (stk_plan_validate(&ran->of.plan, &err) < 0)
		fail_msg("%s", err.msg);
	ran->engine = stk_engine_new(&ran->of.plan, &ran->of.driver.driver, &opts);
	assert_int_equal(stk_engine_start(ran->engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(ran->engine, &ran->start_ns, &wall_ns, &err), 0);
}

static void run_to(struct ran *ran, int64_t offset_ns)
{
	(void)stk_engine_wait_until(ran->engine, ran->start_ns + offset_ns);
}

static void finish(struct ran *ran)
{
	assert_true(stk_engine_wait_until(ran->engine, INT64_MAX / 2));
	stk_engine_result(ran->engine, &ran->of.result);
	stk_engine_free(ran->engine);
	for (size_t i = 0; i < ran->of.driver.log.len; i++) {
		ran->of.driver.log.items[i].started_ns -= ran->start_ns;
		ran->of.driver.log.items[i].intended_ns -= ran->start_ns;
	}
}

/* k6 1.2: pause and resume only of `externally-controlled`, gone in k6 2 | `p` or `SIGUSR1`, with
 * every executor | the plan is put off; no burst afterwards */
static void engine_pause__puts_the_arrivals_off(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran.of, "constant-arrival-rate", 10 * MS);
	struct stk_load_progress now;

	(void)state;
	scenario->rate = 10;
	scenario->duration_ns = 2 * S;
	scenario->pre_allocated_vus = 2;
	start(&ran);
	run_to(&ran, 950 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 3950 * MS);
	stk_engine_progress(ran.engine, &now);
	assert_true(now.paused);
	assert_int_equal(now.elapsed_ns, 950 * MS);
	stk_engine_resume(ran.engine);
	finish(&ran);
	assert_int_equal(ran.of.driver.log.len, 20);
	assert_int_equal(ran.of.result.generator.planned, 20);
	assert_int_equal(ran.of.result.generator.dropped, 0);
	for (size_t i = 0; i < 20; i++) { /* no burst: each on the grid, the second ten later */
		int64_t want = (int64_t)i * 100 * MS + (i < 10 ? 0 : 3 * S);

		assert_int_equal(ran.of.driver.log.items[i].started_ns, want);
		assert_int_equal(ran.of.driver.log.items[i].intended_ns, want);
	}
	assert_int_equal(ran.of.result.paused_ns, 3 * S);
	assert_true(
		ran.of.result.metrics.duration_s > 1.99 && ran.of.result.metrics.duration_s < 2.02);
	plan_ran_end(&ran.of);
}

static void engine_pause__vus_end_their_iteration_and_wait(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran.of, "constant-vus", 400 * MS);

	(void)state;
	scenario->vus = 2;
	scenario->duration_ns = 2 * S;
	start(&ran);
	run_to(&ran, 500 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 5500 * MS);
	assert_int_equal(ran.of.driver.log.len, 4); /* two each: at 0 and 0.4 s */
	stk_engine_resume(ran.engine);
	finish(&ran);
	/* at 5.5, 5.9, 6.3, 6.7 s; the end is at 7 s */
	assert_int_equal(ran.of.driver.log.len, 4 + 8);
	assert_int_equal(ran.of.result.interrupted, 0);
	plan_ran_end(&ran.of);
}

static void engine_pause__per_vu_iterations_all_run(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran.of, "per-vu-iterations", 100 * MS);

	(void)state;
	scenario->vus = 3;
	scenario->iterations = 5;
	start(&ran);
	run_to(&ran, 450 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 1450 * MS);
	stk_engine_resume(ran.engine);
	finish(&ran);
	assert_int_equal(ran.of.driver.log.len, 15);
	assert_int_equal(ran.of.result.generator.dropped, 0);
	plan_ran_end(&ran.of);
}

static void engine_pause__ramp_goes_on_where_it_was(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran.of, "ramping-vus", 100 * MS);
	int64_t first[6] = {0};

	(void)state;
	scenario->start_vus = 0;
	stk_vec_push(&scenario->stages, (struct stk_stage){5 * S, 5});
	stk_vec_push(&scenario->stages, (struct stk_stage){S, 5});
	start(&ran);
	run_to(&ran, 2500 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 12500 * MS);
	stk_engine_resume(ran.engine);
	finish(&ran);
	for (size_t i = ran.of.driver.log.len; i-- > 0;)
		first[ran.of.driver.log.items[i].vu] = ran.of.driver.log.items[i].started_ns;
	assert_int_equal(first[1], S);
	assert_int_equal(first[2], 2 * S);
	assert_int_equal(first[3], 13 * S);
	assert_int_equal(first[5], 15 * S);
	plan_ran_end(&ran.of);
}

static void engine_pause__stop_starts_nothing_more(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran.of, "constant-arrival-rate", 10 * MS);

	(void)state;
	scenario->rate = 10;
	scenario->duration_ns = 2 * S;
	scenario->pre_allocated_vus = 2;
	start(&ran);
	run_to(&ran, 950 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 60 * S);
	stk_engine_stop(ran.engine, STK_STOP_GRACEFUL);
	finish(&ran);
	assert_int_equal(ran.of.driver.log.len, 10);
	assert_int_equal(ran.of.result.generator.planned, 10);
	assert_int_equal(ran.of.result.generator.dropped, 0);
	plan_ran_end(&ran.of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_pause__puts_the_arrivals_off),
		cmocka_unit_test(engine_pause__vus_end_their_iteration_and_wait),
		cmocka_unit_test(engine_pause__per_vu_iterations_all_run),
		cmocka_unit_test(engine_pause__ramp_goes_on_where_it_was),
		cmocka_unit_test(engine_pause__stop_starts_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
