/* service: the shop, one process of one side: answers requests and pushes its own profiles. */
#ifndef STK_CORE_DEMO_SERVICE_H
#define STK_CORE_DEMO_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/demo/plants.h"

struct stk_demo_service_opts {
	uint16_t port;                        /* on 127.0.0.1; 0 = a free one */
	const char *version;                  /* label of its profiles: "1.0", "1.1" */
	const struct stk_demo_plants *plants; /* what this side has planted; NULL none */
	const char *push_url; /* http://127.0.0.1:4040, /ingest is added; NULL: pushes nothing */
	const char *service;  /* service_name; NULL = shop */
	const char *labels;   /* more labels, "env=ci,team=a"; NULL none */
	int slice_s;          /* seconds a slice covers, on wall-clock multiples; 0 = 4 */
	int hz;               /* CPU ticks; 0 = 250 */
	uint64_t seed;        /* of the allocation sampler; 0 = from the kernel */
	/* Called once when it listens; may be NULL. */
	void (*ready)(uint16_t port, void *ctx);
	void *ctx;
};

/* Serve until SIGTERM or SIGINT (which it blocks and waits for), then push the rest and return.
 * Call from the only thread of the process. STK_E_IO when the port is taken. */
int stk_demo_service_run(
	const struct stk_demo_service_opts *opts, struct stk_err *err) STK_MUST_CHECK;

/* CPU time that one request of the usual mix costs on this machine, measured within this process
 * for about budget_ns of CPU time: what the load may be chosen by. */
int stk_demo_service_measure(
	int64_t budget_ns, int64_t *cpu_per_request_ns_out, struct stk_err *err) STK_MUST_CHECK;

#endif
