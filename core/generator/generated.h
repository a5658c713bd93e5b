/* generated: what one run of another load generator gave: metrics, requests in time, verdicts. */
#ifndef STK_CORE_GENERATOR_GENERATED_H
#define STK_CORE_GENERATOR_GENERATED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/record/metric.h"
#include "core/record/run.h"
#include "core/record/series.h"
#include "core/stats/hist.h"

/* More distinct names of requests than this are counted as "other", as in our own engine. */
#define STK_GENERATED_NAMES_MAX 200

/* Texts of thresholds are in the arena. One thread at a time. */
struct stk_generated {
	struct stk_arena arena;
	int side; /* that its requests are counted for */
	struct stk_metrics
		metrics;          /* as the generator counts them; duration_s its own, 0 unknown */
	struct stk_series series; /* requests of the load, without setup and teardown */
	STK_VEC(struct stk_threshold_result) thresholds;
	struct stk_hist duration_ms;   /* of the requests in series; empty: not known one by one */
	double p50_ms, p95_ms, p99_ms; /* as told, where duration_ms is empty; NaN unknown */
	int64_t requests, failed;      /* of the load */
	int64_t iterations, dropped;   /* 0 where the generator has none */
	int64_t start_ns, end_ns;      /* of the load on the wall clock; 0 unknown */
	int64_t cpu_ns;                /* that the generator used; -1 unknown */
	int64_t bad_lines;             /* of its output, that could not be read */
	bool spread;                   /* only totals were known: requests are spread evenly */
	bool names_full;               /* some requests are counted as "other" */
};

void stk_generated_init(struct stk_generated *generated, int side);
void stk_generated_release(struct stk_generated *generated);

/* Count requests that completed at wall_ns. A name that is a URL is cut to its path without query:
 * the sides of a comparison differ in host and port. */
void stk_generated_add_requests(struct stk_generated *generated, const char *scenario,
	struct stk_str name, int64_t wall_ns, uint32_t count);

/* count requests of name, evenly over start_ns to end_ns, and note that they were spread. */
void stk_generated_spread(struct stk_generated *generated, struct stk_str name, int64_t count);

/* Its quantile 0.5, 0.95, 0.99: of duration_ms, or as it was told. NaN unknown. */
double stk_generated_quantile(const struct stk_generated *generated, double fraction);

#endif
