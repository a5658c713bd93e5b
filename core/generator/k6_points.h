/* k6_points: k6's --out json, line by line as it comes, into metrics and requests in time.
 *
 * Lines are those of reference k6 7.3: "Metric" at the first sight of a metric, "Point" for each
 * sample. Memory does not grow with their number: one line at a time, at most
 * STK_K6_POINTS_LINE_MAX bytes; a longer one, or one that is no such line, is passed over and
 * counted.
 *
 * Metrics are all that k6 counted, setup and teardown included, so that they agree with its own
 * summary and thresholds. Requests of the load are those outside the groups ::setup and
 * ::teardown; the load's start is the earliest start of an iteration or request that a point
 * tells (its time minus its value), its end the latest end (reference k6 9.2, method B). */
#ifndef STK_CORE_GENERATOR_K6_POINTS_H
#define STK_CORE_GENERATOR_K6_POINTS_H

#include "core/base/buf.h"
#include "core/base/str.h"
#include "core/generator/generated.h"

#define STK_K6_POINTS_LINE_MAX    ((size_t)1 << 20)
#define STK_K6_POINTS_METRICS_MAX 1000 /* whole ones and submetrics together */
#define STK_K6_POINTS_CHECKS_MAX  10000

struct stk_k6_points_metric;

/* Borrows the result; one thread at a time. */
struct stk_k6_points {
	struct stk_generated *out;
	struct stk_buf line;
	bool too_long; /* the line under way is passed over */
	STK_VEC(struct stk_k6_points_metric) metrics;
	bool any; /* k6 has written something: it has got as far as its VUs */
};

void stk_k6_points_init(struct stk_k6_points *points, struct stk_generated *out);
void stk_k6_points_release(struct stk_k6_points *points);
/* The next bytes of the stream, cut anywhere. */
void stk_k6_points_read(struct stk_k6_points *points, struct stk_str bytes);
/* The stream has ended: a last line without its line break counts. */
void stk_k6_points_end(struct stk_k6_points *points);

#endif
