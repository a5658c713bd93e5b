/* sampler: the timer and its signal, the allocator, and the hook that walks the stack. */
#include "core/script/sampler.h"

#include <errno.h>
#include <lua.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/rand.h"
#include "core/script/sampler_live_priv.h"

#define ALLOC_MEAN_DEFAULT ((size_t)16 << 10)
#ifndef sigev_notify_thread_id /* the C library's headers may leave it out */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* A sampled block that waits for the hook to learn its stack. */
struct pending_block {
	uintptr_t at; /* 0 once freed */
	double objects, bytes;
};

struct stk_sampler {
	struct stk_sampler_opts opts;
	/* Of the thread that runs the state, and its signal handler. */
	struct lua_State *volatile running;
	volatile sig_atomic_t collecting;
	atomic_llong pending_ticks;
	atomic_llong native_ticks, gc_ticks;
	uint32_t labels;
	STK_VEC(struct pending_block) pending;
	double until; /* bytes to the next sampled one */
	struct stk_rand rng;
	struct stk_sampler_live live;
	timer_t timer;
	bool has_timer;
	pthread_t owner; /* the thread that ticks */
	/* Written by that thread alone, read by any. */
	atomic_ullong allocated_bytes, allocated_objects, freed_bytes;
	atomic_ullong hits, ticks;
	/* Of whoever holds the lock. */
	pthread_mutex_t lock;
	struct stk_sampler_rows rows;
	double sampled_bytes, sampled_objects;
	bool ticking;
	clockid_t cpu_clock;
	int64_t cpu_start_ns, cpu_final_ns, cpu_taken_ns;
};

/* What the signal handler works for: a late signal of a deleted timer finds NULL here. */
static _Thread_local struct stk_sampler *volatile thread_sampler;

static void on_hook(lua_State *lua, lua_Debug *ar);

/* One writer: a plain addition that other threads may read. */
static void bump(atomic_ullong *counter, uint64_t by)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + by,
		memory_order_relaxed);
}

static void request_hook(lua_State *lua)
{
	lua_sethook(lua, on_hook, LUA_MASKCOUNT, 1);
}

/* Async-signal-safe: lock-free atomics, and lua_sethook, which Lua allows here. */
static void on_tick(int signal_number, siginfo_t *info, void *context)
{
	struct stk_sampler *sampler = thread_sampler;
	int overrun = info->si_code == SI_TIMER ? info->si_overrun : 0;
	long long ticks = 1 + (overrun > 0 ? overrun : 0);

	(void)signal_number;
	(void)context;
	if (!sampler)
		return;
	if (sampler->collecting) {
		atomic_fetch_add(&sampler->gc_ticks, ticks);
	} else if (sampler->running) {
		atomic_fetch_add(&sampler->pending_ticks, ticks);
		request_hook(sampler->running);
	} else {
		atomic_fetch_add(&sampler->native_ticks, ticks);
	}
}

struct stk_sampler *stk_sampler_new(const struct stk_sampler_opts *opts)
{
	struct stk_sampler *sampler = stk_xcalloc(1, sizeof *sampler);

	if (opts)
		sampler->opts = *opts;
	if (sampler->opts.hz <= 0 || sampler->opts.hz > STK_SAMPLER_HZ_MAX)
		sampler->opts.hz = STK_SAMPLER_HZ_MAX;
	if (sampler->opts.alloc_mean == 0)
		sampler->opts.alloc_mean = ALLOC_MEAN_DEFAULT;
	stk_rand_init(&sampler->rng, sampler->opts.seed, 1);
	sampler->until = -log1p(-stk_rand_f64(&sampler->rng)) * (double)sampler->opts.alloc_mean;
	stk_sampler_rows_init(&sampler->rows);
	stk_sampler_live_init(&sampler->live);
	pthread_mutex_init(&sampler->lock, NULL);
	return sampler;
}

void stk_sampler_free(struct stk_sampler *sampler)
{
	if (!sampler)
		return;
	stk_sampler_rows_release(&sampler->rows);
	stk_sampler_live_release(&sampler->live);
	stk_vec_release(&sampler->pending);
	pthread_mutex_destroy(&sampler->lock);
	free(sampler);
}

void stk_sampler_source(struct stk_sampler *sampler, const char *chunk, struct stk_str text)
{
	pthread_mutex_lock(&sampler->lock);
	stk_sampler_rows_source(&sampler->rows, chunk, text);
	pthread_mutex_unlock(&sampler->lock);
}

/* --- stacks ------------------------------------------------------------------------ */

/* Under the lock: book ticks and the waiting blocks for a row. */
static void settle(struct stk_sampler *sampler, size_t row, long long ticks)
{
	struct stk_sampler_cost *cost = &sampler->rows.costs.items[row];

	cost->ticks += ticks;
	bump(&sampler->ticks, (uint64_t)ticks);
	for (size_t i = 0; i < sampler->pending.len; i++) {
		const struct pending_block *block = &sampler->pending.items[i];

		cost->alloc_objects += block->objects;
		cost->alloc_bytes += block->bytes;
		sampler->sampled_objects += block->objects;
		sampler->sampled_bytes += block->bytes;
		if (block->at)
			stk_sampler_live_add(&sampler->live, &sampler->rows,
				&(struct stk_sampler_block){
					block->at, row, block->objects, block->bytes, 0});
	}
	stk_vec_clear(&sampler->pending);
}

static size_t walk(struct stk_sampler *sampler, lua_State *lua)
{
	uint32_t places[STK_SAMPLER_DEPTH_MAX];
	size_t len = 0;
	lua_Debug ar;

	for (int level = 0; len < STK_SAMPLER_DEPTH_MAX && lua_getstack(lua, level, &ar); level++) {
		struct stk_str chunk;

		lua_getinfo(lua, "Sl", &ar);
		if (ar.what[0] == 'C')
			continue;
		chunk = stk_str_n(ar.source, ar.srclen);
		if (chunk.len > 0 && (chunk.ptr[0] == '@' || chunk.ptr[0] == '='))
			chunk = stk_str_skip(chunk, 1);
		places[len++] = stk_sampler_rows_place(
			&sampler->rows, chunk, ar.linedefined, ar.currentline);
	}
	if (len == 0)
		return STK_SAMPLER_ROW_NATIVE;
	return stk_sampler_rows_find(&sampler->rows, sampler->labels, places, len);
}

static void on_hook(lua_State *lua, lua_Debug *ar)
{
	struct stk_sampler *sampler;
	void *ud;
	long long ticks;

	(void)ar;
	(void)lua_getallocf(lua, &ud);
	sampler = ud;
	/* First off, then look: a tick in between asks anew. */
	lua_sethook(lua, NULL, 0, 0);
	ticks = atomic_exchange(&sampler->pending_ticks, 0);
	if (ticks == 0 && sampler->pending.len == 0)
		return;
	pthread_mutex_lock(&sampler->lock);
	settle(sampler, walk(sampler, lua), ticks);
	pthread_mutex_unlock(&sampler->lock);
}

struct lua_State *stk_sampler_enter(struct stk_sampler *sampler, struct lua_State *lua)
{
	struct lua_State *former = sampler->running;
	long long ticks;

	sampler->running = lua;
	if (former && former != lua)
		lua_sethook(former, NULL, 0, 0);
	if (lua) {
		if (atomic_load(&sampler->pending_ticks) || sampler->pending.len)
			request_hook(lua);
		return former;
	}
	ticks = atomic_exchange(&sampler->pending_ticks, 0);
	if (ticks || sampler->pending.len) {
		pthread_mutex_lock(&sampler->lock);
		settle(sampler, STK_SAMPLER_ROW_NATIVE, ticks);
		pthread_mutex_unlock(&sampler->lock);
	}
	return former;
}

void stk_sampler_collect(struct stk_sampler *sampler, bool runs)
{
	sampler->collecting = runs;
}

void stk_sampler_mark_live(struct stk_sampler *sampler)
{
	pthread_mutex_lock(&sampler->lock);
	stk_sampler_rows_mark(&sampler->rows);
	pthread_mutex_unlock(&sampler->lock);
}

void stk_sampler_label(
	struct stk_sampler *sampler, const struct stk_sampler_label *labels, size_t len)
{
	if (len == 0) {
		sampler->labels = 0;
		return;
	}
	pthread_mutex_lock(&sampler->lock);
	sampler->labels = stk_sampler_rows_label(&sampler->rows, labels, len);
	pthread_mutex_unlock(&sampler->lock);
}

/* --- memory ------------------------------------------------------------------------ */

/* Sampled bytes are the points of a Poisson process over all bytes, so a block of size s is drawn
 * with the chance p = 1 - exp(-s / mean) and stands for 1 / p blocks and s / p bytes. */
static void draw(struct stk_sampler *sampler, uintptr_t at, size_t size, bool is_growth)
{
	double mean = (double)sampler->opts.alloc_mean;
	double weight;
	struct pending_block block;

	if ((double)size < sampler->until) {
		sampler->until -= (double)size;
		return;
	}
	sampler->until = -log1p(-stk_rand_f64(&sampler->rng)) * mean;
	weight = -1 / expm1(-(double)size / mean);
	block = (struct pending_block){at, is_growth ? 0 : weight, weight * (double)size};
	stk_vec_push(&sampler->pending, block);
	bump(&sampler->hits, 1);
	if (sampler->running && !sampler->collecting) {
		request_hook(sampler->running);
		return;
	}
	pthread_mutex_lock(&sampler->lock);
	settle(sampler, sampler->collecting ? STK_SAMPLER_ROW_GC : STK_SAMPLER_ROW_NATIVE, 0);
	pthread_mutex_unlock(&sampler->lock);
}

/* A block that still waits for its stack: freed, or moved. */
static void update_pending(struct stk_sampler *sampler, uintptr_t from, uintptr_t to)
{
	for (size_t i = 0; i < sampler->pending.len; i++)
		if (sampler->pending.items[i].at == from)
			sampler->pending.items[i].at = to;
}

static void *resize(struct stk_sampler *sampler, void *ptr, size_t old_size, size_t new_size)
{
	uintptr_t from = (uintptr_t)ptr, to;
	double keep = new_size < old_size ? (double)new_size / (double)old_size : 1;

	ptr = realloc(ptr, new_size);
	if (!ptr)
		return NULL;
	to = (uintptr_t)ptr;
	if (to != from || keep < 1) {
		stk_sampler_live_move(&sampler->live, &sampler->rows, from, to, keep);
		update_pending(sampler, from, to);
	}
	if (new_size > old_size) {
		bump(&sampler->allocated_bytes, new_size - old_size);
		draw(sampler, to, new_size - old_size, true);
	} else {
		bump(&sampler->freed_bytes, old_size - new_size);
	}
	return ptr;
}

void *stk_sampler_alloc(void *ud, void *ptr, size_t old_size, size_t new_size)
{
	struct stk_sampler *sampler = ud;

	if (new_size == 0) {
		if (ptr) {
			stk_sampler_live_remove(&sampler->live, &sampler->rows, (uintptr_t)ptr);
			update_pending(sampler, (uintptr_t)ptr, 0);
			bump(&sampler->freed_bytes, old_size);
			free(ptr);
		}
		return NULL;
	}
	if (ptr)
		return resize(sampler, ptr, old_size, new_size);
	ptr = malloc(new_size);
	if (!ptr)
		return NULL;
	bump(&sampler->allocated_bytes, new_size);
	bump(&sampler->allocated_objects, 1);
	draw(sampler, (uintptr_t)ptr, new_size, false);
	return ptr;
}

/* --- time -------------------------------------------------------------------------- */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts = {0, 0};

	(void)clock_gettime(clock, &ts); /* a thread that has ended reads as 0 */
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int arm(struct stk_sampler *sampler, struct stk_err *err)
{
	long period_ns = 1000000000L / sampler->opts.hz;
	struct itimerspec spec = {{0, period_ns}, {0, period_ns}};
	struct sigaction action = {0};
	struct sigevent event = {0};

	if (sampler->opts.hz == 1)
		spec = (struct itimerspec){{1, 0}, {1, 0}};
	action.sa_sigaction = on_tick;
	action.sa_flags = SA_SIGINFO | SA_RESTART;
	sigfillset(&action.sa_mask);
	if (sigaction(SIGPROF, &action, NULL) < 0)
		return stk_err_set_errno(err, STK_E_INTERNAL, errno, "signal handler");
	event.sigev_notify = SIGEV_THREAD_ID;
	event.sigev_signo = SIGPROF;
	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &sampler->timer) < 0)
		return stk_err_set_errno(err, STK_E_INTERNAL, errno, "CPU timer");
	if (timer_settime(sampler->timer, 0, &spec, NULL) < 0) {
		int saved = errno;

		(void)timer_delete(sampler->timer);
		return stk_err_set_errno(err, STK_E_INTERNAL, saved, "CPU timer");
	}
	sampler->has_timer = true;
	sampler->owner = pthread_self();
	return 0;
}

int stk_sampler_start(struct stk_sampler *sampler, struct stk_err *err)
{
	sigset_t set;
	int rc;

	thread_sampler = sampler;
	rc = arm(sampler, err);
	if (rc < 0) {
		thread_sampler = NULL;
		return rc;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGPROF);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	pthread_mutex_lock(&sampler->lock);
	if (pthread_getcpuclockid(pthread_self(), &sampler->cpu_clock) != 0)
		sampler->cpu_clock = CLOCK_THREAD_CPUTIME_ID;
	sampler->ticking = true;
	sampler->cpu_start_ns = clock_ns(sampler->cpu_clock);
	sampler->cpu_taken_ns = 0;
	pthread_mutex_unlock(&sampler->lock);
	return 0;
}

/* Nothing of the timer may reach this thread any more: drop what is still on its way. */
static void disarm(struct stk_sampler *sampler)
{
	const struct timespec none = {0, 0};
	sigset_t set, former;

	sigemptyset(&set);
	sigaddset(&set, SIGPROF);
	pthread_sigmask(SIG_BLOCK, &set, &former);
	(void)timer_delete(sampler->timer);
	while (sigtimedwait(&set, NULL, &none) > 0)
		;
	thread_sampler = NULL;
	pthread_sigmask(SIG_SETMASK, &former, NULL);
}

void stk_sampler_stop(struct stk_sampler *sampler)
{
	bool own = sampler->has_timer && pthread_equal(sampler->owner, pthread_self());

	if (!sampler->has_timer)
		return;
	sampler->has_timer = false;
	if (own)
		disarm(sampler);
	else
		(void)timer_delete(sampler->timer);
	pthread_mutex_lock(&sampler->lock);
	sampler->cpu_final_ns =
		own ? clock_ns(sampler->cpu_clock) - sampler->cpu_start_ns : sampler->cpu_taken_ns;
	sampler->ticking = false;
	pthread_mutex_unlock(&sampler->lock);
}

/* Under the lock: CPU time of the thread since start. */
static int64_t cpu_now(const struct stk_sampler *sampler)
{
	if (!sampler->ticking)
		return sampler->cpu_final_ns;
	return clock_ns(sampler->cpu_clock) - sampler->cpu_start_ns;
}

void stk_sampler_totals(struct stk_sampler *sampler, struct stk_sampler_totals *out)
{
	*out = (struct stk_sampler_totals){
		.allocated_bytes = atomic_load(&sampler->allocated_bytes),
		.allocated_objects = atomic_load(&sampler->allocated_objects),
		.freed_bytes = atomic_load(&sampler->freed_bytes),
		.hits = atomic_load(&sampler->hits),
		.ticks = atomic_load(&sampler->ticks) +
			 (uint64_t)atomic_load(&sampler->native_ticks) +
			 (uint64_t)atomic_load(&sampler->gc_ticks),
	};
	pthread_mutex_lock(&sampler->lock);
	out->sampled_bytes = (uint64_t)sampler->sampled_bytes;
	out->sampled_objects = (uint64_t)sampler->sampled_objects;
	out->cpu_ns = cpu_now(sampler);
	pthread_mutex_unlock(&sampler->lock);
}

void stk_sampler_take(struct stk_sampler *sampler, struct stk_sampler_slice *out)
{
	struct stk_sampler_cost *costs;
	long long native, gc;
	int64_t cpu;

	pthread_mutex_lock(&sampler->lock);
	native = atomic_exchange(&sampler->native_ticks, 0);
	gc = atomic_exchange(&sampler->gc_ticks, 0);
	bump(&sampler->ticks, (uint64_t)(native + gc));
	costs = sampler->rows.costs.items;
	costs[STK_SAMPLER_ROW_NATIVE].ticks += native;
	costs[STK_SAMPLER_ROW_GC].ticks += gc;
	stk_sampler_rows_take(&sampler->rows, out);
	cpu = cpu_now(sampler);
	out->cpu_ns = cpu - sampler->cpu_taken_ns;
	sampler->cpu_taken_ns = cpu;
	out->alloc_mean = sampler->opts.alloc_mean;
	pthread_mutex_unlock(&sampler->lock);
}

void stk_sampler_slice_release(struct stk_sampler_slice *slice)
{
	stk_vec_release(&slice->locations);
	stk_vec_release(&slice->frames);
	stk_vec_release(&slice->rows);
}
