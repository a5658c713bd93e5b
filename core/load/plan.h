/* plan: what a load script asks for: scenarios, thresholds, tags, defaults; checked as a whole. */
#ifndef STK_CORE_LOAD_PLAN_H
#define STK_CORE_LOAD_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/http/net.h"
#include "core/load/segment.h"
#include "core/load/system_tags.h"
#include "core/record/metric.h"

/* A number that nobody gave. */
#define STK_UNSET ((int64_t)-1)
/* Most VUs a scenario may ask for (k6's ceiling for stages). */
#define STK_PLAN_VUS_MAX 100000000
#define STK_PLAN_RPS_MAX 1000000000
/* Metrics of a script; each worker has all of them, and a record holds twice as many. */
#define STK_PLAN_METRICS_MAX 5000

struct stk_tag {
	const char *key, *value;
};
STK_VEC_TYPE(stk_tags, struct stk_tag);

/* One leg of a ramp: duration_ns 0 jumps. */
struct stk_stage {
	int64_t duration_ns;
	int64_t target;
};
STK_VEC_TYPE(stk_stages, struct stk_stage);

/* Fields that the executor does not know stay STK_UNSET (stages empty); stk_plan_validate fills
 * the defaults of k6. Text belongs to the plan's arena. */
struct stk_scenario {
	const char *name;
	const char *executor; /* "constant-vus", see stk_executor_find */
	int exec;             /* number of the function in the script; the driver's business */
	int64_t start_time_ns, graceful_stop_ns;
	struct stk_tags env, tags;
	int64_t vus, iterations;
	int64_t duration_ns, max_duration_ns;
	int64_t rate, time_unit_ns; /* rate iterations per time unit; see stk_scenario_set_rate */
	int64_t pre_allocated_vus, max_vus;
	bool grow_at_once; /* open a VU for a start instead of dropping it (rate without VUs) */
	/* Start n somewhere in its period, drawn from jitter_seed: evenly spaced starts beat
	 * against a profiler's clock tick, which then always meets the same place of a request. */
	bool jitter;
	uint64_t jitter_seed;
	int64_t start_vus, graceful_ramp_down_ns;
	int64_t start_rate; /* iterations per time unit, before the first stage */
	struct stk_stages stages;
	/* What this process has of its VUs, and of its iterations and starts. */
	struct stk_stripe vus_part, starts_part;
};

struct stk_status_range {
	int low, high;
};
STK_VEC_TYPE(stk_status_ranges, struct stk_status_range);

/* Which statuses are no failure; without a range 200 to 399. */
struct stk_expect {
	struct stk_status_ranges ranges;
	bool unjudged; /* nothing is said of it: no http_req_failed, no tag expected_response */
};

/* A threshold as written. metric may carry a selector: http_req_duration{name:x}. */
struct stk_threshold_spec {
	const char *metric;
	const char *expr;
	bool abort;
	int64_t delay_ns;
	bool no_data_fails;
};

/* A metric of the script. Its id is STK_METRIC_BUILTIN_COUNT (metrics.h) + its number here. */
struct stk_metric_def {
	const char *name;
	enum stk_metric_type type;
	enum stk_metric_unit unit;
};

struct stk_plan {
	struct stk_arena arena;
	STK_VEC(struct stk_scenario) scenarios;
	const char *base_url[2]; /* by side (STK_SIDE_BASE, STK_SIDE_HEAD); NULL: none */
	struct stk_tags tags;    /* of the whole run, later entries win */
	int64_t timeout_ns;      /* of a request with its redirects; default 60 s */
	int64_t redirects;       /* default 10 */
	uint64_t seed;
	struct stk_segment segment; /* zeroed: the whole */
	int64_t rps;                /* requests per second of all VUs together; 0: no limit */
	bool labels;                /* send the baggage header; default true */
	const char *run_id;         /* k6.test_run_id in the baggage; NULL: none sent */
	STK_VEC(const char *) allow_hosts; /* besides those of base_url; "*" allows all */
	STK_VEC(struct stk_threshold_spec) thresholds;
	STK_VEC(struct stk_metric_def) metrics;
	STK_VEC(const char *) warnings; /* of validation and shortcuts: to be shown once */
	int64_t setup_timeout_ns, teardown_timeout_ns; /* default 60 s */
	int64_t summary_timeout_ns;                    /* default 120 s */
	bool has_setup, has_teardown;
	bool has_summary;       /* the driver's business */
	bool has_sections;      /* count each scenario and group, too, for a summary in full */
	const char *user_agent; /* default "stoker"; "": none is sent */
	struct stk_net net;
	stk_system_tags system_tags; /* that samples carry; default k6's */
	const char *trend_stats;     /* columns of the summary, "avg,p(99)"; NULL: k6's */
	int64_t min_iteration_ns;    /* a VU waits so long after it began one; 0: not */
	bool no_cookies_reset;       /* cookies live with the VU, not with the iteration */
	struct stk_expect expect;    /* of requests that do not say */
	bool no_reuse;               /* a connection for each request */
	bool no_vu_reuse;            /* and none is kept over iterations */
	bool discard;                /* bodies are kept only where a request says so */
	int64_t batch;               /* requests of a batch at once; default 20 */
	int64_t batch_per_host;      /* and to one host; default 6, 0: no limit */
	size_t max_body;             /* bytes of an answer kept; default 64 MiB */
};

void stk_plan_init(struct stk_plan *plan); /* the defaults */
void stk_plan_release(struct stk_plan *plan);

/* Append a scenario with everything unset. Valid until the next one is added. */
struct stk_scenario *stk_plan_add_scenario(struct stk_plan *plan, const char *name);
/* Text into the plan's arena; NULL stays NULL. */
const char *stk_plan_text(struct stk_plan *plan, const char *text);
void stk_plan_warn(struct stk_plan *plan, const char *fmt, ...) STK_PRINTF(2, 3);
/* Register a script's metric; the same name, type and unit again is the same one. *id_out is
 * what stk_vu_add takes. STK_E_INVAL: bad name (k6 2.1), other type, a built-in's name; over
 * STK_PLAN_METRICS_MAX. */
int stk_plan_add_metric(struct stk_plan *plan, const char *name, enum stk_metric_type type,
	enum stk_metric_unit unit, int *id_out, struct stk_err *err) STK_MUST_CHECK;

/* events per unit_ns; 2.5/s becomes 25 per 10 s. STK_E_INVAL unless finite and > 0. */
int stk_scenario_set_rate(struct stk_scenario *scenario, double events, int64_t unit_ns,
	struct stk_err *err) STK_MUST_CHECK;

/* Check everything, fill defaults (k6 1.1, 1.2). STK_E_INVAL names scenario, key, the value found
 * and what would do; thresholds are parsed too. */
int stk_plan_validate(struct stk_plan *plan, struct stk_err *err) STK_MUST_CHECK;

/* When the load is planned to end, graceful stop included, from its start. */
int64_t stk_plan_max_duration_ns(const struct stk_plan *plan);
/* The same without graceful stop. */
int64_t stk_plan_duration_ns(const struct stk_plan *plan);

/* The short form of a plan: keys of the script's top level or of the command line. */
struct stk_shortcuts {
	int64_t vus, iterations, duration_ns; /* STK_UNSET: not given */
	int64_t rate, rate_unit_ns;           /* not k6: constant-arrival-rate, VUs as needed */
	int64_t pre_allocated_vus, max_vus;   /* for rate only */
	struct stk_stages stages;             /* empty: not given; items borrowed */
	int exec;                             /* of `default` */
};
void stk_shortcuts_init(struct stk_shortcuts *shortcuts);
/* Lay a higher tier (command line) over a lower one (script): any of duration, iterations,
 * stages, rate in over wipes all of those in into, and true is returned: then scenarios of the
 * lower tier go too (k6 1.9). vus alone only replaces vus. */
bool stk_shortcuts_overlay(struct stk_shortcuts *into, const struct stk_shortcuts *over);
/* Make scenario "default" of shortcuts by the rules of k6 1.9, first match wins. Scenarios that
 * the plan has already stay if no shortcut is given; vus alone replaces them with a warning; other
 * mixtures are STK_E_INVAL. */
int stk_plan_apply_shortcuts(struct stk_plan *plan, const struct stk_shortcuts *shortcuts,
	struct stk_err *err) STK_MUST_CHECK;

#endif
