/* load_driver: C VUs and a transport under a fake clock. */
#include "tests/support/load_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/load/metrics.h"

#define BATCH_MAX 64

struct vu {
	struct load_driver *driver;
	struct stk_vu *engine;
	const struct stk_iteration *iteration;
	size_t step;
	bool has_requests;
	struct stk_request requests[BATCH_MAX];
};

static int worker_open(void *ctx, int worker, void **out, struct stk_err *err)
{
	struct load_driver *driver = ctx;

	(void)worker;
	(void)err;
	(void)pthread_mutex_lock(&driver->mutex);
	driver->workers_open++;
	(void)pthread_mutex_unlock(&driver->mutex);
	*out = driver;
	return 0;
}

static void worker_close(void *worker)
{
	struct load_driver *driver = worker;

	(void)pthread_mutex_lock(&driver->mutex);
	driver->workers_open--;
	(void)pthread_mutex_unlock(&driver->mutex);
}

static int vu_open(void *worker, struct stk_vu *engine, void **out, struct stk_err *err)
{
	struct vu *vu = stk_xcalloc(1, sizeof *vu);

	(void)err;
	vu->driver = worker;
	vu->engine = engine;
	(void)pthread_mutex_lock(&vu->driver->mutex);
	vu->driver->vus_open++;
	(void)pthread_mutex_unlock(&vu->driver->mutex);
	*out = vu;
	return 0;
}

static void vu_close(void *state)
{
	struct vu *vu = state;

	(void)pthread_mutex_lock(&vu->driver->mutex);
	vu->driver->vus_open--;
	(void)pthread_mutex_unlock(&vu->driver->mutex);
	free(vu);
}

static void log_end(struct vu *vu, bool cancelled)
{
	const struct stk_iteration *it = vu->iteration;
	struct load_log line = {it->vu_id, it->iter, it->iter_in_test, it->intended_mono_ns,
		it->started_mono_ns, stk_vu_now_ns(vu->engine), it->side, (int)it->kind, cancelled};

	(void)pthread_mutex_lock(&vu->driver->mutex);
	stk_vec_push(&vu->driver->log, line);
	(void)pthread_mutex_unlock(&vu->driver->mutex);
}

static void send_step(struct vu *vu, const struct load_step *step)
{
	size_t count = step->kind == LOAD_BATCH ? step->count : 1;

	for (size_t i = 0; i < count; i++) {
		if (step->request)
			vu->requests[i] = *step->request;
		else
			vu->requests[i] = (struct stk_request){
				.method = "GET", .url = stk_str_of(step->url), .redirects = -1};
	}
	vu->has_requests = true;
	stk_vu_submit(vu->engine, vu->requests, count);
}

/* True: it waits now. */
static bool do_step(struct vu *vu, const struct load_step *step)
{
	switch (step->kind) {
	case LOAD_SLEEP:
		stk_vu_sleep_until(vu->engine, stk_vu_now_ns(vu->engine) + step->ns);
		return true;
	case LOAD_GET:
	case LOAD_REQUEST:
	case LOAD_BATCH:
		send_step(vu, step);
		return true;
	case LOAD_CHECK:
		stk_vu_check(vu->engine, STK_STR("step"), step->passed, NULL, 0);
		return false;
	case LOAD_ABORT:
		stk_vu_abort(vu->engine, "enough");
		return false;
	case LOAD_FAIL:
	case LOAD_SPIN:
		break;
	}
	return false;
}

static void keep_response(struct vu *vu)
{
	const struct stk_response *response = stk_vu_response(vu->engine, 0);
	struct load_driver *driver = vu->driver;

	vu->has_requests = false;
	(void)pthread_mutex_lock(&driver->mutex);
	driver->last_status = response->status;
	driver->last_error_code = response->error_code;
	(void)snprintf(
		driver->last_body, sizeof driver->last_body, "%.*s", STK_STR_ARG(response->body));
	(void)snprintf(driver->last_error, sizeof driver->last_error, "%.60s", response->error);
	(void)snprintf(
		driver->last_url, sizeof driver->last_url, "%.*s", STK_STR_ARG(response->url));
	(void)pthread_mutex_unlock(&driver->mutex);
}

static enum stk_vu_status resume(void *state, struct stk_err *err)
{
	struct vu *vu = state;
	bool special = vu->iteration->kind != STK_ITERATION_LOAD;
	const struct load_step *steps = special ? vu->driver->special : vu->driver->steps;
	size_t len = special ? vu->driver->special_len : vu->driver->steps_len;

	if (vu->has_requests)
		keep_response(vu);
	while (vu->step < len) {
		const struct load_step *step = &steps[vu->step++];

		if (step->kind == LOAD_SPIN) {
			atomic_store(&vu->driver->spinning, true);
			while (!vu->driver->interrupted)
				;
			vu->driver->interrupted = 0;
			log_end(vu, true);
			return STK_VU_INTERRUPTED;
		}
		if (step->kind == LOAD_FAIL) {
			(void)stk_err_set(err, STK_E_SCRIPT, "as told");
			log_end(vu, false);
			return STK_VU_FAILED;
		}
		if (do_step(vu, step))
			return STK_VU_WAITING;
	}
	log_end(vu, false);
	return STK_VU_DONE;
}

static enum stk_vu_status start(
	void *state, const struct stk_iteration *iteration, struct stk_err *err)
{
	struct vu *vu = state;

	vu->iteration = iteration;
	vu->step = 0;
	vu->has_requests = false;
	return resume(state, err);
}

static void cancel(void *state)
{
	log_end(state, true);
}

static void interrupt(void *worker)
{
	struct load_driver *driver = worker;

	driver->interrupted = 1;
}

void load_driver_init(struct load_driver *driver, const struct load_step *steps, size_t steps_len)
{
	memset(driver, 0, sizeof *driver);
	driver->steps = steps;
	driver->steps_len = steps_len;
	(void)pthread_mutex_init(&driver->mutex, NULL);
	driver->driver = (struct stk_vu_driver){driver, worker_open, worker_close, vu_open,
		vu_close, start, resume, cancel, interrupt};
}

void load_driver_release(struct load_driver *driver)
{
	stk_vec_release(&driver->log);
	(void)pthread_mutex_destroy(&driver->mutex);
}

/* --- the transport --- */

struct under_way {
	struct stk_exchange *exchange;
	int64_t due_ns;
};

static struct load_fake *current;
static STK_VEC(struct under_way) traffic;

static int open_fake(const struct stk_transport_opts *opts, void **out, struct stk_err *err)
{
	(void)opts;
	(void)err;
	*out = current;
	return 0;
}

static void close_fake(void *transport)
{
	(void)transport;
	stk_vec_release(&traffic);
}

static void submit_fake(void *transport, struct stk_exchange *exchange)
{
	struct load_fake *fake = transport;

	stk_vec_push(
		&traffic, (struct under_way){exchange, fake->clock.mono_ns + fake->latency_ns});
	fake->sent++;
	if ((int)traffic.len > fake->most_at_once)
		fake->most_at_once = (int)traffic.len;
}

static void drop_at(size_t at)
{
	traffic.len--;
	memmove(&traffic.items[at], &traffic.items[at + 1],
		(traffic.len - at) * sizeof *traffic.items);
}

static void cancel_fake(void *transport, struct stk_exchange *exchange)
{
	(void)transport;
	for (size_t i = 0; i < traffic.len; i++)
		if (traffic.items[i].exchange == exchange) {
			drop_at(i);
			return;
		}
}

static void answer(struct load_fake *fake, struct stk_exchange *exchange)
{
	exchange->status = fake->status > 0 ? fake->status : 0;
	exchange->error_code = fake->status > 0 ? 0 : 1050;
	(void)snprintf(exchange->proto, sizeof exchange->proto, "HTTP/1.1");
	exchange->timings.waiting = exchange->timings.duration = (double)fake->latency_ns / 1e6;
	exchange->bytes_sent = 100;
	exchange->bytes_received = 200;
	stk_buf_add_text(&exchange->body_out, "ok");
	exchange->done(exchange);
}

static void poll_fake(void *transport, int64_t mono_ns)
{
	struct load_fake *fake = transport;
	size_t first = 0;

	for (size_t i = 1; i < traffic.len; i++)
		if (traffic.items[i].due_ns < traffic.items[first].due_ns)
			first = i;
	if (traffic.len > 0 && traffic.items[first].due_ns <= mono_ns) {
		struct under_way due = traffic.items[first];

		drop_at(first);
		if (fake->clock.mono_ns < due.due_ns)
			fake->clock.mono_ns = due.due_ns;
		answer(fake, due.exchange);
		return;
	}
	if (mono_ns > fake->clock.mono_ns)
		fake->clock.mono_ns = mono_ns;
}

static void wake_fake(void *transport)
{
	(void)transport;
}

static const struct stk_transport_ops fake_ops = {
	.name = "fake",
	.open = open_fake,
	.close = close_fake,
	.submit = submit_fake,
	.cancel = cancel_fake,
	.poll = poll_fake,
	.wake = wake_fake,
};

const struct stk_transport_ops *load_fake_transport(struct load_fake *fake)
{
	current = fake;
	if (fake->status == 0)
		fake->status = 200;
	stk_fake_clock_init(&fake->clock, STK_NS_PER_S, 1700000000 * STK_NS_PER_S);
	return &fake_ops;
}

void load_run_fake(struct stk_plan *plan, struct load_driver *driver, struct load_fake *fake,
	struct stk_load_result *out)
{
	struct stk_engine_opts opts = STK_ENGINE_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_engine *engine;
	int64_t mono_ns, wall_ns;

	if (stk_plan_validate(plan, &err) < 0)
		fail_msg("plan: %s", err.msg);
	opts.transport = load_fake_transport(fake);
	opts.clock = &fake->clock.clock;
	opts.in_caller = true;
	engine = stk_engine_new(plan, &driver->driver, &opts);
	assert_int_equal(stk_engine_start(engine, &err), 0);
	if (stk_engine_wait_started(engine, &mono_ns, &wall_ns, &err) < 0)
		fail_msg("start: %s", err.msg);
	assert_true(stk_engine_wait_until(engine, INT64_MAX));
	stk_engine_result(engine, out);
	stk_engine_free(engine);
	assert_int_equal(driver->vus_open, 0);
	assert_int_equal(driver->workers_open, 0);
}
