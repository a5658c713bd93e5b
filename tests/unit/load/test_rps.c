/* test_rps: requests of all VUs keep their distance, and what is live shows the slowest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/live.h"
#include "tests/support/load_driver.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static void run(struct stk_plan *plan, const struct load_step *steps, size_t len,
	struct load_driver *driver, struct stk_load_result *result)
{
	struct load_fake fake;

	memset(&fake, 0, sizeof fake);
	fake.latency_ns = MS;
	fake.status = 200;
	load_driver_init(driver, steps, len);
	stk_load_result_init(result);
	plan->base_url[STK_SIDE_HEAD] = "http://h";
	load_run_fake(plan, driver, &fake, result);
}

/* k6 5.5: `rps`: one limiter for the process, 1/rps apart; the wait is in no HTTP metric | the
 * same | - */
static void rps__limits_all_vus_together(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/"}};
	struct stk_load_result result;
	struct load_driver driver;
	struct stk_plan plan;
	struct stk_scenario *scenario;

	(void)state;
	stk_plan_init(&plan);
	plan.rps = 20;
	scenario = stk_plan_add_scenario(&plan, "s");
	scenario->executor = "shared-iterations";
	scenario->vus = 7;
	scenario->iterations = 41;
	run(&plan, steps, 1, &driver, &result);
	/* the first at once, each further one 50 ms later; the last is answered 1 ms on */
	assert_int_equal(result.end_mono_ns - result.start_mono_ns, 40 * 50 * MS + MS);
	assert_int_equal(driver.log.len, 41);
	/* the wait is in no HTTP metric */
	assert_true(stk_metrics_find(&result.metrics, "http_req_duration", "")->max < 5);
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

/* k6 5.5: `rps` holds for a batch, too | the same | - */
static void rps__limits_a_batch(void **state)
{
	struct load_step steps[] = {{.kind = LOAD_BATCH, .url = "/", .count = 10}};
	struct stk_load_result result;
	struct load_driver driver;
	struct stk_plan plan;
	struct stk_scenario *scenario;

	(void)state;
	stk_plan_init(&plan);
	plan.rps = 10;
	scenario = stk_plan_add_scenario(&plan, "s");
	scenario->executor = "per-vu-iterations";
	run(&plan, steps, 1, &driver, &result);
	assert_int_equal(result.end_mono_ns - result.start_mono_ns, 9 * 100 * MS + MS);
	assert_true(stk_metrics_find(&result.metrics, "http_reqs", "")->sum == 10);
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

/* Waiting for its turn, a VU is cancelled like any other. */
static void rps__turns_end_with_the_load(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/"}};
	struct stk_load_result result;
	struct load_driver driver;
	struct stk_plan plan;
	struct stk_scenario *scenario;

	(void)state;
	stk_plan_init(&plan);
	plan.rps = 1;
	scenario = stk_plan_add_scenario(&plan, "s");
	scenario->executor = "constant-vus";
	scenario->vus = 30;
	scenario->duration_ns = 2500 * MS;
	scenario->graceful_stop_ns = 0;
	run(&plan, steps, 1, &driver, &result);
	assert_int_equal(result.iterations, 3);
	assert_int_equal(result.interrupted, 30);
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

static void live_add__forgets_after_two_windows(void **state)
{
	struct stk_name a = {(char *)(uintptr_t) "a", NULL}, b = {(char *)(uintptr_t) "b", NULL};
	struct stk_live live;

	(void)state;
	stk_live_init(&live);
	stk_live_add(&live, &a, 5);
	stk_live_add(&live, &b, 7);
	stk_live_add(&live, &a, 9);
	assert_int_equal(live.names.len, 2);
	assert_int_equal(live.names.items[0].now.count, 2);
	for (int i = 0; i < STK_LIVE_WINDOW_SECONDS; i++)
		stk_live_second(&live);
	assert_int_equal(live.names.items[0].now.count, 0);
	assert_int_equal(live.names.items[0].before.count, 2);
	for (int i = 0; i < STK_LIVE_WINDOW_SECONDS; i++)
		stk_live_second(&live);
	assert_int_equal(live.names.items[0].before.count, 0);
	stk_live_release(&live);
}

static void engine_slowest__is_sorted_and_bounded(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/fast"},
		{.kind = LOAD_GET, .url = "/b"}, {.kind = LOAD_GET, .url = "/c"}};
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_live_endpoint slowest[2];
	struct load_fake fake;
	struct load_driver driver;
	struct stk_plan plan;
	struct stk_scenario *scenario;
	struct stk_err err = STK_ERR_INIT;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	(void)state;
	memset(&fake, 0, sizeof fake);
	fake.latency_ns = 3 * MS;
	fake.status = 200;
	stk_fake_clock_init(&fake.clock, S, S);
	stk_plan_init(&plan);
	plan.base_url[STK_SIDE_HEAD] = "http://h";
	load_driver_init(&driver, steps, 3);
	scenario = stk_plan_add_scenario(&plan, "s");
	scenario->executor = "constant-vus";
	scenario->duration_ns = 2 * S;
	opts.in_caller = opts.live = true;
	opts.clock = &fake.clock.clock;
	opts.transport = load_fake_transport(&fake);
	assert_int_equal(stk_plan_validate(&plan, &err), 0);
	engine = stk_engine_new(&plan, &driver.driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err), 0);
	(void)stk_engine_wait_until(engine, mono_ns + S);
	assert_int_equal(stk_engine_slowest(engine, slowest, 2), 2);
	assert_true(slowest[0].p95_ms >= slowest[1].p95_ms && slowest[0].requests > 100);
	assert_true(stk_engine_wait_until(engine, INT64_MAX / 2));
	stk_engine_free(engine);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rps__limits_all_vus_together),
		cmocka_unit_test(rps__limits_a_batch),
		cmocka_unit_test(rps__turns_end_with_the_load),
		cmocka_unit_test(live_add__forgets_after_two_windows),
		cmocka_unit_test(engine_slowest__is_sorted_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
