/* scrape_priv: what scrape.c and its collecting thread in scrape_thread.c share. */
#ifndef STK_CORE_SOURCE_SCRAPE_PRIV_H
#define STK_CORE_SOURCE_SCRAPE_PRIV_H

#include <pthread.h>

#include "core/base/str.h"
#include "core/source/source.h"

enum {
	STK_SCRAPE_CPU,
	STK_SCRAPE_HEAP,
	STK_SCRAPE_GOROUTINE,
	STK_SCRAPE_MUTEX,
	STK_SCRAPE_BLOCK,
	STK_SCRAPE_ENDPOINTS
};

struct stk_scrape_endpoint {
	const char *path; /* below /debug/pprof */
	const char *name; /* first part of its type ids */
	bool is_dump;     /* the state at one moment: two of them make a slice */
};
extern const struct stk_scrape_endpoint stk_scrape_endpoints[STK_SCRAPE_ENDPOINTS];

/* One answer of the target. A dump has the time at which it was taken in start_ns. */
struct stk_scrape_dump {
	int64_t border; /* number of the slice on the wall clock's grid */
	int64_t start_ns, end_ns;
	struct stk_str pprof; /* owned */
};
STK_VEC_TYPE(stk_scrape_dumps, struct stk_scrape_dump);

struct stk_scrape {
	struct stk_source base;
	char *url;
	int64_t slice_ns, interval_ns;
	bool is_started; /* owner's thread only */
	pthread_t thread;
	atomic_int stop;
	/* below: under lock */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool wanted[STK_SCRAPE_ENDPOINTS];
	bool is_reached;     /* the target has answered */
	struct stk_err last; /* of the newest request that went wrong */
	struct stk_scrape_dumps dumps[STK_SCRAPE_ENDPOINTS];
};

/* Begin to collect, once. 1: the target has answered, 0: not yet, or why it does not. */
int stk_scrape_start(struct stk_scrape *scrape, struct stk_err *err);
void stk_scrape_want(struct stk_scrape *scrape, int endpoint);
/* End the thread, also amid a request. */
void stk_scrape_stop(struct stk_scrape *scrape);

#endif
