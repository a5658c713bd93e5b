/* test_engine_curl: whole small runs over each transport against a server in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/http/server.h"
#include "tests/support/load_driver.h"

static _Atomic int served;

static void serve(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	(void)request;
	(void)ctx;
	served++;
	stk_server_reply_text(reply, 200, "text/plain", "hello");
}

struct world {
	struct stk_server *server;
	char base[64];
};

static int open_world(void **state)
{
	static struct world world;
	struct stk_server_opts opts = {.handler = serve, .threads = 1};
	struct stk_err err = STK_ERR_INIT;
	uint16_t port;

	served = 0;
	assert_int_equal(stk_server_new(&opts, &world.server, &err), 0);
	assert_int_equal(stk_server_listen(world.server, "127.0.0.1", 0, NULL, &port, &err), 0);
	(void)snprintf(world.base, sizeof world.base, "http://127.0.0.1:%d", port);
	*state = &world;
	return 0;
}

static int close_world(void **state)
{
	struct world *world = *state;

	stk_server_stop(world->server);
	return 0;
}

static void run(struct stk_plan *plan, struct load_driver *driver, int workers,
	struct stk_load_result *result)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	opts.workers = workers;
	if (stk_plan_validate(plan, &err) < 0)
		fail_msg("%s", err.msg);
	engine = stk_engine_new(plan, &driver->driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err), 0);
	assert_true(stk_engine_wait_until(engine, INT64_MAX / 2));
	stk_engine_result(engine, result);
	stk_engine_free(engine);
}

static void engine_run__counts_what_the_server_saw(void **state)
{
	struct world *world = *state;
	static const struct load_step steps[] = {
		{.kind = LOAD_GET, .url = "/a"}, {.kind = LOAD_CHECK, .passed = true}};
	struct load_driver driver;
	struct stk_load_result result;
	struct stk_plan plan;
	struct stk_scenario *scenario;

	stk_plan_init(&plan);
	stk_load_result_init(&result);
	load_driver_init(&driver, steps, 2);
	plan.base_url[STK_SIDE_HEAD] = world->base;
	scenario = stk_plan_add_scenario(&plan, "all");
	scenario->executor = "shared-iterations";
	scenario->vus = 64;
	scenario->iterations = 2000;
	run(&plan, &driver, 2, &result);
	assert_int_equal(result.iterations, 2000);
	assert_int_equal(served, 2000);
	assert_int_equal(driver.last_status, 200);
	assert_string_equal(driver.last_body, "hello");
	assert_int_equal(stk_metrics_find(&result.metrics, "http_reqs", "")->count, 2000);
	assert_int_equal(result.metrics.checks.items[0].passes, 2000);
	assert_true(
		stk_series_sum(&result.series, STK_SIDE_HEAD, "all", "/a", 0, INT64_MAX) == 2000.0);
	assert_int_equal(driver.vus_open, 0);
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

static void engine_stop__graceful_lets_iterations_end(void **state)
{
	struct world *world = *state;
	static const struct load_step steps[] = {
		{.kind = LOAD_GET, .url = "/a"}, {.kind = LOAD_SLEEP, .ns = 50 * STK_NS_PER_MS}};
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct load_driver driver;
	struct stk_load_result result;
	struct stk_plan plan;
	struct stk_scenario *scenario;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	stk_plan_init(&plan);
	stk_load_result_init(&result);
	load_driver_init(&driver, steps, 2);
	plan.base_url[STK_SIDE_HEAD] = world->base;
	scenario = stk_plan_add_scenario(&plan, "all");
	scenario->executor = "constant-vus";
	scenario->vus = 4;
	scenario->duration_ns = 600 * STK_NS_PER_S;
	assert_int_equal(stk_plan_validate(&plan, &err), 0);
	engine = stk_engine_new(&plan, &driver.driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err), 0);
	assert_false(stk_engine_wait_until(engine, mono_ns + 100 * STK_NS_PER_MS));
	stk_engine_stop(engine, STK_STOP_GRACEFUL);
	assert_true(stk_engine_wait_until(engine, INT64_MAX / 2));
	stk_engine_result(engine, &result);
	assert_int_equal(result.reason, STK_END_INTERRUPTED);
	assert_int_equal(result.interrupted, 0);
	assert_int_equal(result.iterations, served);
	stk_engine_free(engine);
	stk_load_result_release(&result);
	load_driver_release(&driver);
	stk_plan_release(&plan);
}

int main(void)
{
	static const char *const names[] = {"curl", "plain", "auto"};
	int failed = 0;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			engine_run__counts_what_the_server_saw, open_world, close_world),
		cmocka_unit_test_setup_teardown(
			engine_stop__graceful_lets_iterations_end, open_world, close_world),
	};

	for (size_t i = 0; i < STK_ARRAY_LEN(names); i++) {
		(void)setenv(STK_TRANSPORT_ENV, names[i], 1);
		failed += cmocka_run_group_tests_name(names[i], tests, NULL, NULL);
	}
	return failed;
}
