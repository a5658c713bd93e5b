/* pusher: a thread that turns what samplers saw into pprof, slice by slice, and pushes it. */
#ifndef STK_CORE_DEMO_PUSHER_H
#define STK_CORE_DEMO_PUSHER_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/script/sampler.h"

struct stk_demo_pusher;

struct stk_demo_pusher_opts {
	const char *url;     /* http://127.0.0.1:4040; /ingest is added */
	const char *service; /* application name */
	const char *version; /* label; NULL none */
	const char *labels;  /* more of them, "a=b,c=d"; NULL none */
	int64_t slice_ns;    /* slices begin at multiples of it on the wall clock */
};

/* Start the thread; what opts point to must live until stop. */
int stk_demo_pusher_start(const struct stk_demo_pusher_opts *opts, struct stk_demo_pusher **out,
	struct stk_err *err) STK_MUST_CHECK;
/* From now on slices hold what this sampler saw, too; it must live until stop. Any thread. */
void stk_demo_pusher_add(struct stk_demo_pusher *pusher, struct stk_sampler *sampler);
/* Push the rest (a last, shorter slice), end the thread, free. NULL is fine. */
void stk_demo_pusher_stop(struct stk_demo_pusher *pusher);

/* The address that profiles go to:
 * URL/ingest?name=service{labels}&from=…&until=…&spyName=stoker. Appends. */
void stk_demo_pusher_address(const struct stk_demo_pusher_opts *opts, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out);

#endif
