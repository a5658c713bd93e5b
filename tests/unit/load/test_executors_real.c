/* test_executors_real: each executor once on the real clock, against a server that records
 * arrivals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/http/server.h"
#include "tests/support/load_driver.h"

#define MS STK_NS_PER_MS

/* When each request came, monotonic. */
static struct {
	pthread_mutex_t mutex;
	STK_VEC(int64_t) at_ns;
} arrivals = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void serve(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	(void)request;
	(void)ctx;
	(void)pthread_mutex_lock(&arrivals.mutex);
	stk_vec_push(&arrivals.at_ns, stk_clock_mono(stk_clock_system()));
	(void)pthread_mutex_unlock(&arrivals.mutex);
	stk_server_reply_text(reply, 200, "text/plain", "ok");
}

struct ran {
	struct stk_server *server;
	char base[64];
	struct stk_plan plan;
	struct load_driver driver;
	struct stk_load_result result;
};

static const struct load_step steps[] = {
	{.kind = LOAD_GET, .url = "/"}, {.kind = LOAD_SLEEP, .ns = 20 * MS}};

static struct stk_scenario *begin(struct ran *ran, const char *executor)
{
	struct stk_server_opts opts = {.handler = serve, .threads = 1};
	struct stk_err err = STK_ERR_INIT;
	struct stk_scenario *scenario;
	uint16_t port;

	arrivals.at_ns.len = 0;
	assert_int_equal(stk_server_new(&opts, &ran->server, &err), 0);
	assert_int_equal(stk_server_listen(ran->server, "127.0.0.1", 0, NULL, &port, &err), 0);
	(void)snprintf(ran->base, sizeof ran->base, "http://127.0.0.1:%d", port);
	stk_plan_init(&ran->plan);
	stk_load_result_init(&ran->result);
	load_driver_init(&ran->driver, steps, 2);
	ran->plan.base_url[STK_SIDE_HEAD] = ran->base;
	scenario = stk_plan_add_scenario(&ran->plan, "s");
	scenario->executor = executor;
	return scenario;
}

static void run(struct ran *ran)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	opts.workers = 1;
	if (stk_plan_validate(&ran->plan, &err) < 0)
		fail_msg("%s", err.msg);
	engine = stk_engine_new(&ran->plan, &ran->driver.driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	assert_int_equal(stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err), 0);
	assert_true(stk_engine_wait_until(engine, INT64_MAX / 2));
	stk_engine_result(engine, &ran->result);
	stk_engine_free(engine);
	stk_server_stop(ran->server);
	assert_int_equal(ran->driver.vus_open, 0);
}

static void end(struct ran *ran)
{
	stk_load_result_release(&ran->result);
	load_driver_release(&ran->driver);
	stk_plan_release(&ran->plan);
}

/* Every request came after the start its plan gave it, and nothing is lost between the two. */
static void check_arrivals(const struct ran *ran)
{
	assert_int_equal(arrivals.at_ns.len, ran->driver.log.len);
	for (size_t i = 0; i < ran->driver.log.len; i++) {
		const struct load_log *line = &ran->driver.log.items[i];

		assert_true(line->started_ns >= line->intended_ns);
		assert_true(line->ended_ns - line->started_ns >= 20 * MS);
		assert_true(arrivals.at_ns.items[i] >= ran->result.start_mono_ns);
	}
}

/* k6 1.6: overdue starts fire back to back, the grid does not shift | the same, on the real clock
 * | - */
static void constant_arrival_rate__arrives_in_the_order_of_its_plan(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "constant-arrival-rate");

	(void)state;
	scenario->rate = 50;
	scenario->duration_ns = 1000 * MS;
	scenario->pre_allocated_vus = 40;
	run(&ran);
	check_arrivals(&ran);
	assert_int_equal(ran.result.generator.planned, 50);
	assert_int_equal(ran.driver.log.len + (size_t)ran.result.generator.dropped, 50);
	for (size_t n = 0; n < ran.driver.log.len; n++) { /* on the grid, and never before */
		int64_t offset = ran.driver.log.items[n].intended_ns - ran.result.start_mono_ns;

		assert_int_equal(offset % (20 * MS), 0);
	}
	for (size_t n = 0; n < arrivals.at_ns.len; n++) /* arrival n is not before start n */
		assert_true(
			arrivals.at_ns.items[n] - ran.result.start_mono_ns >= (int64_t)n * 20 * MS);
	end(&ran);
}

static void ramping_arrival_rate__arrives_in_the_order_of_its_plan(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "ramping-arrival-rate");

	(void)state;
	scenario->start_rate = 20;
	scenario->pre_allocated_vus = 40;
	stk_vec_push(&scenario->stages, (struct stk_stage){500 * MS, 60});
	stk_vec_push(&scenario->stages, (struct stk_stage){500 * MS, 60});
	run(&ran);
	check_arrivals(&ran);
	assert_int_equal(ran.result.generator.planned, 50); /* 20 + 30 */
	assert_int_equal(ran.driver.log.len + (size_t)ran.result.generator.dropped, 50);
	for (size_t n = 0; n < arrivals.at_ns.len; n++) { /* the area up to arrival n holds it */
		double s = (double)(arrivals.at_ns.items[n] - ran.result.start_mono_ns) / 1e9;
		double area = s < 0.5 ? 20 * s + 40 * s * s : 20 + 60 * (s - 0.5);

		assert_true(area >= (double)n + 1 - 1e-6);
	}
	end(&ran);
}

static void constant_vus__arrives_until_the_end(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "constant-vus");

	(void)state;
	scenario->vus = 3;
	scenario->duration_ns = 1000 * MS;
	run(&ran);
	check_arrivals(&ran);
	for (size_t i = 0; i < ran.driver.log.len; i++)
		assert_true(
			ran.driver.log.items[i].started_ns - ran.result.start_mono_ns < 1000 * MS);
	assert_true(ran.driver.log.len <= 150); /* 3 VUs, 20 ms at least */
	end(&ran);
}

/* k6 1.5: starts on the real clock are no earlier than planned | the same | - */
static void ramping_vus__joins_no_earlier_than_planned(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "ramping-vus");

	(void)state;
	scenario->start_vus = 0;
	stk_vec_push(&scenario->stages, (struct stk_stage){1000 * MS, 4});
	run(&ran);
	check_arrivals(&ran);
	for (size_t i = 0; i < ran.driver.log.len; i++) {
		const struct load_log *line = &ran.driver.log.items[i];

		/* VU k joins at k · 250 ms; the last one when all is over */
		assert_true(line->started_ns - ran.result.start_mono_ns >= line->vu * 250 * MS);
	}
	end(&ran);
}

static void shared_iterations__arrive_each_once(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "shared-iterations");

	(void)state;
	scenario->vus = 4;
	scenario->iterations = 30;
	run(&ran);
	check_arrivals(&ran);
	assert_int_equal(arrivals.at_ns.len, 30);
	end(&ran);
}

static void per_vu_iterations__arrive_so_many_per_vu(void **state)
{
	struct ran ran;
	struct stk_scenario *scenario = begin(&ran, "per-vu-iterations");
	int per_vu[4] = {0};

	(void)state;
	scenario->vus = 3;
	scenario->iterations = 7;
	run(&ran);
	check_arrivals(&ran);
	for (size_t i = 0; i < ran.driver.log.len; i++)
		per_vu[ran.driver.log.items[i].vu]++;
	for (int vu = 1; vu <= 3; vu++)
		assert_int_equal(per_vu[vu], 7);
	end(&ran);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_arrival_rate__arrives_in_the_order_of_its_plan),
		cmocka_unit_test(ramping_arrival_rate__arrives_in_the_order_of_its_plan),
		cmocka_unit_test(constant_vus__arrives_until_the_end),
		cmocka_unit_test(ramping_vus__joins_no_earlier_than_planned),
		cmocka_unit_test(shared_iterations__arrive_each_once),
		cmocka_unit_test(per_vu_iterations__arrive_so_many_per_vu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
