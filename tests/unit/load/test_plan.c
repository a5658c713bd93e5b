/* test_plan: k6's rules for scenarios, shortcuts and metrics, with errors that name the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/executor.h"
#include "core/load/metrics.h"
#include "core/record/run.h"

#define S ((int64_t)1000000000)

static void refused(struct stk_plan *plan, const char *words)
{
	struct stk_err err = STK_ERR_INIT;

	if (stk_plan_validate(plan, &err) == 0)
		fail_msg("taken, but should say '%s'", words);
	if (!strstr(err.msg, words))
		fail_msg("'%s' does not say '%s'", err.msg, words);
	stk_plan_release(plan);
}

static struct stk_scenario *one(struct stk_plan *plan, const char *executor)
{
	struct stk_scenario *scenario;

	stk_plan_init(plan);
	scenario = stk_plan_add_scenario(plan, "s");
	scenario->executor = executor;
	return scenario;
}

/* k6 1.1: scenario names of letters, digits, `_` and `-` | the same | -
 * k6 1.2: unknown executor, 0 VUs, fewer iterations than VUs, no rate, all targets 0: refused |
 * the same | - */
static void plan_validate__refuses_what_k6_refuses(void **state)
{
	struct stk_scenario *scenario;
	struct stk_plan plan;

	(void)state;
	stk_plan_init(&plan);
	refused(&plan, "no scenario");
	(void)one(&plan, "constant-vu");
	refused(&plan, "unknown executor");
	(void)one(&plan, "constant-vus");
	refused(&plan, "duration is missing");
	one(&plan, "constant-vus")->duration_ns = S / 2;
	refused(&plan, "at least 1s, not 0.5s");
	scenario = one(&plan, "constant-vus");
	scenario->duration_ns = S;
	scenario->vus = 0;
	refused(&plan, "vus must be 1");
	scenario = one(&plan, "shared-iterations");
	scenario->vus = 3;
	scenario->iterations = 2;
	refused(&plan, "iterations (2) must not be less than vus (3)");
	one(&plan, "per-vu-iterations")->iterations = 0;
	refused(&plan, "iterations must be at least 1");
	(void)one(&plan, "ramping-vus");
	refused(&plan, "stages are missing");
	scenario = one(&plan, "ramping-vus");
	scenario->start_vus = 0;
	stk_vec_push(&scenario->stages, (struct stk_stage){S, 0});
	refused(&plan, "more than 0");
	scenario = one(&plan, "ramping-vus");
	stk_vec_push(&scenario->stages, (struct stk_stage){S, 100000001});
	refused(&plan, "stage 1: target");
	one(&plan, "constant-arrival-rate")->duration_ns = S;
	refused(&plan, "rate is missing");
	scenario = one(&plan, "constant-arrival-rate");
	scenario->duration_ns = S;
	scenario->rate = 1;
	refused(&plan, "pre_allocated_vus is missing");
	scenario = one(&plan, "constant-arrival-rate");
	scenario->duration_ns = S;
	scenario->rate = 1;
	scenario->pre_allocated_vus = 5;
	scenario->max_vus = 4;
	refused(&plan, "max_vus (4) must not be less");
	one(&plan, "constant-vus")->name = "a b";
	refused(&plan, "letters, digits, _ and -");
}

/* k6 1.1: `startTime` 0, `gracefulStop` 30s, `timeUnit` 1s | the same | -
 * k6 1.8: the longest a plan can last, graceful stops included | the same | - */
static void plan_validate__fills_k6s_defaults(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_scenario *scenario;
	struct stk_plan plan;

	(void)state;
	scenario = one(&plan, "constant-arrival-rate");
	scenario->duration_ns = 2 * S;
	scenario->rate = 10;
	scenario->pre_allocated_vus = 3;
	assert_int_equal(stk_plan_validate(&plan, &err), 0);
	assert_int_equal(scenario->max_vus, 3);
	assert_int_equal(scenario->time_unit_ns, S);
	assert_int_equal(scenario->graceful_stop_ns, 30 * S);
	assert_int_equal(scenario->start_time_ns, 0);
	assert_int_equal(stk_plan_duration_ns(&plan), 2 * S);
	assert_int_equal(stk_plan_max_duration_ns(&plan), 32 * S);
	stk_plan_release(&plan);

	scenario = one(&plan, "shared-iterations");
	assert_int_equal(stk_plan_validate(&plan, &err), 0);
	assert_int_equal(scenario->vus, 1);
	assert_int_equal(scenario->iterations, 1);
	assert_int_equal(scenario->max_duration_ns, 600 * S);
	stk_plan_release(&plan);
}

/* k6 3.1: unknown metric, method of another type, broken selector: error before the run | the same
 * | exit 4, k6 104 */
static void plan_validate__checks_thresholds(void **state)
{
	static const struct {
		const char *metric, *expr, *words;
	} bad[] = {
		{"nope", "p(95)<1", "there is no metric 'nope'"},
		{"http_reqs", "p(95)<1", "count, rate"},
		{"checks{a}", "rate>0", "not tag:value"},
		{"checks", "rate", "no comparison"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		struct stk_plan plan;

		(void)one(&plan, "per-vu-iterations");
		stk_vec_push(&plan.thresholds,
			(struct stk_threshold_spec){bad[i].metric, bad[i].expr, false, 0, false});
		refused(&plan, bad[i].words);
	}
}

static void plan_validate__names_the_metric_that_may_be_meant(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plan;
	int id;

	(void)state;
	(void)one(&plan, "per-vu-iterations");
	assert_int_equal(stk_plan_add_metric(&plan, "order_latency", STK_METRIC_TREND,
				 STK_METRIC_TIME, &id, &err),
		0);
	stk_vec_push(&plan.thresholds,
		(struct stk_threshold_spec){"http_req_duraton", "max<1", false, 0, false});
	assert_int_equal(stk_plan_validate(&plan, &err), STK_E_INVAL);
	assert_string_equal(err.hint, "did you mean 'http_req_duration'?");
	plan.thresholds.items[0].metric = "order_latncy";
	assert_int_equal(stk_plan_validate(&plan, &err), STK_E_INVAL);
	assert_string_equal(err.hint, "did you mean 'order_latency'?");
	stk_plan_release(&plan);
}

/* Such a one would leave every request without a host, and every host allowed. */
static void plan_validate__wants_a_whole_base_url(void **state)
{
	static const char *const bad[] = {"127.0.0.1:8080", "shop", "ftp://shop", "http://", ""};
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plan;

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(bad); i++) {
		(void)one(&plan, "per-vu-iterations");
		plan.base_url[STK_SIDE_HEAD] = bad[i];
		refused(&plan, "is no http or https URL");
	}
	(void)one(&plan, "per-vu-iterations");
	plan.base_url[STK_SIDE_BASE] = plan.base_url[STK_SIDE_HEAD] = "https://shop/api";
	assert_int_equal(stk_plan_validate(&plan, &err), 0);
	stk_plan_release(&plan);
}

/* k6 2.1: another type under a known name is an error; letters, digits and `_` | the same | -
 * k6 13: metric names of one character are refused | one is enough | - */
static void plan_add_metric__is_the_same_for_the_same(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plan;
	int a, b;

	(void)state;
	stk_plan_init(&plan);
	assert_int_equal(
		stk_plan_add_metric(&plan, "errors", STK_METRIC_RATE, STK_METRIC_DEFAULT, &a, &err),
		0);
	assert_int_equal(
		stk_plan_add_metric(&plan, "errors", STK_METRIC_RATE, STK_METRIC_DEFAULT, &b, &err),
		0);
	assert_int_equal(a, b);
	assert_int_equal(a, STK_METRIC_BUILTIN_COUNT);
	assert_int_equal(stk_plan_add_metric(
				 &plan, "errors", STK_METRIC_TREND, STK_METRIC_DEFAULT, &b, &err),
		STK_E_INVAL);
	assert_int_equal(stk_plan_add_metric(&plan, "http_reqs", STK_METRIC_COUNTER,
				 STK_METRIC_DEFAULT, &b, &err),
		STK_E_INVAL);
	assert_int_equal(
		stk_plan_add_metric(&plan, "r", STK_METRIC_RATE, STK_METRIC_DEFAULT, &b, &err), 0);
	assert_int_equal(
		stk_plan_add_metric(&plan, "", STK_METRIC_RATE, STK_METRIC_DEFAULT, &b, &err),
		STK_E_INVAL);
	assert_int_equal(
		stk_plan_add_metric(&plan, "1ab", STK_METRIC_RATE, STK_METRIC_DEFAULT, &b, &err),
		STK_E_INVAL);
	stk_plan_release(&plan);
}

static void scenario_set_rate__keeps_fractions_exact(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_scenario scenario;

	(void)state;
	assert_int_equal(stk_scenario_set_rate(&scenario, 2.5, S, &err), 0);
	assert_int_equal(scenario.rate, 25);
	assert_int_equal(scenario.time_unit_ns, 10 * S);
	assert_int_equal(stk_scenario_set_rate(&scenario, 3000, 60 * S, &err), 0);
	assert_int_equal(scenario.rate, 3000);
	assert_int_equal(stk_scenario_set_rate(&scenario, 0, S, &err), STK_E_INVAL);
	assert_int_equal(stk_scenario_set_rate(&scenario, -1, S, &err), STK_E_INVAL);
}

static const char *applied(
	struct stk_shortcuts *shortcuts, bool with_scenarios, struct stk_plan *plan)
{
	struct stk_err err = STK_ERR_INIT;

	stk_plan_init(plan);
	if (with_scenarios)
		stk_plan_add_scenario(plan, "own")->executor = "per-vu-iterations";
	if (stk_plan_apply_shortcuts(plan, shortcuts, &err) < 0)
		return "error";
	return plan->scenarios.items[0].executor;
}

/* k6 1.9: shortcuts: `iterations`, `duration`, `stages`, `vus` alone, `scenarios`, nothing; first
 * match wins | the same | `rate` with `duration` is one more */
static void plan_apply_shortcuts__first_match_wins(void **state)
{
	struct stk_shortcuts shortcuts;
	struct stk_plan plan;
	struct stk_stage stage = {S, 5};

	(void)state;
	stk_shortcuts_init(&shortcuts);
	assert_string_equal(applied(&shortcuts, false, &plan), "per-vu-iterations");
	stk_plan_release(&plan);

	shortcuts.vus = 7; /* alone: N by N, and scenarios go with a warning */
	assert_string_equal(applied(&shortcuts, true, &plan), "shared-iterations");
	assert_int_equal(plan.scenarios.items[0].iterations, 7);
	assert_int_equal(plan.warnings.len, 1);
	stk_plan_release(&plan);

	shortcuts.duration_ns = 10 * S;
	assert_string_equal(applied(&shortcuts, false, &plan), "constant-vus");
	stk_plan_release(&plan);
	assert_string_equal(applied(&shortcuts, true, &plan), "error");
	stk_plan_release(&plan);

	shortcuts.iterations = 20; /* duration is the ceiling then */
	assert_string_equal(applied(&shortcuts, false, &plan), "shared-iterations");
	assert_int_equal(plan.scenarios.items[0].max_duration_ns, 10 * S);
	stk_plan_release(&plan);

	stk_shortcuts_init(&shortcuts);
	stk_vec_push(&shortcuts.stages, stage);
	shortcuts.vus = 2;
	assert_string_equal(applied(&shortcuts, false, &plan), "ramping-vus");
	assert_int_equal(plan.scenarios.items[0].start_vus, 2);
	stk_plan_release(&plan);
	shortcuts.iterations = 3;
	assert_string_equal(applied(&shortcuts, false, &plan), "error");
	stk_plan_release(&plan);
	stk_vec_release(&shortcuts.stages);

	stk_shortcuts_init(&shortcuts);
	shortcuts.rate = 200;
	shortcuts.rate_unit_ns = S;
	shortcuts.duration_ns = 10 * S;
	assert_string_equal(applied(&shortcuts, false, &plan), "constant-arrival-rate");
	assert_int_equal(plan.scenarios.items[0].max_vus, 2000);
	assert_true(plan.scenarios.items[0].grow_at_once);
	stk_plan_release(&plan);
}

/* k6 1.9: a higher tier's workload wipes that of the lower | the same | - */
static void shortcuts_overlay__a_workload_wipes_the_lower_one(void **state)
{
	struct stk_shortcuts low, high;

	(void)state;
	stk_shortcuts_init(&low);
	stk_shortcuts_init(&high);
	low.vus = 5;
	low.duration_ns = 60 * S;
	high.vus = 9;
	assert_false(stk_shortcuts_overlay(&low, &high));
	assert_int_equal(low.vus, 9);
	assert_int_equal(low.duration_ns, 60 * S);
	stk_shortcuts_init(&high);
	high.iterations = 100;
	assert_true(stk_shortcuts_overlay(&low, &high));
	assert_int_equal(low.duration_ns, STK_UNSET);
	assert_int_equal(low.vus, 9);
}

static void plan_add_metric__refuses_metrics_without_number(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_plan plan;
	char name[32];
	int id = -1;

	(void)state;
	stk_plan_init(&plan);
	for (int i = 0; i <= STK_PLAN_METRICS_MAX; i++) {
		snprintf(name, sizeof name, "metric_%d", i);
		assert_int_equal(stk_plan_add_metric(&plan, name, STK_METRIC_COUNTER,
					 STK_METRIC_DEFAULT, &id, &err),
			i < STK_PLAN_METRICS_MAX ? 0 : STK_E_INVAL);
	}
	assert_string_equal(err.msg, "more than 5000 metrics");
	assert_non_null(strstr(err.hint, "is a tag"));
	assert_int_equal(stk_plan_add_metric(&plan, "metric_7", STK_METRIC_COUNTER,
				 STK_METRIC_DEFAULT, &id, &err),
		0); /* the same one again */
	stk_plan_release(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_validate__refuses_what_k6_refuses),
		cmocka_unit_test(plan_validate__fills_k6s_defaults),
		cmocka_unit_test(plan_validate__checks_thresholds),
		cmocka_unit_test(plan_validate__names_the_metric_that_may_be_meant),
		cmocka_unit_test(plan_validate__wants_a_whole_base_url),
		cmocka_unit_test(plan_add_metric__is_the_same_for_the_same),
		cmocka_unit_test(plan_add_metric__refuses_metrics_without_number),
		cmocka_unit_test(scenario_set_rate__keeps_fractions_exact),
		cmocka_unit_test(plan_apply_shortcuts__first_match_wins),
		cmocka_unit_test(shortcuts_overlay__a_workload_wipes_the_lower_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
