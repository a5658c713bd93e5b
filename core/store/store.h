/* store: pushed profiles on disk by label set and time; durable before a push is acknowledged. */
#ifndef STK_CORE_STORE_STORE_H
#define STK_CORE_STORE_STORE_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/profile/labels.h"
#include "core/profile/profile.h"

struct stk_store_opts {
	const char *dir;    /* a folder; made if absent */
	int64_t max_bytes;  /* of the database file, about; 0 = no bound. The oldest go first */
	int64_t max_age_ns; /* of a profile's stamp, against newest stamp; 0 = no bound */
};

/* May be used by several threads at once. One process per folder. */
struct stk_store;

/* STK_E_IO with a hint: not writable, in use by another process, not a store. */
int stk_store_open(const struct stk_store_opts *opts, struct stk_store **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Pushes that wait are committed first; NULL is fine. */
void stk_store_close(struct stk_store *store);

/* --- writing ---------------------------------------------------------------------------- */

/* One point of a pushed profile: what it adds to one series. */
struct stk_store_point_row {
	struct stk_str series; /* the label set's canonical bytes */
	uint32_t column;       /* sample type */
	uint64_t split; /* which samples: hash of the string labels that they add, 0 = none */
	int64_t total;
};

/* One pushed profile, checked and taken apart. Memory is in arena. */
struct stk_store_item {
	struct stk_arena arena;
	struct stk_str bytes; /* the pprof as it is kept: gzip'd */
	struct stk_str names; /* of the labels that the push itself gave, as canonical bytes */
	int64_t time_ns;
	int64_t duration_ns;
	const struct stk_store_point_row *rows;
	size_t rows_len;
};

/* The __name__ of a profile by its sample types; appended to out. */
typedef void (*stk_store_name_fn)(
	const struct stk_str *types, size_t len, struct stk_buf *out, void *ctx);

struct stk_store_push {
	const struct stk_label *labels; /* in any order, no name twice */
	size_t labels_len;
	struct stk_str pprof;      /* gzip'd or raw */
	int64_t fallback_ns;       /* stamp for a profile that has none (before 1971) */
	stk_store_name_fn name_of; /* NULL: the label __name__ is required */
	void *name_ctx;
};

/* Check a pprof and find its points: one per sample type and set of string sample labels. A profile
 * without a sample that counts gives an item without rows; committing it does nothing.
 * STK_E_FORMAT: corrupt; STK_E_INVAL: not valid (limits, labels, sample types); the caller releases
 * the item in any case. Runs on the caller's thread. */
int stk_store_prepare(const struct stk_store_push *push, struct stk_store_item *item,
	struct stk_err *err) STK_MUST_CHECK;
void stk_store_item_release(struct stk_store_item *item);

/* Write items in one transaction, together with those of other threads, and wait until it is synced
 * to disk: all of them, or none and STK_E_IO. They can be queried when this returns. */
int stk_store_commit(struct stk_store *store, const struct stk_store_item *items, size_t len,
	struct stk_err *err) STK_MUST_CHECK;

/* --- reading ----------------------------------------------------------------------------- */

/* Which points: series that match, stamps in [from_ns, to_ns], both inclusive. */
struct stk_store_query {
	struct stk_selector *const *selectors; /* all must match; may be none */
	size_t selectors_len;
	struct stk_str type; /* __profile_type__; empty: any */
	int64_t from_ns;
	int64_t to_ns;
};

/* A series; labels are sorted and live as long as the store is open. */
struct stk_store_series {
	int64_t id;
	const struct stk_label *labels;
	size_t labels_len;
};

/* Series with at least one point in the window, in order of labels. The array is the caller's. */
int stk_store_find(struct stk_store *store, const struct stk_store_query *query,
	struct stk_store_series **out, size_t *len_out, struct stk_err *err) STK_MUST_CHECK;

struct stk_store_point {
	const struct stk_store_series *series;
	int64_t time_ns;
	int64_t duration_ns; /* 0 where the agent gives none */
	int64_t profile_id;  /* points of one push share it */
	int64_t total;       /* sum of the samples' values */
	uint64_t split;
	uint32_t column;
};

/* The points of a query and the series they belong to. */
struct stk_store_points {
	STK_VEC(struct stk_store_point) points; /* by series, then time */
	struct stk_store_series *series;        /* those that match */
	size_t series_len;
};

#define STK_STORE_MAX_POINTS (4 * 1000 * 1000)

/* STK_E_TOO_LARGE over STK_STORE_MAX_POINTS. Release in any case. */
int stk_store_select(struct stk_store *store, const struct stk_store_query *query,
	struct stk_store_points *out, struct stk_err *err) STK_MUST_CHECK;
void stk_store_points_release(struct stk_store_points *points);

/* The sum of the selected points' samples as one profile of one sample type without sample labels;
 * NULL in *out when there is no point. All points must be of one profile type. *out is the
 * caller's.
 */
int stk_store_merge(struct stk_store *store, const struct stk_store_points *points,
	struct stk_profile **out, struct stk_err *err) STK_MUST_CHECK;

/* Oldest and newest stamp; false when the store is empty. */
bool stk_store_range(struct stk_store *store, int64_t *oldest_ns, int64_t *newest_ns);

/* How many commits (transactions) there were so far: for benchmarks and tests of group commit. */
int64_t stk_store_commits(const struct stk_store *store);

#endif
