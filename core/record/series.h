/* series: completed requests per side, scenario and name in 100 ms steps of the wall clock. */
#ifndef STK_CORE_RECORD_SERIES_H
#define STK_CORE_RECORD_SERIES_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/vec.h"

#define STK_SERIES_STEP_NS ((int64_t)100000000)
/* A day: beyond it the run's clock is wrong; such counts go into the last step. */
#define STK_SERIES_STEPS_MAX 864000

struct stk_series_key {
	int side;
	char *scenario;          /* owned */
	char *name;              /* owned: the request's name tag */
	STK_VEC(uint32_t) steps; /* completed requests per step, from the series' start */
};

/* One writer at a time. start_ns is a multiple of the step; 0 until the first count. */
struct stk_series {
	int64_t start_ns;
	STK_VEC(struct stk_series_key) keys;
};

void stk_series_init(struct stk_series *series);
void stk_series_release(struct stk_series *series);

/* The number of a key, added if new. */
size_t stk_series_key(struct stk_series *series, int side, const char *scenario, const char *name);
/* Count requests of a key that completed at wall_ns. Earlier than start_ns shifts the series. */
void stk_series_add(struct stk_series *series, size_t key, int64_t wall_ns, uint32_t count);
/* Requests in [start_ns, end_ns); steps cut by a border count by the share inside.
 * side STK_SIDE_NONE = all; scenario, name NULL = all. */
double stk_series_sum(const struct stk_series *series, int side, const char *scenario,
	const char *name, int64_t start_ns, int64_t end_ns);
void stk_series_merge(struct stk_series *into, const struct stk_series *from);

#endif
