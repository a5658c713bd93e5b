/* load_priv: the engine, its workers, their VUs and requests: what the files of this room share. */
#ifndef STK_CORE_LOAD_LOAD_PRIV_H
#define STK_CORE_LOAD_LOAD_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/http/url.h"
#include "core/load/cookies.h"
#include "core/load/engine.h"
#include "core/load/executor.h"
#include "core/load/failures.h"
#include "core/load/live.h"
#include "core/load/metrics.h"
#include "core/load/route.h"
#include "core/load/tap.h"
#include "core/load/timers.h"
#include "core/load/transport.h"
#include "core/load/watch.h"

struct stk_worker;

enum stk_fetch_state { STK_FETCH_QUEUED, STK_FETCH_RUNNING, STK_FETCH_DONE };

/* One request of a VU with all its hops. Lives as long as the VU; memory is used again. */
struct stk_fetch {
	struct stk_vu *vu;
	const struct stk_request *request;
	enum stk_fetch_state state;
	struct stk_exchange exchange;
	struct stk_str url;          /* of this hop: the route's, or url_text; NUL-terminated */
	const struct stk_url *parts; /* of url: the route's, or own_parts */
	struct stk_buf url_text, scratch; /* text of header values made here */
	struct stk_url own_parts;
	struct stk_route *route; /* NULL: nothing is known about such requests, or a further hop */
	const struct stk_name *name;
	size_t series_key; /* + 1; 0: not looked up */
	const char *method;
	bool has_url, send_body, is_target, same_host;
	bool ok; /* the answer is as expected */
	int64_t deadline_ns, hops_left;
	STK_VEC(struct stk_name_value) out; /* header lines that go out */
};

/* Find out URL and host of the request that is set. */
void stk_fetch_prepare(struct stk_fetch *fetch);
/* Send its first hop; may be done at once (bad URL). */
void stk_fetch_start(struct stk_fetch *fetch);
void stk_fetch_cancel(struct stk_fetch *fetch);
/* The answer, once it is done: borrowed from the fetch. */
void stk_fetch_answer(const struct stk_fetch *fetch, struct stk_response *out);
void stk_fetch_release(struct stk_fetch *fetch);

enum stk_vu_wait { STK_WAIT_NOTHING, STK_WAIT_SLEEP, STK_WAIT_REQUESTS };
enum stk_vu_next { STK_NEXT_NOTHING, STK_NEXT_START, STK_NEXT_RESUME };

struct stk_vu {
	struct stk_timer timer; /* first: timers point at it */
	struct stk_worker *worker;
	void *state; /* the driver's; NULL: could not be opened */
	int64_t id;
	struct stk_iteration iteration;
	struct stk_executor *executor; /* NULL: idle, or setup and teardown */
	size_t slot;
	enum stk_vu_wait wait;
	enum stk_vu_next next;
	struct stk_vu *queue_prev, *queue_next; /* of the run queue, while next is set */
	bool in_iteration, counted, special_over;
	bool rests;   /* its iteration is over, min_iteration_ns are not */
	size_t entry; /* of the side schedule */
	int64_t intended_ns, iterations;
	int64_t *in_scenario; /* iterations by scenario */
	struct stk_buf group;
	struct stk_tags tags; /* of its own, owned text; those of scenario tags_scenario */
	int tags_scenario;
	struct stk_cookies jar;
	int64_t bytes_sent, bytes_received;
	STK_VEC(struct stk_fetch *) fetches;
	bool has_turn; /* under rps: the timer is for its next request */
	void *session; /* where the transport keeps its connections */
	size_t fetches_used, fetches_left;
};

struct stk_vu *stk_vu_new(struct stk_worker *worker, int64_t id, struct stk_err *err);
void stk_vu_free(struct stk_vu *vu);
/* Start or resume it, and take what comes of it. */
void stk_vu_run(struct stk_vu *vu);
/* Give up what it waits for, tell the driver. */
void stk_vu_cancel(struct stk_vu *vu);
/* Its turn under rps has come. */
void stk_vu_turn(struct stk_vu *vu);
/* Part of a stream is there for it, or all its answers are. */
void stk_vu_got(struct stk_vu *vu);
/* One of its fetches is done. */
void stk_vu_fetched(struct stk_vu *vu, struct stk_fetch *fetch);
/* Forget its own tags (vu_tags.c). */
void stk_vu_clear_tags(struct stk_vu *vu);
/* One sample for the sections of its scenario and group (sections.c); only if the plan
 * has_sections. group "": the scenario's alone. */
void stk_worker_section_add(struct stk_worker *worker, const struct stk_scenario *scenario,
	const char *group, int metric, double value);
void stk_vu_section_check(struct stk_vu *vu, const char *name, bool passed);
/* Tags of one sample beside those of the VU; extra, system tags, wins over tags. */
#define STK_VU_TAGS_EXTRA_MAX 9
struct stk_vu_tags {
	const struct stk_tag *extra;
	size_t extra_len;
	const struct stk_tag *tags;
	size_t tags_len;
	bool repeated; /* as with the sample before, at the same moment */
};
/* The tag of a side, NULL if samples do not carry it. */
const struct stk_tag *stk_engine_side_tag(const struct stk_engine *engine, int side);
/* A sample with the tags that belong to this VU now; tags may be NULL. */
void stk_vu_sample(struct stk_vu *vu, int metric, double value, const struct stk_vu_tags *tags);

/* Read by other threads while the worker counts. */
struct stk_tally {
	atomic_llong running, opened, iterations, interrupted, dropped, errors;
	atomic_llong requests, failed, checks_passed, checks_failed;
};

/* By its worker only: nobody else writes, so no bus is locked for it. */
static inline void stk_tally_add(atomic_llong *at, long long by)
{
	atomic_store_explicit(
		at, atomic_load_explicit(at, memory_order_relaxed) + by, memory_order_relaxed);
}

struct stk_entry_counts {
	int64_t requests, failed, iterations;
	struct stk_hist duration_ms;
};

struct stk_worker {
	struct stk_engine *engine;
	int index;
	pthread_t thread;
	bool has_thread;
	void *driver;
	bool driver_open;
	void *transport;
	struct stk_executor *executors; /* those this worker has a stripe of */
	size_t executors_len;
	STK_VEC(struct stk_vu *) vus;  /* all */
	STK_VEC(struct stk_vu *) free; /* taken by no executor; last in, first out */
	struct stk_vu *special;        /* worker 0: for setup and teardown */
	int64_t special_end_ns;        /* of the one that runs */
	struct stk_err special_err;    /* what it failed with */
	struct stk_watch_call call;
	struct stk_err err;           /* of the VU that runs */
	struct stk_response response; /* that it asked for last */
	struct stk_timers timers;
	struct stk_vu *queue_first, *queue_last;
	size_t queue_len;
	struct stk_counts *counts;
	struct stk_sections sections; /* if the plan has_sections */
	struct stk_tap_lane *lane;    /* NULL: no outputs */
	struct stk_series series;
	struct stk_live live; /* with opts.live */
	struct stk_failures failures;
	struct stk_hist lateness_ms;
	struct stk_hist lag_ms; /* of rounds of the loop: how long answers may have lain unseen */
	unsigned rounds;
	struct stk_routes routes;
	STK_VEC(struct stk_entry_counts) entries;
	size_t entry; /* current one of the side schedule */
	enum stk_stop stop_seen;
	int64_t end_seen_ns;
	bool paused;
	int64_t paused_seen_ns; /* by how much the plan was put off */
	int64_t next_second_ns;
	int64_t wall_ahead_ns;        /* of the monotonic clock, as of the last second */
	int64_t cpu_start_ns, cpu_ns; /* of the loop */
	int64_t planned;              /* starts of open models, once closed */
	struct stk_tally tally;
	pthread_mutex_t published_mutex;
	struct stk_metrics published; /* counts as of the last second */
};

int stk_worker_open(struct stk_worker *worker, struct stk_err *err); /* on its own thread */
void stk_worker_close(struct stk_worker *worker);                    /* on its own thread */
/* Setup or teardown for one side. */
int stk_worker_special(
	struct stk_worker *worker, enum stk_iteration_kind kind, int side, struct stk_err *err);
void stk_worker_begin(struct stk_worker *worker); /* the load starts at engine->start_mono_ns */
/* Run until until_ns or until all executors are over; true = over. */
bool stk_worker_loop(struct stk_worker *worker, int64_t until_ns);
/* Act on stk_engine_stop and stk_engine_end_at. */
void stk_worker_take_stop(struct stk_worker *worker, int64_t now_ns);
int64_t stk_worker_now(const struct stk_worker *worker);
void stk_worker_enqueue(struct stk_worker *worker, struct stk_vu *vu, enum stk_vu_next next);
void stk_worker_dequeue(struct stk_worker *worker, struct stk_vu *vu);
void stk_worker_warn(struct stk_worker *worker, const char *fmt, ...) STK_PRINTF(2, 3);

/* What is done each second, and with what the load ends (seconds.c). */
void stk_worker_second(struct stk_worker *worker);
void stk_worker_publish(struct stk_worker *worker);
void stk_engine_merge_published(const struct stk_engine *engine, struct stk_metrics *out);

/* Seconds over which the progress line takes its rate. */
enum { STK_RATE_WINDOW = 5 };

struct stk_engine {
	const struct stk_plan *plan;
	const struct stk_vu_driver *driver;
	struct stk_engine_opts opts;
	const struct stk_clock *clock;
	const struct stk_transport_ops *transport;
	struct stk_worker *workers;
	size_t workers_len;
	struct stk_scenario_shared *shared;                 /* by scenario */
	struct stk_tag *scenario_tags;                      /* by scenario: {scenario, name} */
	stk_system_tags all_system_tags;                    /* nothing needs to be left out */
	size_t has_group_tag, has_scenario_tag, has_ip_tag; /* 0 or 1 */
	atomic_bool checks_are_full;                        /* said once */
	struct stk_names names;
	struct stk_side_entry *schedule; /* STK_ENGINE_SCHEDULE_MAX; written before len grows */
	atomic_size_t schedule_len;
	atomic_int stop; /* enum stk_stop */
	atomic_llong end_ns;
	atomic_llong next_vu_id;
	atomic_int phase;
	atomic_bool wakeable, user_stopped, skip_teardown;
	/* Paused since, 0: not; and how long in all, up to the last time it went on. */
	atomic_llong paused_since_ns, paused_ns;
	atomic_llong turn_ns;  /* under rps: when the next request may go out */
	int64_t stop_seen_ns;  /* the watch's */
	STK_VEC(char *) hosts; /* that may be called */
	char *target_host[STK_SIDES];
	bool any_host;
	/* under mutex */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t opened, looped, closed;
	bool failed, started;
	struct stk_err err; /* of opening or setup */
	char *message;
	enum stk_end_reason reason;
	bool reason_set;
	double rate_per_s;
	int64_t start_mono_ns, start_wall_ns, end_mono_ns, end_wall_ns;
	bool setup_done[STK_SIDES];
	STK_VEC(bool) aborted;                /* by threshold */
	int64_t rate_window[STK_RATE_WINDOW]; /* requests by second, a ring */
	size_t rate_seconds;
};

/* The first reason counts. message may be NULL. */
void stk_engine_end(struct stk_engine *engine, enum stk_end_reason reason, enum stk_stop how,
	const char *message);
void stk_engine_wake(struct stk_engine *engine);
/* How long the load has been paused in all. */
int64_t stk_engine_paused_ns(const struct stk_engine *engine);
/* Whether requests may go to that host (with port or not). */
bool stk_engine_allows(const struct stk_engine *engine, const struct stk_url *url);

#endif
