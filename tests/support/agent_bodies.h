/* agent_bodies: the pprofs inside the request bodies that real profiling agents sent. */
#ifndef TESTS_SUPPORT_AGENT_BODIES_H
#define TESTS_SUPPORT_AGENT_BODIES_H

#include "core/base/buf.h"
#include "core/base/vec.h"

/* Views into body and, for a Push, into unpacked; both must outlive it. */
struct agent_bodies {
	struct stk_buf body, unpacked;
	STK_VEC(struct stk_str) pprofs;
	STK_VEC(struct stk_str) names; /* __name__ of its series, "" for an ingest */
};

/* Read tests/fixtures/agents/<agent>/<request>.body: an ingest (multipart or raw pprof) or a gzip'd
 * protobuf Push of several series. Fails the test when it cannot. */
void agent_bodies_read(struct agent_bodies *bodies, const char *agent, int request);
void agent_bodies_release(struct agent_bodies *bodies);

#endif
