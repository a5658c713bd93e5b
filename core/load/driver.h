/* driver: what runs inside a VU, as the engine sees it, and what the engine offers to it.
 *
 * Per worker thread: worker_open, then for each VU vu_open, then start/resume/cancel, always
 * on that thread. A VU does one thing at a time: start or resume runs it until it waits for
 * something it asked for (stk_vu_sleep_until, stk_vu_submit) or ends. */
#ifndef STK_CORE_LOAD_DRIVER_H
#define STK_CORE_LOAD_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/load/plan.h"

struct stk_vu; /* the engine's part of a VU */
struct stk_cookies;

enum stk_vu_status {
	STK_VU_WAITING, /* exactly one of sleep_until and submit was called since start/resume */
	STK_VU_DONE,
	STK_VU_FAILED,     /* err says why; the iteration is over, the VU goes on */
	STK_VU_INTERRUPTED /* interrupt ended it */
};

enum stk_iteration_kind { STK_ITERATION_LOAD, STK_ITERATION_SETUP, STK_ITERATION_TEARDOWN };

/* Valid until the iteration ends. */
struct stk_iteration {
	enum stk_iteration_kind kind;
	const struct stk_scenario *scenario; /* NULL in setup and teardown */
	int scenario_index;                  /* in plan->scenarios; -1 in setup and teardown */
	int exec;
	int side;                 /* where its requests go */
	const char *base_url;     /* of that side, may be NULL */
	int64_t vu_id;            /* from 1, unique in the run; 0 in setup and teardown */
	int64_t iter;             /* of this VU, from 0, over all scenarios */
	int64_t iter_in_scenario; /* of this VU in this scenario */
	int64_t iter_in_test;     /* of the scenario over all VUs */
	int64_t intended_mono_ns, started_mono_ns;
};

struct stk_vu_driver {
	void *ctx;
	/* Once per worker thread, on it. */
	int (*worker_open)(void *ctx, int worker, void **worker_out, struct stk_err *err);
	void (*worker_close)(void *worker);
	/* vu is the handle for the calls below. One extra VU on worker 0 runs setup and teardown:
	 * what setup gives must be kept by the driver, per side; the engine orders memory so that
	 * every worker sees it before its first iteration. */
	int (*vu_open)(void *worker, struct stk_vu *vu, void **state_out, struct stk_err *err);
	void (*vu_close)(void *state);
	enum stk_vu_status (*start)(
		void *state, const struct stk_iteration *iteration, struct stk_err *err);
	/* What was asked for is there: the time has come, or all requests are answered. */
	enum stk_vu_status (*resume)(void *state, struct stk_err *err);
	/* End a waiting iteration now; requests under way were given up already. */
	void (*cancel)(void *state);
	/* The code that runs on this worker now is to end. Called on the worker's thread within a
	 * signal handler, inside of start, resume or vu_open; those then return STK_VU_INTERRUPTED
	 * or STK_E_ABORTED as soon as they can. NULL: cannot be done. */
	void (*interrupt)(void *worker);
};

/* --- what the engine offers; only inside start and resume of that VU --- */

int64_t stk_vu_now_ns(const struct stk_vu *vu);  /* monotonic, the engine's clock */
int64_t stk_vu_wall_ns(const struct stk_vu *vu); /* ns since 1970 */
int64_t stk_vu_id(const struct stk_vu *vu);
/* How far the scenario is, 0 to 1, by time or by iterations. */
double stk_vu_progress(const struct stk_vu *vu);
const struct stk_plan *stk_vu_plan(const struct stk_vu *vu);

/* Wait until then (past is fine: resumed in the next round). */
void stk_vu_sleep_until(struct stk_vu *vu, int64_t mono_ns);

struct stk_name_value { /* a header line, a cookie */
	struct stk_str name, value;
};

/* Everything is borrowed until the VU is resumed or cancelled. Zeroed = defaults. */
struct stk_request {
	const char *method;  /* "GET" */
	struct stk_str url;  /* absolute, or appended to base_url */
	struct stk_str name; /* the name tag; empty: path without query */
	const struct stk_name_value *headers;
	size_t headers_len;
	struct stk_cookies *jar;              /* instead of the VU's; NULL: that one */
	const struct stk_name_value *cookies; /* before those of the jar, for this request */
	size_t cookies_len;
	struct stk_str body;
	bool has_body;
	int64_t timeout_ns; /* 0: the plan's; redirects included */
	int64_t redirects;  /* most hops followed; 0: none; STK_UNSET: the plan's */
	const struct stk_status_range *expect; /* expected statuses; none: 200 to 399 */
	size_t expect_len;
	bool unjudged; /* see struct stk_expect */
	const struct stk_tag *tags;
	size_t tags_len;
	struct stk_str user, password; /* authentication if user.ptr is set: basic, or digest */
	bool digest;
	bool discard; /* do not keep the body */
	bool stream;  /* resume the VU also with each piece of the body: stk_vu_streamed */
};

struct stk_timings_ms {
	double blocked, connecting, tls_handshaking, sending, waiting, receiving, duration;
};

/* The last hop's answer. Its texts are valid until the VU waits again or its iteration ends. */
struct stk_response {
	int status;        /* 0: no answer */
	bool ok;           /* as expected */
	int error_code;    /* k6 2.5; 0: none */
	const char *error; /* "" if none */
	const char *proto; /* "HTTP/1.1"; "" without an answer */
	const char *remote_ip;
	struct stk_str url;  /* of the last hop, absolute */
	struct stk_str head; /* "Name: value\n" as sent, in order: stk_exchange_next_header */
	struct stk_str body; /* unpacked; empty with discard */
	struct stk_timings_ms timings;
};

/* Send len requests (1, or a batch: 20 at once, 6 per host); resumed when all are answered. */
void stk_vu_submit(struct stk_vu *vu, const struct stk_request *requests, size_t len);
/* --- one request whose body is taken while it comes (stream) --- */
/* What came and was not taken; valid until the VU waits again. */
struct stk_str stk_vu_streamed(const struct stk_vu *vu);
/* It was taken: empty it. */
void stk_vu_take_streamed(struct stk_vu *vu);
bool stk_vu_is_answered(const struct stk_vu *vu);
/* Wait for more, or for the end. */
void stk_vu_wait_stream(struct stk_vu *vu);
/* That was enough: resumed when the request is over, which is at once. */
void stk_vu_finish_stream(struct stk_vu *vu);

/* Answer number i of the last submit, after resume; valid until the next call for any VU of this
 * worker. */
const struct stk_response *stk_vu_response(const struct stk_vu *vu, size_t i);

/* What it was told to remember (core/load/cookies.h): sent with its next requests, forgotten when
 * an iteration begins unless the plan keeps them. */
struct stk_cookies *stk_vu_cookies(struct stk_vu *vu);

/* Add a sample of metric id (enum stk_metric_builtin, or from stk_plan_add_metric). Tags of run,
 * scenario and group are added by the engine. */
void stk_vu_add(
	struct stk_vu *vu, int metric, double value, const struct stk_tag *tags, size_t tags_len);
/* One named check: a sample of `checks` with tag check, and a line of the summary. */
void stk_vu_check(struct stk_vu *vu, struct stk_str name, bool passed, const struct stk_tag *tags,
	size_t tags_len);
/* A tag of all its samples from now on, over those of scenario and run, until it runs another
 * scenario: copied; value NULL takes it away. False: it has STK_VU_TAGS_MAX already. */
#define STK_VU_TAGS_MAX 32
bool stk_vu_set_tag(struct stk_vu *vu, const char *key, const char *value);
/* NULL: it has none of that name. Valid until it is set anew. */
const char *stk_vu_tag(const struct stk_vu *vu, const char *key);
/* The group samples belong to from now on: "" or "::outer::inner"; copied. Reset to "" at each
 * start. group_duration is the driver's to add (STK_METRIC_GROUP_DURATION, ms). */
void stk_vu_set_group(struct stk_vu *vu, struct stk_str path);
/* stoker.abort: stop gracefully, teardown runs; the first message is kept for the result. */
void stk_vu_abort(struct stk_vu *vu, const char *message);

#endif
