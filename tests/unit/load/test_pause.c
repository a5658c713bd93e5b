/* test_pause: a plan that is paused goes on where it was, later; on a fake clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/load_driver.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

struct ran {
	struct stk_plan plan;
	struct load_driver driver;
	struct load_fake fake;
	struct load_step step;
	struct stk_engine *engine;
	struct stk_load_result result;
	int64_t start_ns;
};

static struct stk_scenario *begin(struct ran *ran, const char *executor, int64_t busy_ns)
{
	struct stk_scenario *scenario;

	memset(ran, 0, sizeof *ran);
	ran->step = (struct load_step){.kind = LOAD_SLEEP, .ns = busy_ns};
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, &ran->step, 1);
	stk_fake_clock_init(&ran->fake.clock, S, 1700000000 * S);
	scenario = stk_plan_add_scenario(&ran->plan, "s");
	scenario->executor = executor;
	return scenario;
}

static void start(struct ran *ran)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	int64_t wall_ns;

	opts.in_caller = true;
	opts.clock = &ran->fake.clock.clock;
	opts.transport = load_fake_transport(&ran->fake);
	if (stk_plan_validate(&ran->plan, &err) < 0)
		fail_msg("%s", err.msg);
	ran->engine = stk_engine_new(&ran->plan, &ran->driver.driver, &opts);
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
	stk_engine_result(ran->engine, &ran->result);
	stk_engine_free(ran->engine);
	for (size_t i = 0; i < ran->driver.log.len; i++) {
		ran->driver.log.items[i].started_ns -= ran->start_ns;
		ran->driver.log.items[i].intended_ns -= ran->start_ns;
	}
}

static void end(struct ran *ran)
{
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

static void engine_pause__puts_the_arrivals_off(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "constant-arrival-rate", 10 * MS);
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
	assert_int_equal(ran.driver.log.len, 20);
	assert_int_equal(ran.result.generator.planned, 20);
	assert_int_equal(ran.result.generator.dropped, 0);
	for (size_t i = 0; i < 20; i++) { /* no burst: each on the grid, the second ten later */
		int64_t want = (int64_t)i * 100 * MS + (i < 10 ? 0 : 3 * S);

		assert_int_equal(ran.driver.log.items[i].started_ns, want);
		assert_int_equal(ran.driver.log.items[i].intended_ns, want);
	}
	assert_int_equal(ran.result.paused_ns, 3 * S);
	assert_true(ran.result.metrics.duration_s > 1.99 && ran.result.metrics.duration_s < 2.02);
	end(&ran);
}

static void engine_pause__vus_end_their_iteration_and_wait(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "constant-vus", 400 * MS);

	(void)state;
	scenario->vus = 2;
	scenario->duration_ns = 2 * S;
	start(&ran);
	run_to(&ran, 500 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 5500 * MS);
	assert_int_equal(ran.driver.log.len, 4); /* two each: at 0 and 0.4 s */
	stk_engine_resume(ran.engine);
	finish(&ran);
	/* at 5.5, 5.9, 6.3, 6.7 s; the end is at 7 s */
	assert_int_equal(ran.driver.log.len, 4 + 8);
	assert_int_equal(ran.result.interrupted, 0);
	end(&ran);
}

static void engine_pause__per_vu_iterations_all_run(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "per-vu-iterations", 100 * MS);

	(void)state;
	scenario->vus = 3;
	scenario->iterations = 5;
	start(&ran);
	run_to(&ran, 450 * MS);
	stk_engine_pause(ran.engine);
	run_to(&ran, 1450 * MS);
	stk_engine_resume(ran.engine);
	finish(&ran);
	assert_int_equal(ran.driver.log.len, 15);
	assert_int_equal(ran.result.generator.dropped, 0);
	end(&ran);
}

static void engine_pause__ramp_goes_on_where_it_was(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "ramping-vus", 100 * MS);
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
	for (size_t i = ran.driver.log.len; i-- > 0;)
		first[ran.driver.log.items[i].vu] = ran.driver.log.items[i].started_ns;
	assert_int_equal(first[1], S);
	assert_int_equal(first[2], 2 * S);
	assert_int_equal(first[3], 13 * S);
	assert_int_equal(first[5], 15 * S);
	end(&ran);
}

static void engine_pause__stop_starts_nothing_more(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "constant-arrival-rate", 10 * MS);

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
	assert_int_equal(ran.driver.log.len, 10);
	assert_int_equal(ran.result.generator.planned, 10);
	assert_int_equal(ran.result.generator.dropped, 0);
	end(&ran);
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
