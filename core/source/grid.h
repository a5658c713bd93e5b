/* grid: how stamps lie in time: interval, phase, and whether they mark start or end. */
#ifndef STK_CORE_SOURCE_GRID_H
#define STK_CORE_SOURCE_GRID_H

#include "core/source/source.h"

/* One stored profile of one instance. */
struct stk_grid_point {
	int64_t stamp_ns;
	int64_t duration_ns; /* 0 where the profile says none */
};

/* Interval: the median duration where profiles say one, else the smallest distance of stamps that
 * most others are a multiple of (slices without samples leave no stamp), else the median distance;
 * needs one point with a duration, or three stamps. Phase from the newest stamp. Points sorted by
 * stamp, of one instance. type_id and agent decide what a stamp marks (reference: table of who
 * sends what): heap-like types of Go, everything of Node, mark the end. */
void stk_grid_describe(const struct stk_grid_point *points, size_t len, const char *type_id,
	const char *agent, struct stk_source_info *out);

/* Whether the agent's samples of this type wait for the kernel's clock tick (stats/tick.h). */
bool stk_grid_is_by_tick(const char *type_id, const char *agent);

/* Start and end of the slice with this stamp. */
void stk_grid_slice(const struct stk_source_info *info, const struct stk_grid_point *point,
	int64_t *start_out, int64_t *end_out);

#endif
