/* test_watch: a VU whose code never waits does not outlive a stop, its grace, or setup's time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/watch.h"
#include "tests/support/load_driver.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

struct ran {
	struct stk_plan plan;
	struct load_driver driver;
	struct stk_engine *engine;
	struct stk_load_result result;
};

static const struct load_step spin[] = {{.kind = LOAD_SPIN}};

static struct stk_scenario *begin(struct ran *ran)
{
	struct stk_scenario *scenario;

	memset(ran, 0, sizeof *ran);
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, spin, 1);
	scenario = stk_plan_add_scenario(&ran->plan, "s");
	scenario->executor = "constant-vus";
	scenario->duration_ns = 3600 * S;
	return scenario;
}

static void start(struct ran *ran)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;

	opts.workers = 1;
	if (stk_plan_validate(&ran->plan, &err) < 0)
		fail_msg("%s", err.msg);
	ran->engine = stk_engine_new(&ran->plan, &ran->driver.driver, &opts);
	assert_int_equal(stk_engine_start(ran->engine, &err), 0);
}

static void wait_for_spin(struct ran *ran)
{
	while (!atomic_load(&ran->driver.spinning))
		(void)stk_engine_wait_until(ran->engine, stk_clock_mono(stk_clock_system()) + MS);
}

/* Over, however long it takes: a hang is the test runner's to end. */
static void finish(struct ran *ran)
{
	assert_true(stk_engine_wait_until(ran->engine, INT64_MAX / 2));
	stk_engine_result(ran->engine, &ran->result);
	stk_engine_free(ran->engine);
	assert_int_equal(ran->driver.vus_open, 0);
}

static void end(struct ran *ran)
{
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

static void watch_look__stop_now_ends_a_loop_without_end(void **state)
{
	struct ran ran;

	(void)state;
	(void)begin(&ran);
	start(&ran);
	wait_for_spin(&ran);
	stk_engine_stop(ran.engine, STK_STOP_NOW);
	finish(&ran);
	assert_int_equal(ran.result.interrupted, 1);
	assert_int_equal(ran.result.iterations, 0);
	assert_int_equal(ran.result.errors, 0);
	assert_int_equal(ran.result.reason, STK_END_INTERRUPTED);
	end(&ran);
}

static void watch_look__graceful_stop_gives_it_its_grace(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran);
	int64_t stop_ns;

	(void)state;
	scenario->graceful_stop_ns = 300 * MS;
	start(&ran);
	wait_for_spin(&ran);
	stop_ns = stk_clock_mono(stk_clock_system());
	stk_engine_stop(ran.engine, STK_STOP_GRACEFUL);
	finish(&ran);
	assert_int_equal(ran.result.interrupted, 1);
	assert_true(ran.driver.log.items[0].ended_ns - stop_ns >= 300 * MS);
	end(&ran);
}

/* k6 9.3: a VU that loops without a call hangs the end | ended when its grace is over | - */
static void watch_look__plan_ends_it(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran);

	(void)state;
	scenario->duration_ns = S;
	scenario->graceful_stop_ns = 0;
	start(&ran);
	finish(&ran);
	assert_int_equal(ran.result.interrupted, 1);
	assert_int_equal(ran.result.reason, STK_END_PLANNED);
	assert_true(ran.result.end_mono_ns - ran.result.start_mono_ns >= S);
	end(&ran);
}

/* k6 3.4: `setup` over its timeout: exit 100 | the run ends, exit 4 | also when it loops without a
 * call */
static void watch_look__setup_that_loops_runs_out_of_time(void **state)
{
	struct ran ran;
	struct stk_err err = STK_ERR_INIT;
	int64_t mono_ns, wall_ns;

	(void)state;
	(void)begin(&ran);
	ran.driver.special = spin;
	ran.driver.special_len = 1;
	ran.plan.has_setup = true;
	ran.plan.setup_timeout_ns = 200 * MS;
	start(&ran);
	assert_int_equal(
		stk_engine_wait_started(ran.engine, &mono_ns, &wall_ns, &err), STK_E_TIMEOUT);
	finish(&ran);
	assert_int_equal(ran.result.reason, STK_END_SETUP);
	end(&ran);
}

/* ThreadSanitizer holds signals back until the loop calls something: for ever. */
#ifdef __SANITIZE_THREAD__
enum { SIGNALS_COME = 0 };
#else
enum { SIGNALS_COME = 1 };
#endif

static void watch_look__needs_signals_that_come(void **state)
{
	(void)state;
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watch_look__stop_now_ends_a_loop_without_end),
		cmocka_unit_test(watch_look__graceful_stop_gives_it_its_grace),
		cmocka_unit_test(watch_look__plan_ends_it),
		cmocka_unit_test(watch_look__setup_that_loops_runs_out_of_time),
	};

	const struct CMUnitTest none[] = {cmocka_unit_test(watch_look__needs_signals_that_come)};

	return SIGNALS_COME ? cmocka_run_group_tests(tests, NULL, NULL)
			    : cmocka_run_group_tests(none, NULL, NULL);
}
