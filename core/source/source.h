/* source: where slices come from: describe, wait, fetch; one file per kind. */
#ifndef STK_CORE_SOURCE_SOURCE_H
#define STK_CORE_SOURCE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/vec.h"

struct stk_profile;
struct stk_source;

/* Whose profiles of which type, in wall time; both ends inclusive. */
struct stk_source_query {
	const char *type_id;  /* full id */
	const char *selector; /* "{service_name=\"x\"}" */
	int64_t from_ns, to_ns;
};

/* How an agent cuts its slices, as far as the points in a window tell. */
struct stk_source_info {
	int64_t interval_ns;  /* 0 = not enough points to tell */
	int64_t phase_ns;     /* a slice starts at phase + k * interval */
	bool stamp_at_end;    /* of the slice; else at its start */
	bool samples_by_tick; /* CPU time, by timers that the kernel looks at with its clock tick */
	bool skips_idle;      /* no slice while nothing ran: it counts as zero, not as a gap */
	int points, instances;
	char agent[64]; /* pyroscope_spy or the like, "" if unknown */
};

struct stk_source_slice {
	char *instance; /* owned; "" with one instance */
	int64_t start_ns, end_ns;
	struct stk_profile *profile; /* owned */
	size_t sample_type;          /* the asked one's number in the profile */
};
STK_VEC_TYPE(stk_source_slices, struct stk_source_slice);
void stk_source_slices_release(struct stk_source_slices *slices);

STK_VEC_TYPE(stk_source_names, char *);
void stk_source_names_release(struct stk_source_names *names);

/* What a wait tells while it lasts. */
struct stk_source_waiting {
	void (*tell)(const char *what_for, void *ctx); /* may be NULL */
	void *ctx;
	const atomic_int *interrupts; /* above interrupts_seen: STK_E_ABORTED; may be NULL */
	int interrupts_seen;          /* so many have been heeded already */
};

struct stk_source_ops {
	int (*types)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_source_names *out, struct stk_err *err);
	int (*describe)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_source_info *out, struct stk_err *err);
	int (*fetch)(struct stk_source *source, const struct stk_source_query *query,
		const struct stk_source_info *info, struct stk_source_slices *out,
		struct stk_err *err);
	/* Newest stamp of a point in the query's window, 0 if there is none. */
	int (*newest)(struct stk_source *source, const struct stk_source_query *query,
		int64_t *stamp_out, struct stk_err *err);
	void (*close)(struct stk_source *source);
};

/* The first member of every kind. */
struct stk_source {
	const struct stk_source_ops *ops;
	const struct stk_clock *clock;
};

/* Full ids of the types that the selector has in the query's window (its type_id is not looked
 * at). */
int stk_source_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_names *out, struct stk_err *err) STK_MUST_CHECK;
/* Interval, phase and stamp from the points in the window. No points: 0 and all zero. */
int stk_source_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_info *out, struct stk_err *err) STK_MUST_CHECK;
/* Wait until the slice that holds until_ns is there: at most two intervals and 15 s after it.
 * 1 it came; 0 it did not, and a slice may be missing; or an error. */
int stk_source_wait(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, int64_t until_ns,
	const struct stk_source_waiting *waiting, struct stk_err *err) STK_MUST_CHECK;
/* Every slice whose stamp lies in the window, in order of instance and time; those of a heap type
 * with the objects beside the bytes (or the reverse) where the source has both. Release out also
 * after a failure. */
int stk_source_fetch(struct stk_source *source, const struct stk_source_query *query,
	const struct stk_source_info *info, struct stk_source_slices *out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_source_close(struct stk_source *source); /* NULL is fine */

#endif
