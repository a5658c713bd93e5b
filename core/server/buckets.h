/* buckets: points of a query added up per group and step of time. */
#ifndef STK_CORE_SERVER_BUCKETS_H
#define STK_CORE_SERVER_BUCKETS_H

#include "core/base/map.h"
#include "core/store/store.h"

struct stk_buckets_opts {
	int64_t start_ms;
	int64_t end_ms;
	int64_t step_ms; /* at least 1 */
	const struct stk_str *group_by;
	size_t group_by_len;
};

struct stk_bucket {
	int64_t time_ms; /* t_k: the right edge of what it covers */
	int64_t sum;
};

/* Buckets of one group, in order of time; empty ones are absent. */
struct stk_bucket_group {
	const struct stk_store_series *series; /* one of the group: its group_by labels count */
	STK_VEC(struct stk_bucket) buckets;
	int64_t sum;
};

struct stk_buckets {
	STK_VEC(struct stk_bucket_group) groups; /* largest sum first */
};

#define STK_BUCKETS_MAX 1000000 /* groups times steps */

/* Where the data of a query with these options begins: one step before its start. */
int64_t stk_buckets_from_ns(const struct stk_buckets_opts *opts);
/* Points sit at t_k = start + k step up to end and cover (t_k - step, t_k]; stamps are cut down to
 * ms. STK_E_INVAL: more than STK_BUCKETS_MAX. Release in any case. */
int stk_buckets_fill(struct stk_buckets *buckets, const struct stk_buckets_opts *opts,
	const struct stk_store_points *points, struct stk_err *err) STK_MUST_CHECK;
void stk_buckets_release(struct stk_buckets *buckets);

#endif
