/* test_min_iteration: a VU rests until min_iteration_ns after it began (k6's minIterationDuration).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/plan_ran.h"

#define MS STK_NS_PER_MS
#define S  STK_NS_PER_S

static double longest_ms(const struct plan_ran *ran)
{
	return stk_metrics_find(&ran->result.metrics, "iteration_duration", "")->max;
}

/* k6 1.3: `minIterationDuration`: a VU rests, which is not in `iteration_duration` | the same | -
 */
static void min_iteration__spaces_the_starts_of_a_vu(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-vus", 30 * MS);
	const struct load_log *log;

	(void)state;
	scenario->vus = 1;
	scenario->duration_ns = S;
	ran.plan.min_iteration_ns = 100 * MS;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 10);
	for (size_t i = 0; i < ran.driver.log.len; i++)
		assert_int_equal(log[i].started_ns, (int64_t)i * 100 * MS);
	assert_true(longest_ms(&ran) < 31);
	assert_int_equal(ran.result.iterations, 10);
	assert_int_equal(ran.result.interrupted, 0);
	plan_ran_end(&ran);
}

static void min_iteration__longer_ones_go_on_at_once(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "per-vu-iterations", 150 * MS);
	const struct load_log *log;

	(void)state;
	scenario->vus = 2;
	scenario->iterations = 3;
	ran.plan.min_iteration_ns = 100 * MS;
	plan_ran_run(&ran);
	log = plan_ran_starts(&ran);
	assert_int_equal(ran.driver.log.len, 6);
	assert_int_equal(log[5].started_ns, 300 * MS);
	plan_ran_end(&ran);
}

/* A VU that rests is not free: the arrival rate needs another one. */
static void min_iteration__keeps_the_vu_busy(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-arrival-rate", 10 * MS);

	(void)state;
	scenario->rate = 10;
	scenario->duration_ns = S;
	scenario->pre_allocated_vus = scenario->max_vus = 1;
	ran.plan.min_iteration_ns = 150 * MS;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 5);
	assert_int_equal(ran.result.generator.dropped, 5);
	plan_ran_end(&ran);
}

/* The rest is cut by the end of the grace, and is no interrupted iteration. */
static void min_iteration__ends_with_the_load(void **state)
{
	struct plan_ran ran;
	struct stk_scenario *scenario = plan_ran_begin(&ran, "constant-vus", 10 * MS);

	(void)state;
	scenario->vus = 3;
	scenario->duration_ns = S;
	scenario->graceful_stop_ns = 100 * MS;
	ran.plan.min_iteration_ns = 3600 * S;
	plan_ran_run(&ran);
	assert_int_equal(ran.result.iterations, 3);
	assert_int_equal(ran.result.interrupted, 0);
	assert_true(ran.result.end_mono_ns - ran.result.start_mono_ns <= S + 200 * MS);
	plan_ran_end(&ran);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(min_iteration__spaces_the_starts_of_a_vu),
		cmocka_unit_test(min_iteration__longer_ones_go_on_at_once),
		cmocka_unit_test(min_iteration__keeps_the_vu_busy),
		cmocka_unit_test(min_iteration__ends_with_the_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
