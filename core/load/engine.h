/* engine: runs a plan with a driver on worker threads, side by side schedule, to a result.
 *
 * One thread controls (new, start, wait, stop, result, free); stk_engine_stop may also be
 * called from a signal handler. Life: new → start → wait_started → wait_until … → result → free. */
#ifndef STK_CORE_LOAD_ENGINE_H
#define STK_CORE_LOAD_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/load/driver.h"
#include "core/load/failures.h"
#include "core/load/plan.h"
#include "core/record/run.h"
#include "core/record/section.h"

struct stk_engine;
struct stk_tap;
struct stk_transport_ops;

/* From offset_ns after the load's start on, new iterations go to side. counted false (warm-up):
 * its iterations appear in the series but in no metric, threshold or histogram. */
struct stk_side_entry {
	int64_t offset_ns;
	int side;
	bool counted;
};

/* Called from worker threads, not for every sample. All may be NULL. */
struct stk_engine_observer {
	void *ctx;
	/* An iteration failed; text as the driver gave it. */
	void (*failed)(void *ctx, const struct stk_scenario *scenario, const struct stk_err *err);
	void (*warn)(void *ctx, const char *text);
};

struct stk_engine_opts {
	const struct stk_clock *clock;             /* NULL: the machine's */
	int workers;                               /* 0: by the number of CPUs and VUs */
	bool in_caller;                            /* no threads: wait_* run the load (tests) */
	const struct stk_transport_ops *transport; /* NULL: curl */
	const struct stk_side_entry *schedule;     /* copied; none: all on STK_SIDE_HEAD */
	size_t schedule_len;
	bool skip_setup, skip_teardown; /* for restarts: once per side in all */
	bool live;                      /* keep what stk_engine_slowest gives */
	struct stk_engine_observer observer;
	struct stk_tap *tap; /* gets every counted sample; borrowed; NULL: nobody wants them */
	bool tag_sides;      /* samples of iterations have the tag side: base, head */
};
#define STK_ENGINE_OPTS_INIT                                                                       \
	{                                                                                          \
		NULL, 0, false, NULL, NULL, 0, false, false, false, {NULL, NULL, NULL}, NULL,      \
			false                                                                      \
	}
#define STK_ENGINE_SCHEDULE_MAX 4096

/* plan must be valid (stk_plan_validate) and, like driver, outlive the engine. */
struct stk_engine *stk_engine_new(const struct stk_plan *plan, const struct stk_vu_driver *driver,
	const struct stk_engine_opts *opts);
/* Stops (now) what still runs. NULL is fine. */
void stk_engine_free(struct stk_engine *engine);

/* Start the workers: VUs are opened, setup runs for every side that has a base URL. */
int stk_engine_start(struct stk_engine *engine, struct stk_err *err) STK_MUST_CHECK;
/* Wait until setup is over and the load began: its start on both clocks. STK_E_SCRIPT: setup or
 * opening a VU failed (teardown does not run); STK_E_ABORTED: stopped meanwhile. */
int stk_engine_wait_started(struct stk_engine *engine, int64_t *mono_ns_out, int64_t *wall_ns_out,
	struct stk_err *err) STK_MUST_CHECK;
/* Wait until the monotonic time or until everything, teardown included, is over; true = over. */
bool stk_engine_wait_until(struct stk_engine *engine, int64_t mono_ns);

/* Extend the side schedule; mono_ns must not be before the last entry. STK_E_INVAL,
 * STK_E_TOO_LARGE. Takes effect at once if the time has passed. Returns the entry's number. */
int stk_engine_schedule_add(struct stk_engine *engine, int64_t mono_ns, int side, bool counted,
	struct stk_err *err) STK_MUST_CHECK;
/* No iteration starts from then on (graceful stop from then); earlier than scenarios' own ends. */
void stk_engine_end_at(struct stk_engine *engine, int64_t mono_ns);

enum stk_stop {
	STK_STOP_NONE,
	STK_STOP_GRACEFUL, /* no new iterations, running ones may use graceful_stop, teardown */
	STK_STOP_CANCEL,   /* running iterations are ended at once, teardown runs */
	STK_STOP_NOW       /* the same without teardown */
};
/* Teardown runs at the end in spite of skip_teardown: this engine has become the last one. */
void stk_engine_keep_teardown(struct stk_engine *engine);
/* Only ever tightens. Async-signal-safe. */
void stk_engine_stop(struct stk_engine *engine, enum stk_stop how);

/* No iteration starts until it is resumed, and the plan is put off by as long: no burst of what is
 * overdue. Running iterations go on. A stop ends a pause. By the controlling thread, once the load
 * has begun; both do nothing when it is so already. */
void stk_engine_pause(struct stk_engine *engine);
void stk_engine_resume(struct stk_engine *engine);

enum stk_engine_phase {
	STK_PHASE_NEW,
	STK_PHASE_SETUP,
	STK_PHASE_LOAD,
	STK_PHASE_TEARDOWN,
	STK_PHASE_DONE
};

/* For the progress line; at most a second old. NaN: nothing yet. */
struct stk_load_progress {
	enum stk_engine_phase phase;
	int side;
	int64_t elapsed_ns, planned_ns; /* of the load; pauses are not in it */
	bool paused;
	int64_t vus, vus_max;
	int64_t iterations, interrupted, dropped;
	int64_t requests, failed, checks_passed, checks_failed;
	double rate_per_s; /* requests per second over the last seconds */
	double p95_ms;     /* of http_req_duration */
};
void stk_engine_progress(const struct stk_engine *engine, struct stk_load_progress *out);

/* A request name over the last 5 to 10 seconds. */
struct stk_live_endpoint {
	char name[64]; /* its beginning */
	int64_t requests;
	double p95_ms; /* of http_req_duration */
};
/* The names with the highest p95, slowest first; how many. 0 without opts.live. */
size_t stk_engine_slowest(
	const struct stk_engine *engine, struct stk_live_endpoint *out, size_t max);

/* What the requests of iterations that began in one schedule entry took. */
struct stk_entry_stats {
	int side;
	bool counted;
	int64_t start_mono_ns, end_mono_ns; /* end: next entry's start, or the end of the load */
	int64_t requests, failed, iterations;
	struct stk_hist duration_ms; /* http_req_duration */
};

enum stk_end_reason {
	STK_END_PLANNED,
	STK_END_INTERRUPTED, /* stk_engine_stop */
	STK_END_THRESHOLD,   /* abort = true crossed */
	STK_END_SCRIPT,      /* stoker.abort */
	STK_END_SETUP        /* setup failed or ran out of time */
};

struct stk_load_result {
	struct stk_metrics metrics;   /* merged over workers; submetrics of thresholds too */
	struct stk_sections sections; /* empty unless the plan has_sections */
	struct stk_series series;
	STK_VEC(struct stk_entry_stats) entries;
	STK_VEC(struct stk_threshold_result) thresholds; /* text belongs to the plan */
	bool thresholds_ok;
	struct stk_generator_info generator;
	struct stk_failures failures; /* of counted requests */
	enum stk_end_reason reason;
	char *message; /* of an abort, setup or teardown error; NULL: none; owned */
	int64_t iterations, interrupted, errors;
	int64_t start_mono_ns, end_mono_ns, start_wall_ns, end_wall_ns; /* of the load */
	int64_t paused_ns;                                              /* of it */
};
void stk_load_result_init(struct stk_load_result *result);
void stk_load_result_release(struct stk_load_result *result);

/* After stk_engine_wait_until said true: join the workers and give what they counted. */
void stk_engine_result(struct stk_engine *engine, struct stk_load_result *out);

#endif
