/* totals: samples summed since the start, by metric and tags, for outputs that send states. */
#ifndef STK_CORE_EXPORT_TOTALS_H
#define STK_CORE_EXPORT_TOTALS_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/export/tagset.h"
#include "core/record/metric.h"

/* Different sets of tags that are kept apart; what comes beyond goes to one set of its own,
 * {overflow="true"}, so that sums stay right. */
#define STK_TOTALS_SETS_MAX 2000
/* Different values of url that are kept apart; beyond, the request's name stands for it. */
#define STK_TOTALS_URLS_MAX 200
/* Upper ends of a trend's fixed buckets; one more bucket holds the rest. */
#define STK_TOTALS_BOUNDS 22

/* A metric as outputs know it. number counts from 0; plan holds its thresholds, borrowed. */
struct stk_export_metric {
	size_t number;
	char *name; /* owned */
	enum stk_metric_type type;
	enum stk_metric_unit unit;
	const struct stk_plan *plan;
};

struct stk_totals_row {
	const struct stk_export_metric *metric;
	const struct stk_tagset *tags;
	struct stk_metric value; /* name and selector NULL */
	uint64_t *buckets;       /* trends: samples by bound, not summed up; BOUNDS + 1 */
	int64_t first_wall_ns, last_wall_ns; /* of its samples */
	uint64_t changed;                    /* totals->round at its newest sample */
};

struct stk_totals {
	STK_VEC(struct stk_totals_row *) items; /* in order of first use */
	uint64_t round;                         /* an output takes its number, then adds one */
	int64_t start_wall_ns;
	int64_t overflowed; /* samples under {overflow="true"} */
	struct stk_tagsets sets;
	struct stk_map urls, rows;
	const struct stk_tagset *overflow;
	STK_VEC(const struct stk_tagset *) folded; /* by the number of the samples' set */
	struct stk_buf key;
};

struct stk_totals *stk_totals_new(int64_t start_wall_ns);
void stk_totals_free(struct stk_totals *totals); /* NULL is fine */
void stk_totals_add(struct stk_totals *totals, const struct stk_export_metric *metric,
	const struct stk_tagset *tags, int64_t wall_ns, double value);
/* Upper end of bucket i of a trend, in the unit of its samples (ms, bytes or none). */
double stk_totals_bound(enum stk_metric_unit unit, size_t i);

#endif
