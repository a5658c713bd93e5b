/* tap: every counted sample of a load, handed from its workers to one reader, who never delays
 * them.
 *
 * Each worker writes into a lane of its own, without a lock, and hands over whole chunks. The queue
 * is bounded: a chunk that finds it full is thrown away and its samples are counted as lost. */
#ifndef STK_CORE_LOAD_TAP_H
#define STK_CORE_LOAD_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/str.h"
#include "core/load/metrics.h"

struct stk_tap;      /* any thread */
struct stk_tap_lane; /* one thread at a time */

/* Bytes of one chunk; a sample whose tags do not fit is lost. */
#define STK_TAP_CHUNK_BYTES ((size_t)64 * 1024)
/* Chunks that may wait for the reader, as a rule: 16 MiB. */
#define STK_TAP_CHUNKS 256

struct stk_tap_value {
	int metric; /* number in the plan of its chunk (stk_metric_def) */
	double value;
};

/* Samples of one moment with the same tags, borrowed from their chunk. */
struct stk_tap_record {
	int64_t wall_ns;
	/* key, NUL, value, NUL …; the first of several equal keys counts. */
	struct stk_str tags;
	const struct stk_tap_value *values;
	size_t values_len;
};

struct stk_tap_chunk {
	struct stk_tap_chunk *next;
	const struct stk_plan *plan; /* whose metrics the numbers are */
	size_t len;
	int64_t samples;
	int64_t bytes[STK_TAP_CHUNK_BYTES / sizeof(int64_t)];
};

/* chunks_max > 0: how many may wait. */
struct stk_tap *stk_tap_new(size_t chunks_max);
/* All lanes must be gone. NULL is fine. */
void stk_tap_free(struct stk_tap *tap);

/* plan and clock must outlive what was written. */
struct stk_tap_lane *stk_tap_lane_new(
	struct stk_tap *tap, const struct stk_plan *plan, const struct stk_clock *clock);
/* Hands over what it holds. NULL is fine. */
void stk_tap_lane_free(struct stk_tap_lane *lane);
/* One sample. With tags->repeated it joins the record of the sample before. */
void stk_tap_lane_add(
	struct stk_tap_lane *lane, int metric, double value, const struct stk_tag_lists *tags);
/* Hand over what was written; while the queue is full, it stays for the next time. */
void stk_tap_lane_flush(struct stk_tap_lane *lane);

/* --- for the reader --- */

/* The oldest chunk, the reader's until it gives it back. NULL: none came within wait_ns. */
struct stk_tap_chunk *stk_tap_take(struct stk_tap *tap, int64_t wait_ns);
void stk_tap_give(struct stk_tap *tap, struct stk_tap_chunk *chunk);
/* Record at *at (0 at first), which moves on; false at the end. */
bool stk_tap_chunk_next(const struct stk_tap_chunk *chunk, size_t *at, struct stk_tap_record *out);
/* Samples thrown away so far. */
int64_t stk_tap_lost(const struct stk_tap *tap);

#endif
