/* sampler: what the Lua code of one state costs: CPU ticks, allocated bytes, live heap, by stack.
 *
 * CPU: a timer on the CPU clock of the thread ticks; its signal handler only asks for a count hook
 * on the running coroutine, and the hook walks the stack. Memory: the state's allocator draws
 * blocks by their bytes and asks for the same hook. So a tick or block within C code called from
 * Lua counts for the Lua function that called it (C frames are left out). What is spent while no
 * Lua code runs counts for the frame "[native]", the collector's work for "[gc]".
 *
 * Functions are named module.function after their source text ("@demo/pricing.lua" and the line of
 * their definition), never after the place of the call, so that names are stable. */
#ifndef STK_CORE_SCRIPT_SAMPLER_H
#define STK_CORE_SCRIPT_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

struct lua_State;
struct stk_sampler; /* one state, one thread at a time; stk_sampler_take from any thread */

#define STK_SAMPLER_HZ_MAX    250
#define STK_SAMPLER_NATIVE    "[native]"
#define STK_SAMPLER_GC        "[gc]"
#define STK_SAMPLER_DEPTH_MAX 64
#define STK_SAMPLER_ROWS_MAX  50000

struct stk_sampler_opts {
	int hz;            /* CPU ticks per second of CPU time; 0 = 250, the most */
	size_t alloc_mean; /* mean bytes between two sampled ones; 0 = 16 KiB */
	uint64_t seed;     /* of the gaps between sampled bytes */
};

struct stk_sampler *stk_sampler_new(const struct stk_sampler_opts *opts); /* opts may be NULL */
/* After the state is closed, and stopped. NULL is fine. */
void stk_sampler_free(struct stk_sampler *sampler);

/* The allocator for lua_newstate, with the sampler as its ud. */
void *stk_sampler_alloc(void *sampler, void *ptr, size_t old_size, size_t new_size);

/* Tell the text of a chunk ("demo/pricing.lua" for "@demo/pricing.lua"), which its functions are
 * named after; both are copied. Functions of other chunks are named by their line. */
void stk_sampler_source(struct stk_sampler *sampler, const char *chunk, struct stk_str text);

/* Tick on the calling thread's CPU time from now on, until stop: on the same thread, or after it
 * has ended (what it used since the last take is then not known). */
int stk_sampler_start(struct stk_sampler *sampler, struct stk_err *err) STK_MUST_CHECK;
void stk_sampler_stop(struct stk_sampler *sampler);

/* Say that code of this coroutine runs from now on; NULL: none. Returns what ran until now, which
 * is handed back the same way afterwards. */
struct lua_State *stk_sampler_enter(struct stk_sampler *sampler, struct lua_State *lua);
/* Say that the collector runs (no coroutine runs then), or that it has ended. */
void stk_sampler_collect(struct stk_sampler *sampler, bool runs);
/* Publish the live heap as it is now, right after a collection: what a slice will hold. */
void stk_sampler_mark_live(struct stk_sampler *sampler);

struct stk_sampler_label {
	struct stk_str key, value;
};
/* The labels of what happens from now on (len 0: none); copied. At most 300 distinct sets; beyond
 * them samples have no labels. */
void stk_sampler_label(
	struct stk_sampler *sampler, const struct stk_sampler_label *labels, size_t len);

/* Exact sums since the state began; from any thread. */
struct stk_sampler_totals {
	uint64_t allocated_bytes; /* new blocks and growth */
	uint64_t allocated_objects;
	uint64_t freed_bytes;
	uint64_t sampled_bytes; /* estimate of allocated_bytes by the samples resolved so far */
	uint64_t sampled_objects;
	uint64_t hits; /* sampled blocks */
	uint64_t ticks;
	int64_t cpu_ns; /* of the thread since start */
};
void stk_sampler_totals(struct stk_sampler *sampler, struct stk_sampler_totals *out);

/* One frame; name and file are the sampler's and live as long as it does. */
struct stk_sampler_frame {
	const char *name; /* pricing.apply_rules */
	const char *file; /* demo/pricing.lua, "" for [native] and [gc] */
	int line;         /* that ran */
	int start_line;   /* of the function */
};

/* Cost of one stack under one set of labels. */
struct stk_sampler_row {
	const struct stk_sampler_label *labels; /* the sampler's */
	size_t labels_len;
	size_t frames_at, frames_len; /* in slice.frames, leaf first: numbers of locations */
	int64_t ticks;
	double alloc_objects, alloc_bytes;
	double live_objects, live_bytes;
};

/* What happened since the previous take. Estimates are unbiased (each block weighs the reciprocal
 * of the chance that it is drawn). */
struct stk_sampler_slice {
	STK_VEC(struct stk_sampler_frame) locations;
	STK_VEC(uint32_t) frames;
	STK_VEC(struct stk_sampler_row) rows;
	int64_t ticks;     /* overruns included */
	int64_t cpu_ns;    /* of the thread; cpu_ns / ticks is the measured period */
	size_t alloc_mean; /* bytes */
};
#define STK_SAMPLER_SLICE_INIT                                                                     \
	{                                                                                          \
		STK_VEC_INIT, STK_VEC_INIT, STK_VEC_INIT, 0, 0, 0                                  \
	}
/* Cut: flows start again at zero, the live heap is that of the last mark. Call from any thread;
 * out must be initialised or taken before and is filled anew. */
void stk_sampler_take(struct stk_sampler *sampler, struct stk_sampler_slice *out);
void stk_sampler_slice_release(struct stk_sampler_slice *slice);

#endif
