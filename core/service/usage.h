/* usage: CPU time, memory and number of all processes below one process. */
#ifndef STK_CORE_SERVICE_USAGE_H
#define STK_CORE_SERVICE_USAGE_H

#include "core/base/vec.h"
#include "core/service/service.h"

/* A process that lived at some moment. */
struct stk_usage_process {
	pid_t pid;
	int64_t start_ticks; /* since boot: tells it from a later one of the same number */
	char name[16];       /* as the kernel has it, cut */
};
struct stk_usage_seen {
	int64_t at_ticks; /* since boot; 0: nothing was seen yet */
	STK_VEC(struct stk_usage_process) processes;
};

/* The sum over the living descendants of root (with root itself if with_root), each with what it
 * reaped itself; throttled_ns and restarts are -1. seen (may be NULL) is filled with them.
 * STK_E_IO when /proc cannot be read. */
struct stk_usage_query {
	pid_t root;
	bool with_root;
};
int stk_usage_read(const struct stk_usage_query *query, struct stk_usage_seen *seen,
	struct stk_service_usage *out, struct stk_err *err) STK_MUST_CHECK;

/* How many that had lived for five seconds at `before` are gone at `after` and have each another
 * one of their name in their place: workers that were replaced, not helpers that come and go. */
int stk_usage_count_restarts(
	const struct stk_usage_seen *before, const struct stk_usage_seen *after);

#endif
