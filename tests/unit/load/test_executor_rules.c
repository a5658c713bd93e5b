/* test_executor_rules: defaults, limits, and the message of each limit (reference k6 1.1, 1.2). */
#include "core/load/executor_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

typedef int (*rule_fn)(struct stk_scenario *scenario, struct stk_err *err);

static struct stk_scenario unset(void)
{
	return (struct stk_scenario){.vus = STK_UNSET,
		.duration_ns = STK_UNSET,
		.max_duration_ns = STK_UNSET,
		.pre_allocated_vus = STK_UNSET,
		.max_vus = STK_UNSET};
}

static void refused(rule_fn rule, struct stk_scenario scenario, const char *message)
{
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(rule(&scenario, &err), STK_E_INVAL);
	assert_string_equal(err.msg, message);
}

/* k6 1.2: `vus` default 1; errors below 1 and above 100,000,000 | the same | - */
static void rules_vus__one_unless_given(void **state)
{
	struct stk_scenario scenario = unset();

	(void)state;
	assert_int_equal(stk_rules_vus(&scenario, NULL), 0);
	assert_int_equal(scenario.vus, 1);
	scenario.vus = STK_PLAN_VUS_MAX;
	assert_int_equal(stk_rules_vus(&scenario, NULL), 0);
	refused(stk_rules_vus, (struct stk_scenario){.vus = 0},
		"vus must be 1 to 100000000, not 0");
	refused(stk_rules_vus, (struct stk_scenario){.vus = STK_PLAN_VUS_MAX + 1},
		"vus must be 1 to 100000000, not 100000001");
}

/* k6 1.1: `duration` is required and at least 1 s | the same | - */
static void rules_duration__must_be_given_and_a_second_long(void **state)
{
	struct stk_scenario scenario = {.duration_ns = SECOND};

	(void)state;
	assert_int_equal(stk_rules_duration(&scenario, NULL), 0);
	refused(stk_rules_duration, unset(), "duration is missing");
	refused(stk_rules_duration, (struct stk_scenario){.duration_ns = SECOND - 1},
		"duration must be at least 1s, not 0.999999999s");
	refused(stk_rules_duration, (struct stk_scenario){.duration_ns = STK_RULES_TIME_MAX_NS + 1},
		"duration must be at most 100d");
}

/* k6 1.2: `maxDuration` default 10m | `max_duration` | - */
static void rules_max_duration__is_ten_minutes_unless_given(void **state)
{
	struct stk_scenario scenario = unset();

	(void)state;
	assert_int_equal(stk_rules_max_duration(&scenario, NULL), 0);
	assert_int_equal(scenario.max_duration_ns, 600 * SECOND);
	refused(stk_rules_max_duration, (struct stk_scenario){.max_duration_ns = 0},
		"max_duration must be at least 1s, not 0s");
}

static void refused_stages(struct stk_stage first, struct stk_stage second, const char *message)
{
	struct stk_scenario scenario = unset();
	struct stk_err err = STK_ERR_INIT;

	stk_vec_push(&scenario.stages, first);
	stk_vec_push(&scenario.stages, second);
	assert_int_equal(stk_rules_stages(&scenario, &err), STK_E_INVAL);
	assert_string_equal(err.msg, message);
	stk_vec_release(&scenario.stages);
}

/* k6 1.2: `stages` need duration and target; limits of each | the same | - */
static void rules_stages__each_has_its_limits(void **state)
{
	struct stk_scenario scenario = unset();
	struct stk_stage fine = {30 * SECOND, 10}, jump = {0, 50};

	(void)state;
	refused(stk_rules_stages, unset(), "stages are missing");
	stk_vec_push(&scenario.stages, fine);
	stk_vec_push(&scenario.stages, jump);
	assert_int_equal(stk_rules_stages(&scenario, NULL), 0);
	stk_vec_release(&scenario.stages);
	refused_stages(fine, (struct stk_stage){-1, 1}, "stage 2: duration must be 0s to 100d");
	refused_stages(
		(struct stk_stage){0, -1}, fine, "stage 1: target must be 0 to 100000000, not -1");
	refused_stages(
		(struct stk_stage){STK_RULES_TIME_MAX_NS, 1}, fine, "stages last longer than 100d");
}

/* k6 1.2: `maxVUs` default `preAllocatedVUs`, never less | `max_vus`, `pre_allocated_vus` | - */
static void rules_arrival_vus__max_is_what_is_allocated_unless_given(void **state)
{
	struct stk_scenario scenario = unset();

	(void)state;
	scenario.pre_allocated_vus = 50;
	assert_int_equal(stk_rules_arrival_vus(&scenario, NULL), 0);
	assert_int_equal(scenario.max_vus, 50);
	refused(stk_rules_arrival_vus, unset(), "pre_allocated_vus is missing");
	refused(stk_rules_arrival_vus,
		(struct stk_scenario){.pre_allocated_vus = 20, .max_vus = 10},
		"max_vus (10) must not be less than pre_allocated_vus (20)");
}

static void rules_portion__neither_overflows_nor_rounds_up(void **state)
{
	(void)state;
	assert_int_equal(stk_rules_portion(10, 1, 3), 3);
	assert_int_equal(stk_rules_portion(10, 3, 3), 10);
	assert_int_equal(stk_rules_portion(10, 0, 3), 0);
	/* a * b would be 8.6e23 */
	assert_int_equal(stk_rules_portion(STK_RULES_TIME_MAX_NS, 99999999, 100000000),
		STK_RULES_TIME_MAX_NS - STK_RULES_TIME_MAX_NS / 100000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_vus__one_unless_given),
		cmocka_unit_test(rules_duration__must_be_given_and_a_second_long),
		cmocka_unit_test(rules_max_duration__is_ten_minutes_unless_given),
		cmocka_unit_test(rules_stages__each_has_its_limits),
		cmocka_unit_test(rules_arrival_vus__max_is_what_is_allocated_unless_given),
		cmocka_unit_test(rules_portion__neither_overflows_nor_rounds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
