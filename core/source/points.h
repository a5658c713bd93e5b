/* points: the stored profiles of a query, told apart by instance, in order of time. */
#ifndef STK_CORE_SOURCE_POINTS_H
#define STK_CORE_SOURCE_POINTS_H

#include "core/base/arena.h"
#include "core/profile/labels.h"
#include "core/source/source.h"

/* Labels by which instances and agents are known, in the order in which they are looked for. */
#define STK_POINTS_LABELS 8
extern const struct stk_str stk_points_labels[STK_POINTS_LABELS];

struct stk_point {
	struct stk_str instance, instance_label; /* empty if no label tells them apart */
	struct stk_str agent;
	int64_t stamp_ns;
	int64_t duration_ns; /* 0 where it is not known */
};

struct stk_points {
	struct stk_arena arena;
	STK_VEC(struct stk_point) items;
};

#define STK_POINTS_INIT                                                                            \
	{                                                                                          \
		STK_ARENA_INIT, STK_VEC_INIT                                                       \
	}

/* What tells an instance apart: the value of the first of the labels that the series (sorted) has.
 */
struct stk_str stk_points_instance(const struct stk_label *labels, size_t len);
/* Add a point of a series with these labels (sorted); texts are copied. */
void stk_points_add(struct stk_points *points, const struct stk_label *labels, size_t len,
	int64_t stamp_ns, int64_t duration_ns);
/* Order by instance, then time; points of one instance and stamp become one: a push whose samples
 * have labels is stored as several series. */
void stk_points_sort(struct stk_points *points);
void stk_points_release(struct stk_points *points);

/* Fill info from sorted points. The grid is that of the instance with most points. */
void stk_points_describe(
	const struct stk_points *points, const char *type_id, struct stk_source_info *out);
/* The stamp up to which every instance has delivered: the smallest of their newest ones. 0: none.
 */
int64_t stk_points_newest(const struct stk_points *points);

#endif
