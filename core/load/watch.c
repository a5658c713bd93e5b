/* watch: a signal to the worker's thread lets the driver stop the code that runs there. */
#include "core/load/watch.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "core/load/load_priv.h"

/* Ignored by default, and nobody sends it: sockets do so only when asked. */
#define WAKE_SIGNAL SIGURG
/* A call that was there at two looks and as long is not just busy. */
#define PATIENCE_NS ((int64_t)50 * STK_NS_PER_MS)

static _Thread_local struct stk_worker *current;

static void on_signal(int number)
{
	struct stk_worker *worker = current;

	(void)number;
	if (!worker || !worker->engine->driver->interrupt || !worker->driver_open)
		return;
	if (atomic_load(&worker->call.number) == atomic_load(&worker->call.target))
		worker->engine->driver->interrupt(worker->driver);
}

static void set_handler(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	(void)sigemptyset(&action.sa_mask);
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	(void)sigaction(WAKE_SIGNAL, &action, NULL);
}

void stk_watch_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, set_handler);
}

void stk_watch_adopt(struct stk_worker *worker)
{
	current = worker;
}

static void store(atomic_llong *at, int64_t value)
{
	atomic_store_explicit(at, value, memory_order_relaxed);
}

void stk_watch_enter(struct stk_worker *worker, const struct stk_vu *vu)
{
	struct stk_watch_call *call = &worker->call;
	int64_t limit_ns = STK_NEVER, grace_ns = 0;
	int stop = STK_STOP_GRACEFUL;

	if (vu && vu->executor) {
		limit_ns = vu->executor->hard_ns;
		grace_ns = vu->executor->opts.scenario->graceful_stop_ns;
		stop = STK_STOP_CANCEL;
	} else if (vu) {
		limit_ns = worker->special_end_ns;
		if (vu->iteration.kind == STK_ITERATION_TEARDOWN)
			stop = STK_STOP_NOW;
	}
	store(&call->limit_ns, limit_ns);
	store(&call->grace_ns, grace_ns);
	atomic_store_explicit(&call->stop, stop, memory_order_relaxed);
	atomic_store_explicit(&call->number,
		atomic_load_explicit(&call->number, memory_order_relaxed) + 1,
		memory_order_release);
}

void stk_watch_leave(struct stk_worker *worker)
{
	struct stk_watch_call *call = &worker->call;

	atomic_store_explicit(&call->number,
		atomic_load_explicit(&call->number, memory_order_relaxed) + 1,
		memory_order_release);
}

/* When the call must be over at the latest, as far as is known outside. */
static int64_t limit_of(const struct stk_engine *engine, const struct stk_watch_call *call)
{
	int64_t limit_ns = atomic_load_explicit(&call->limit_ns, memory_order_relaxed);
	int64_t grace_ns = atomic_load_explicit(&call->grace_ns, memory_order_relaxed);
	int64_t end_ns = atomic_load(&engine->end_ns);

	if (atomic_load_explicit(&call->stop, memory_order_relaxed) != STK_STOP_CANCEL)
		return limit_ns;
	if (engine->stop_seen_ns != 0 && engine->stop_seen_ns < end_ns)
		end_ns = engine->stop_seen_ns;
	return end_ns < limit_ns - grace_ns ? end_ns + grace_ns : limit_ns;
}

static void look_at(struct stk_engine *engine, struct stk_worker *worker, int64_t now_ns)
{
	struct stk_watch_call *call = &worker->call;
	unsigned number = atomic_load_explicit(&call->number, memory_order_acquire);

	if (number % 2 == 0 || number != call->seen) {
		call->seen = number;
		call->seen_ns = now_ns;
		return;
	}
	if (!worker->has_thread || now_ns - call->seen_ns < PATIENCE_NS)
		return;
	if (atomic_load(&engine->stop) < atomic_load_explicit(&call->stop, memory_order_relaxed) &&
		now_ns < limit_of(engine, call))
		return;
	atomic_store(&call->target, number);
	(void)pthread_kill(worker->thread, WAKE_SIGNAL);
}

void stk_watch_look(struct stk_engine *engine)
{
	int64_t now_ns = stk_clock_mono(engine->clock);

	if (engine->stop_seen_ns == 0 && atomic_load(&engine->stop) >= STK_STOP_GRACEFUL)
		engine->stop_seen_ns = now_ns;
	for (size_t i = 0; i < engine->workers_len; i++)
		look_at(engine, &engine->workers[i], now_ns);
}
