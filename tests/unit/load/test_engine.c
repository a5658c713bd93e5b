/* test_engine: sides, warm-up, thresholds, setup, stops and batches on a fake clock. */
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
	struct stk_load_result result;
	struct stk_engine *engine;
	int64_t start_ns;
};

static struct stk_scenario *begin(struct ran *ran, const struct load_step *steps, size_t len)
{
	struct stk_scenario *scenario;

	memset(ran, 0, sizeof *ran);
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, steps, len);
	ran->plan.base_url[STK_SIDE_HEAD] = "http://head.test";
	scenario = stk_plan_add_scenario(&ran->plan, "s");
	scenario->executor = "constant-vus";
	scenario->vus = 1;
	scenario->duration_ns = 4 * S;
	return scenario;
}

static void start(struct ran *ran, const struct stk_side_entry *schedule, size_t len)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	int64_t wall_ns;

	if (stk_plan_validate(&ran->plan, &err) < 0)
		fail_msg("%s", err.msg);
	opts.transport = load_fake_transport(&ran->fake);
	opts.clock = &ran->fake.clock.clock;
	opts.in_caller = true;
	opts.schedule = schedule;
	opts.schedule_len = len;
	ran->engine = stk_engine_new(&ran->plan, &ran->driver.driver, &opts);
	assert_int_equal(stk_engine_start(ran->engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(ran->engine, &ran->start_ns, &wall_ns, &err), 0);
}

static void finish(struct ran *ran)
{
	assert_true(stk_engine_wait_until(ran->engine, INT64_MAX));
	stk_engine_result(ran->engine, &ran->result);
}

static void end(struct ran *ran)
{
	stk_engine_free(ran->engine);
	assert_int_equal(ran->driver.vus_open, 0);
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

static const struct load_step get_a[] = {{.kind = LOAD_GET, .url = "/a"}};

static double count_of(const struct ran *ran, const char *name, const char *selector)
{
	const struct stk_metric *metric = stk_metrics_find(&ran->result.metrics, name, selector);

	return metric ? (double)metric->count : -1;
}

static void engine_schedule__binds_iterations_to_sides(void **state)
{
	static const struct stk_side_entry schedule[] = {
		{0, STK_SIDE_BASE, false}, {S, STK_SIDE_BASE, true}, {2 * S, STK_SIDE_HEAD, true}};
	struct ran ran;

	(void)state;
	(void)begin(&ran, get_a, 1);
	ran.plan.base_url[STK_SIDE_BASE] = "http://base.test";
	ran.fake.latency_ns = 300 * MS;
	start(&ran, schedule, 3);
	finish(&ran);
	/* starts at 0, .3, .6, .9 (warm-up), 1.2, 1.5, 1.8 (base), 2.1, 2.4 … 3.9 (head) */
	assert_int_equal(ran.result.entries.len, 3);
	assert_int_equal(ran.result.entries.items[0].requests, 4);
	assert_int_equal(ran.result.entries.items[1].requests, 3);
	assert_int_equal(ran.result.entries.items[2].requests, 7);
	assert_int_equal(ran.result.entries.items[1].side, STK_SIDE_BASE);
	assert_int_equal(ran.result.entries.items[1].duration_ms.count, 3);
	assert_true(ran.result.entries.items[1].duration_ms.max == 300);
	/* warm-up is in the series, and nowhere else */
	assert_true(count_of(&ran, "http_reqs", "") == 10);
	assert_true(
		stk_series_sum(&ran.result.series, STK_SIDE_BASE, NULL, NULL, 0, INT64_MAX) == 7);
	assert_true(
		stk_series_sum(&ran.result.series, STK_SIDE_HEAD, "s", "/a", 0, INT64_MAX) == 7);
	for (size_t i = 0; i < ran.driver.log.len; i++) {
		const struct load_log *line = &ran.driver.log.items[i];

		assert_int_equal(line->side,
			line->started_ns - ran.start_ns >= 2 * S ? STK_SIDE_HEAD : STK_SIDE_BASE);
	}
	end(&ran);
}

static void engine_schedule_add__extends_and_end_at_ends(void **state)
{
	static const struct stk_side_entry schedule[] = {{0, STK_SIDE_BASE, false}};
	struct stk_err err = STK_ERR_INIT;
	struct ran ran;

	(void)state;
	begin(&ran, get_a, 1)->duration_ns = 3600 * S;
	ran.plan.base_url[STK_SIDE_BASE] = "http://base.test";
	ran.fake.latency_ns = 100 * MS;
	start(&ran, schedule, 1);
	assert_false(stk_engine_wait_until(ran.engine, ran.start_ns + S));
	assert_int_equal(stk_engine_schedule_add(
				 ran.engine, ran.start_ns + 2 * S, STK_SIDE_HEAD, true, &err),
		1);
	assert_int_equal(
		stk_engine_schedule_add(ran.engine, ran.start_ns + S, STK_SIDE_BASE, true, &err),
		STK_E_INVAL);
	stk_engine_end_at(ran.engine, ran.start_ns + 4 * S);
	finish(&ran);
	assert_int_equal(ran.result.entries.items[0].requests, 20);
	assert_int_equal(ran.result.entries.items[1].requests, 20);
	assert_int_equal(ran.result.entries.items[1].end_mono_ns, ran.start_ns + 4 * S);
	assert_int_equal(ran.result.reason, STK_END_PLANNED);
	end(&ran);
}

/* k6 3.2, 12: `abortOnFail` is judged every 2 s, not before `delayAbortEval`; teardown runs; exit
 * 99 | the same | - */
static void engine_threshold__aborts_after_its_delay(void **state)
{
	struct ran ran;

	(void)state;
	begin(&ran, get_a, 1)->duration_ns = 20 * S;
	ran.plan.has_teardown = true;
	ran.driver.special = get_a;
	ran.driver.special_len = 1;
	ran.fake.latency_ns = 300 * MS;
	ran.fake.status = 503;
	stk_vec_push(&ran.plan.thresholds,
		(struct stk_threshold_spec){"http_req_failed", "rate<0.1", true, 3 * S, false});
	start(&ran, NULL, 0);
	finish(&ran);
	/* looked at every 2 s; at 2 s it is too early: fixture 12 of k6 stops at 4 s, too */
	assert_int_equal(ran.result.reason, STK_END_THRESHOLD);
	assert_int_equal(ran.result.end_mono_ns - ran.start_ns, 4 * S);
	assert_false(ran.result.thresholds_ok);
	assert_true(ran.result.thresholds.items[0].aborted);
	assert_int_equal(ran.driver.log.items[ran.driver.log.len - 1].kind, STK_ITERATION_TEARDOWN);
	end(&ran);
}

/* k6 4.1: requests of `setup` and `teardown` are in the counts of the run | in no count | setup
 * does not spoil percentiles; with two sides it runs once for each */
static void engine_setup__runs_once_per_side_and_is_not_counted(void **state)
{
	static const struct stk_side_entry schedule[] = {
		{0, STK_SIDE_BASE, true}, {2 * S, STK_SIDE_HEAD, true}};
	struct ran ran;

	(void)state;
	(void)begin(&ran, get_a, 1);
	ran.plan.base_url[STK_SIDE_BASE] = "http://base.test";
	ran.plan.has_setup = ran.plan.has_teardown = true;
	ran.driver.special = get_a;
	ran.driver.special_len = 1;
	ran.fake.latency_ns = 500 * MS;
	start(&ran, schedule, 2);
	finish(&ran);
	assert_int_equal(ran.driver.log.items[0].kind, STK_ITERATION_SETUP);
	assert_int_equal(ran.driver.log.items[0].side, STK_SIDE_BASE);
	assert_int_equal(ran.driver.log.items[1].side, STK_SIDE_HEAD);
	assert_int_equal(ran.fake.sent, 12); /* 8 of load, two setups, two teardowns */
	assert_true(count_of(&ran, "http_reqs", "") == 8);
	assert_true(count_of(&ran, "iterations", "") == 8);
	end(&ran);
}

/* k6 4.1: `setup` fails: no iteration, no `teardown` | the same | exit 4, k6 107 */
static void engine_setup__failure_ends_the_run_without_teardown(void **state)
{
	static const struct load_step fails[] = {{.kind = LOAD_FAIL}};
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	int64_t mono_ns, wall_ns;
	struct ran ran;

	(void)state;
	(void)begin(&ran, get_a, 1);
	ran.plan.has_setup = ran.plan.has_teardown = true;
	ran.driver.special = fails;
	ran.driver.special_len = 1;
	assert_int_equal(stk_plan_validate(&ran.plan, &err), 0);
	opts.transport = load_fake_transport(&ran.fake);
	opts.clock = &ran.fake.clock.clock;
	opts.in_caller = true;
	ran.engine = stk_engine_new(&ran.plan, &ran.driver.driver, &opts);
	assert_int_equal(stk_engine_start(ran.engine, &err), 0);
	assert_int_equal(
		stk_engine_wait_started(ran.engine, &mono_ns, &wall_ns, &err), STK_E_SCRIPT);
	assert_string_equal(err.msg, "as told");
	finish(&ran);
	assert_int_equal(ran.result.reason, STK_END_SETUP);
	assert_int_equal(ran.driver.log.len, 1);
	end(&ran);
}

/* k6 9.3: second Ctrl-C ends all iterations at once | the same | - */
static void engine_stop__cancel_ends_running_iterations(void **state)
{
	static const struct load_step nap[] = {{.kind = LOAD_SLEEP, .ns = 3 * S}};
	struct ran ran;

	(void)state;
	begin(&ran, nap, 1)->vus = 5;
	start(&ran, NULL, 0);
	assert_false(stk_engine_wait_until(ran.engine, ran.start_ns + S));
	stk_engine_stop(ran.engine, STK_STOP_CANCEL);
	finish(&ran);
	assert_int_equal(ran.result.interrupted, 5);
	assert_int_equal(ran.result.end_mono_ns - ran.start_ns, S);
	assert_int_equal(ran.result.reason, STK_END_INTERRUPTED);
	end(&ran);
}

/* k6 9.3, 11: first Ctrl-C cuts all iterations | running ones may use `graceful_stop`, then
 * teardown | the grace holds for a signal, too */
static void engine_stop__graceful_waits_for_the_grace_only(void **state)
{
	static const struct load_step nap[] = {{.kind = LOAD_SLEEP, .ns = 60 * S}};
	struct stk_scenario *scenario;
	struct ran ran;

	(void)state;
	scenario = begin(&ran, nap, 1);
	scenario->graceful_stop_ns = 2 * S;
	start(&ran, NULL, 0);
	assert_false(stk_engine_wait_until(ran.engine, ran.start_ns + S));
	stk_engine_stop(ran.engine, STK_STOP_GRACEFUL);
	finish(&ran);
	assert_int_equal(ran.result.interrupted, 1);
	assert_int_equal(ran.result.end_mono_ns - ran.start_ns, 3 * S);
	end(&ran);
}

/* k6 4.3: `exec.test.abort(msg)`: all iterations are cut, teardown runs, exit 108 |
 * `stoker.abort(msg)` | others may end (`graceful_stop`); exit 4
 * k6 13: the iteration that aborts counts as complete and as interrupted | counts once | - */
static void engine_abort__keeps_the_message(void **state)
{
	static const struct load_step steps[] = {
		{.kind = LOAD_SLEEP, .ns = 100 * MS}, {.kind = LOAD_ABORT}};
	struct ran ran;

	(void)state;
	(void)begin(&ran, steps, 2);
	start(&ran, NULL, 0);
	finish(&ran);
	assert_int_equal(ran.result.reason, STK_END_SCRIPT);
	assert_string_equal(ran.result.message, "enough");
	assert_int_equal(ran.result.iterations, 1);
	end(&ran);
}

/* k6 1.3: an exception ends the iteration, which counts as complete | the same | counted in
 * `iteration_errors` */
static void engine_failure__counts_an_error_and_goes_on(void **state)
{
	static const struct load_step steps[] = {
		{.kind = LOAD_SLEEP, .ns = 500 * MS}, {.kind = LOAD_FAIL}};
	struct ran ran;

	(void)state;
	(void)begin(&ran, steps, 2);
	start(&ran, NULL, 0);
	finish(&ran);
	assert_int_equal(ran.result.errors, 8);
	assert_int_equal(ran.result.iterations, 8); /* still complete ones, as in k6 */
	assert_true(count_of(&ran, "iteration_errors", "") == 8);
	end(&ran);
}

/* k6 1.6: stopped for 1 s at 10/s: overdue starts fire at once, then the old grid | the same | -
 * k6 1.3: no metric knows when an iteration should have begun | `iteration_lateness`,
 * `iteration_response` from the intended start | a late generator cannot make answers look fast */
static void engine_late__counts_from_the_intended_start(void **state)
{
	static const struct load_step nap[] = {{.kind = LOAD_SLEEP, .ns = 10 * MS}};
	struct stk_scenario *scenario;
	const struct stk_metrics *metrics;
	struct ran ran;
	int64_t at_once = 0;

	(void)state;
	scenario = begin(&ran, nap, 1);
	scenario->executor = "constant-arrival-rate";
	scenario->rate = 10;
	scenario->vus = STK_UNSET;
	scenario->pre_allocated_vus = 20;
	start(&ran, NULL, 0);
	assert_false(stk_engine_wait_until(ran.engine, ran.start_ns + 1050 * MS));
	stk_fake_clock_advance(&ran.fake.clock, S); /* as if the process had been stopped */
	finish(&ran);
	metrics = &ran.result.metrics;
	assert_int_equal(ran.result.generator.started, 40);
	for (size_t i = 0; i < ran.driver.log.len; i++) {
		const struct load_log *line = &ran.driver.log.items[i];

		if (line->started_ns - ran.start_ns == 2050 * MS)
			at_once++;
		else
			assert_int_equal(line->started_ns, line->intended_ns);
	}
	assert_int_equal(at_once, 10); /* those of 1.1 to 2.0 s */
	assert_true(stk_metrics_find(metrics, "iteration_duration", "")->max == 10);
	assert_true(stk_metrics_find(metrics, "iteration_lateness", "")->max == 950);
	assert_true(stk_metrics_find(metrics, "iteration_response", "")->max == 960);
	end(&ran);
}

/* k6 5.1: `batch`: 20 at once, 6 to a host | the same | - */
static void engine_batch__sends_six_at_once_to_a_host(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_BATCH, .url = "/a", .count = 20}};
	struct stk_scenario *scenario;
	struct ran ran;

	(void)state;
	scenario = begin(&ran, steps, 1);
	scenario->executor = "per-vu-iterations";
	scenario->iterations = 1;
	ran.fake.latency_ns = 100 * MS;
	start(&ran, NULL, 0);
	finish(&ran);
	assert_int_equal(ran.fake.sent, 20);
	assert_int_equal(ran.fake.most_at_once, 6);
	assert_int_equal(ran.result.end_mono_ns - ran.start_ns, 400 * MS); /* 6 + 6 + 6 + 2 */
	end(&ran);
}

/* k6 3.3: submetrics by threshold: `metric{tag:value,…}`, a sample must have all tags | the same |
 * -
 * k6 3.3: `http_req_duration{expected_response:true}` is always there | the same | -
 * k6 2.3: root group as `{group:""}`; `{group:}` is refused | the same | -
 * k6 2.1: `vus`, `vus_max` once a second | the same, from the load's start | none in init, setup
 * and teardown */
static void engine_submetrics__count_what_has_the_tags(void **state)
{
	static const struct load_step steps[] = {{.kind = LOAD_GET, .url = "/a"},
		{.kind = LOAD_GET, .url = "/b?x=1"}, {.kind = LOAD_CHECK, .passed = false}};
	static const char *const keys[] = {"http_req_duration{name:/b}",
		"http_reqs{scenario:s,status:200}", "checks{check:step}", "iterations{group:\"\"}",
		"http_reqs{status:404}"};
	struct ran ran;

	(void)state;
	begin(&ran, steps, 3)->duration_ns = 2 * S;
	ran.fake.latency_ns = 500 * MS;
	for (size_t i = 0; i < STK_ARRAY_LEN(keys); i++)
		stk_vec_push(&ran.plan.thresholds,
			(struct stk_threshold_spec){keys[i],
				strncmp(keys[i], "http_req_d", 10) == 0 ? "max>=0"
				: strncmp(keys[i], "checks", 6) == 0    ? "rate>=0"
									: "count>=0",
				false, 0, false});
	start(&ran, NULL, 0);
	finish(&ran);
	assert_true(count_of(&ran, "http_req_duration", "name:/b") == 2);
	assert_true(count_of(&ran, "http_reqs", "scenario:s,status:200") == 4);
	assert_true(count_of(&ran, "checks", "check:step") == 2);
	assert_true(count_of(&ran, "http_reqs", "status:404") == 0);
	assert_true(ran.result.thresholds.items[4].no_data);
	assert_true(count_of(&ran, "http_req_duration", "expected_response:true") == 4);
	assert_true(count_of(&ran, "vus", "") == 2); /* one each second */
	assert_int_equal(ran.result.metrics.checks.items[0].fails, 2);
	end(&ran);
}

/* Of a request that nobody judges nothing has failed, in the figures of a side as on the screen;
 * that it got no answer is said all the same. */
static void engine_unjudged__fails_nowhere(void **state)
{
	struct stk_request request = {.method = "GET", .url = STK_STR("/a")};
	struct load_step steps[] = {{.kind = LOAD_REQUEST, .request = &request}};
	struct stk_load_progress progress;
	struct ran ran;

	(void)state;
	for (int unjudged = 0; unjudged < 2; unjudged++) {
		begin(&ran, steps, 1)->duration_ns = S;
		request.unjudged = unjudged;
		ran.fake.latency_ns = 500 * MS;
		ran.fake.status = -1;
		start(&ran, NULL, 0);
		finish(&ran);
		stk_engine_progress(ran.engine, &progress);
		assert_int_equal(progress.requests, 2);
		assert_int_equal(progress.failed, unjudged ? 0 : 2);
		assert_int_equal(ran.result.entries.items[0].failed, unjudged ? 0 : 2);
		assert_int_equal(ran.result.failures.len, 1);
		end(&ran);
	}
}

static void engine_sections__count_scenario_and_group_where_asked(void **state)
{
	static const struct load_step steps[] = {
		{.kind = LOAD_GET, .url = "/a"}, {.kind = LOAD_CHECK, .passed = false}};
	const struct stk_section *section;
	struct ran ran;

	(void)state;
	for (int wanted = 0; wanted < 2; wanted++) {
		begin(&ran, steps, 2)->duration_ns = 2 * S;
		ran.fake.latency_ns = 500 * MS;
		ran.plan.has_sections = wanted;
		start(&ran, NULL, 0);
		finish(&ran);
		assert_true(count_of(&ran, "http_reqs", "") == 4);
		section = stk_sections_find(&ran.result.sections, "s", "");
		assert_int_equal(section != NULL, wanted);
		if (section) {
			const struct stk_metrics *metrics = &section->metrics;

			assert_true(stk_metrics_find(metrics, "http_reqs", "")->sum == 4);
			assert_int_equal(
				stk_metrics_find(metrics, "http_req_waiting", "")->count, 4);
			assert_int_equal(stk_metrics_find(metrics, "iterations", "")->count, 4);
			assert_int_equal(stk_metrics_find(metrics, "vus", "")->count, 0);
			assert_int_equal(metrics->checks.items[0].fails, 4);
		}
		end(&ran);
	}
}

/* k6 8.3: progress: VUs, iterations, time | the same, with requests/s and p95 | - */
static void engine_progress__tells_what_runs(void **state)
{
	struct stk_load_progress progress;
	struct ran ran;

	(void)state;
	begin(&ran, get_a, 1)->vus = 3;
	ran.fake.latency_ns = 250 * MS;
	start(&ran, NULL, 0);
	assert_false(stk_engine_wait_until(ran.engine, ran.start_ns + 2100 * MS));
	stk_engine_progress(ran.engine, &progress);
	assert_int_equal(progress.phase, STK_PHASE_LOAD);
	assert_int_equal(progress.vus, 3);
	assert_int_equal(progress.requests, 24);
	assert_true(progress.p95_ms == 250);
	assert_true(progress.rate_per_s >= 11 && progress.rate_per_s <= 12);
	assert_int_equal(progress.planned_ns, 4 * S);
	finish(&ran);
	stk_engine_progress(ran.engine, &progress);
	assert_int_equal(progress.phase, STK_PHASE_DONE);
	end(&ran);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_schedule__binds_iterations_to_sides),
		cmocka_unit_test(engine_schedule_add__extends_and_end_at_ends),
		cmocka_unit_test(engine_threshold__aborts_after_its_delay),
		cmocka_unit_test(engine_setup__runs_once_per_side_and_is_not_counted),
		cmocka_unit_test(engine_setup__failure_ends_the_run_without_teardown),
		cmocka_unit_test(engine_stop__cancel_ends_running_iterations),
		cmocka_unit_test(engine_stop__graceful_waits_for_the_grace_only),
		cmocka_unit_test(engine_abort__keeps_the_message),
		cmocka_unit_test(engine_failure__counts_an_error_and_goes_on),
		cmocka_unit_test(engine_late__counts_from_the_intended_start),
		cmocka_unit_test(engine_batch__sends_six_at_once_to_a_host),
		cmocka_unit_test(engine_submetrics__count_what_has_the_tags),
		cmocka_unit_test(engine_unjudged__fails_nowhere),
		cmocka_unit_test(engine_sections__count_scenario_and_group_where_asked),
		cmocka_unit_test(engine_progress__tells_what_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
