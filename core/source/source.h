/* source: where profiles come from: what is there, on which grid, wait for it, fetch it.
 *
 * Kinds: store (the embedded server's), pyroscope, scrape, files; each has its own header to make
 * one. Times are ns of the wall clock. One thread at a time per source. */
#ifndef STK_CORE_SOURCE_SOURCE_H
#define STK_CORE_SOURCE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/base/vec.h"

struct stk_profile;

/* What is asked for. Texts are borrowed for the call. */
struct stk_source_query {
	int side;             /* handed through to slices; files: which glob */
	const char *selector; /* {service_name="x"}; NULL or "{}" = all. scrape, files: ignored */
	const char *type_id;  /* full id; NULL only for stk_source_types */
	int64_t start_ns, end_ns;
};

enum stk_source_stamp {
	STK_SOURCE_STAMP_START, /* a profile stamped t covers [t, t + interval] */
	STK_SOURCE_STAMP_END    /* … covers [t - interval, t] */
};

/* The grid on which one instance delivers one profile type, as observed. */
struct stk_source_grid {
	const char *instance; /* "" if there is but one */
	const char *agent;    /* "gospy", "pyroscope-rs/pyspy", …; "" if unknown */
	int64_t interval_ns;  /* 0: not known yet (a single point, no duration) */
	int64_t phase_ns;     /* slices begin at phase + k × interval, 0 <= phase < interval */
	enum stk_source_stamp stamp;
	bool skips_idle;                     /* sends nothing for a slice in which nothing ran */
	size_t points;                       /* observed in the window */
	int64_t first_start_ns, last_end_ns; /* what the observed slices cover */
};

struct stk_source_grids {
	struct stk_arena arena;
	STK_VEC(struct stk_source_grid) items;
};

/* Type ids, sorted. */
struct stk_source_types {
	struct stk_arena arena;
	STK_VEC(struct stk_str) items;
};

/* One uploaded profile. All of it is the caller's (stk_source_slices_release). */
struct stk_source_slice {
	char *type_id;
	char *instance;
	int side;
	int64_t start_ns, end_ns;
	struct stk_profile *profile; /* time_ns and duration_ns are those of the slice */
	size_t sample_type;          /* of profile: the one of type_id */
	struct stk_str pprof;        /* the same gzip'd, as files have it; owned */
};

/* A slice of the grid for which no profile came. Where nothing ran and the agent skips idle slices
 * it means zero; else it is a gap. */
struct stk_source_gap {
	char *instance;
	int64_t start_ns, end_ns;
	bool skips_idle;
};

struct stk_source_slices {
	STK_VEC(struct stk_source_slice) items; /* by instance, then start */
	STK_VEC(struct stk_source_gap) gaps;
};

#define STK_SOURCE_SLICES_INIT                                                                     \
	{                                                                                          \
		STK_VEC_INIT, STK_VEC_INIT                                                         \
	}

/* How a source talks while it works. All may be NULL or zero. */
struct stk_source_env {
	const struct stk_clock *clock; /* NULL: the machine's */
	const atomic_int *interrupts;  /* non-zero: STK_E_ABORTED */
	void (*progress)(
		const char *text, void *ctx); /* "order-service cpu: slice ending 14:38:20" */
	void *ctx;
};

struct stk_source;

/* One per kind, filled by it. */
struct stk_source_ops {
	const char *kind; /* "pyroscope" */
	int (*types)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_source_types *out, struct stk_err *err);
	int (*describe)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_source_grids *out, struct stk_err *err);
	int (*fetch)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_source_slices *out, struct stk_err *err);
	/* fill err with why nothing was found */
	void (*explain)(struct stk_source *source, const struct stk_source_query *query,
		struct stk_err *err);
	/* a source that makes its slices itself begins now; NULL for the others */
	int (*start)(struct stk_source *source, struct stk_err *err);
	void (*close)(struct stk_source *source);
};

/* The first member of every kind's own struct. */
struct stk_source {
	const struct stk_source_ops *ops;
	struct stk_source_env env;
};

/* Profile types that the selector has in the window; none is an empty list. out must be zeroed;
 * release it in any case. */
int stk_source_types(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_types *out, struct stk_err *err) STK_MUST_CHECK;
void stk_source_types_release(struct stk_source_types *types);

/* The full id that a short name ("cpu") means here: the first candidate that exists. *out is the
 * caller's. STK_E_NOT_FOUND: none is there (yet); the text says which types are. */
int stk_source_choose_type(struct stk_source *source, const struct stk_source_query *query,
	const char *name, char **out, struct stk_err *err) STK_MUST_CHECK;

/* The grids of a type's instances, from the profiles in the window; none is an empty list. A source
 * that scrapes begins with it on the first call. out must be zeroed; release in any case. */
int stk_source_describe(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_grids *out, struct stk_err *err) STK_MUST_CHECK;
void stk_source_grids_release(struct stk_source_grids *grids);

/* Wait until every instance seen in the query's window has delivered the slice in which
 * query->end_ns lies, for at most 2 × interval + 15 s beyond it, and say what is waited for.
 * STK_E_TIMEOUT: what is missing; STK_E_NOT_FOUND: no profile at all; STK_E_ABORTED. */
int stk_source_wait(struct stk_source *source, const struct stk_source_query *query,
	struct stk_err *err) STK_MUST_CHECK;

/* The slices that overlap the window, each with its profile; none is an empty list. out must be
 * initialised; release it in any case. */
int stk_source_fetch(struct stk_source *source, const struct stk_source_query *query,
	struct stk_source_slices *out, struct stk_err *err) STK_MUST_CHECK;
void stk_source_slices_release(struct stk_source_slices *slices);

/* Fill err (STK_E_NOT_FOUND) with why a query finds nothing: "service 'x' has no profiles" and a
 * hint with what is there. */
void stk_source_explain(
	struct stk_source *source, const struct stk_source_query *query, struct stk_err *err);

void stk_source_close(struct stk_source *source); /* NULL is fine */

#endif
