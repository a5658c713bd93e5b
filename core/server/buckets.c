/* buckets: points of a query added up per group and step of time. */
#include "core/server/buckets.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"

int64_t stk_buckets_from_ns(const struct stk_buckets_opts *opts)
{
	int64_t ms;

	if (__builtin_sub_overflow(opts->start_ms, opts->step_ms, &ms) ||
		ms < INT64_MIN / STK_NS_PER_MS)
		return INT64_MIN;
	return ms > INT64_MAX / STK_NS_PER_MS ? INT64_MAX : ms * STK_NS_PER_MS;
}

/* Floor to ms, also before 1970. */
static int64_t to_ms(int64_t ns)
{
	return ns / STK_NS_PER_MS - (ns % STK_NS_PER_MS < 0);
}

/* t_k of a stamp, or false when it lies outside. */
static bool bucket_time(const struct stk_buckets_opts *opts, int64_t time_ns, int64_t *out)
{
	int64_t ms = to_ms(time_ns), past = ms - opts->start_ms, k;

	if (past <= -opts->step_ms)
		return false;
	k = past <= 0 ? 0 : (past + opts->step_ms - 1) / opts->step_ms;
	if (k > (opts->end_ms - opts->start_ms) / opts->step_ms)
		return false;
	*out = opts->start_ms + k * opts->step_ms;
	return true;
}

/* What tells groups apart: their group_by values, each with its length before it. */
static void group_key(const struct stk_buckets_opts *opts, const struct stk_store_series *series,
	struct stk_buf *key)
{
	stk_buf_clear(key);
	for (size_t i = 0; i < opts->group_by_len; i++) {
		struct stk_str value =
			stk_labels_find(series->labels, series->labels_len, opts->group_by[i]);

		stk_buf_addf(key, "%zu:", value.len);
		stk_buf_add_str(key, value);
	}
}

static int cmp_bucket(const void *a, const void *b)
{
	const struct stk_bucket *x = a, *y = b;

	return x->time_ms < y->time_ms ? -1 : x->time_ms > y->time_ms;
}

static int cmp_group(const void *a, const void *b)
{
	const struct stk_bucket_group *x = a, *y = b;

	return x->sum > y->sum ? -1 : x->sum < y->sum;
}

/* Sort a group's entries by time and add up equal ones. */
static void fold(struct stk_bucket_group *group)
{
	size_t kept = 0;

	qsort(group->buckets.items, group->buckets.len, sizeof *group->buckets.items, cmp_bucket);
	for (size_t i = 1; i < group->buckets.len; i++) {
		if (group->buckets.items[i].time_ms == group->buckets.items[kept].time_ms)
			group->buckets.items[kept].sum += group->buckets.items[i].sum;
		else
			group->buckets.items[++kept] = group->buckets.items[i];
	}
	group->buckets.len = group->buckets.len ? kept + 1 : 0;
}

int stk_buckets_fill(struct stk_buckets *buckets, const struct stk_buckets_opts *opts,
	const struct stk_store_points *points, struct stk_err *err)
{
	struct stk_map index = STK_MAP_INIT;
	struct stk_buf key = STK_BUF_EMPTY;
	int rc = 0;

	memset(buckets, 0, sizeof *buckets);
	for (size_t i = 0; i < points->points.len; i++) {
		const struct stk_store_point *point = &points->points.items[i];
		struct stk_bucket bucket = {0, point->total};
		struct stk_bucket_group *group;
		union stk_map_value *at;
		bool added = false;

		if (!bucket_time(opts, point->time_ns, &bucket.time_ms))
			continue;
		group_key(opts, point->series, &key);
		at = stk_map_put(&index, stk_buf_str(&key), &added);
		if (added) {
			at->num = buckets->groups.len;
			group = stk_vec_push_new(&buckets->groups);
			group->series = point->series;
		}
		group = &buckets->groups.items[at->num];
		group->sum += point->total;
		stk_vec_push(&group->buckets, bucket);
		if (group->buckets.len % 4096 == 0)
			fold(group);
	}
	for (size_t i = 0; i < buckets->groups.len; i++)
		fold(&buckets->groups.items[i]);
	if (buckets->groups.len)
		qsort(buckets->groups.items, buckets->groups.len, sizeof *buckets->groups.items,
			cmp_group);
	if (buckets->groups.len > STK_BUCKETS_MAX)
		rc = stk_err_set(err, STK_E_INVAL, "more than %d groups", STK_BUCKETS_MAX);
	stk_map_release(&index);
	stk_buf_release(&key);
	return rc;
}

void stk_buckets_release(struct stk_buckets *buckets)
{
	for (size_t i = 0; i < buckets->groups.len; i++)
		stk_vec_release(&buckets->groups.items[i].buckets);
	stk_vec_release(&buckets->groups);
}
