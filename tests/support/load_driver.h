/* load_driver: a VU driver in C whose iterations follow a fixed list of steps, and logs them. */
#ifndef STK_TESTS_SUPPORT_LOAD_DRIVER_H
#define STK_TESTS_SUPPORT_LOAD_DRIVER_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "core/load/driver.h"
#include "core/load/engine.h"
#include "core/load/transport.h"

enum load_step_kind {
	LOAD_SLEEP,
	LOAD_GET,
	LOAD_REQUEST,
	LOAD_BATCH,
	LOAD_CHECK,
	LOAD_FAIL,
	LOAD_SPIN, /* until interrupted, as code that never waits */
	LOAD_ABORT
};

struct load_step {
	enum load_step_kind kind;
	int64_t ns;                  /* sleep */
	const char *url;             /* get, batch: all the same */
	struct stk_request *request; /* request, batch */
	size_t count;                /* batch */
	bool passed;                 /* check "step" */
};

struct load_log {
	int64_t vu, iter, iter_in_test, intended_ns, started_ns, ended_ns;
	int side, kind;
	bool cancelled;
};

struct load_driver {
	struct stk_vu_driver driver; /* pass &it.driver */
	const struct load_step *steps;
	size_t steps_len;
	const struct load_step *special; /* of setup and teardown */
	size_t special_len;
	pthread_mutex_t mutex;
	STK_VEC(struct load_log) log; /* in order of their end */
	/* what the last response of each iteration said, of the last one */
	int last_status, last_error_code;
	char last_body[64], last_error[64], last_url[128];
	int workers_open, vus_open; /* must be 0 at the end */
	volatile sig_atomic_t interrupted;
	atomic_bool spinning;
};

void load_driver_init(struct load_driver *driver, const struct load_step *steps, size_t steps_len);
void load_driver_release(struct load_driver *driver);

/* A transport for a fake clock: an exchange is answered 200 "ok" latency_ns after it was sent. */
struct load_fake {
	struct stk_fake_clock clock;
	int64_t latency_ns;
	int status; /* 0: 200, -1: there is no answer */
	int most_at_once; /* exchanges under way, at most */
	int sent;
};
/* One at a time in the process; the transport reads and writes *fake. */
const struct stk_transport_ops *load_fake_transport(struct load_fake *fake);

/* Run a plan (validated here) to its end in the caller on fake, and give the result. */
void load_run_fake(struct stk_plan *plan, struct load_driver *driver, struct load_fake *fake,
	struct stk_load_result *out);

#endif
