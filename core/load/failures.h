/* failures: why requests failed, by reason, for the end of a run to say. */
#ifndef STK_CORE_LOAD_FAILURES_H
#define STK_CORE_LOAD_FAILURES_H

#include <stdint.h>

#include "core/base/buf.h"

/* So many reasons are told apart; a server that makes up more of them is counted as "other". */
#define STK_FAILURES_MAX 16

struct stk_failure {
	int status, error_code;
	int64_t count;
	char text[160]; /* empty for an answer with a status */
};

/* By value; one writer. Zeroed is empty. */
struct stk_failures {
	struct stk_failure items[STK_FAILURES_MAX];
	size_t len;
	int64_t others;
	int64_t unsent; /* of these; no sample of http_reqs has them */
};

/* One failed request: its status (0: no answer), k6's number, and the text that goes with it. */
void stk_failures_add(struct stk_failures *failures, int status, int error_code, const char *text);
void stk_failures_merge(struct stk_failures *into, const struct stk_failures *from);
/* Append "3 of 9 requests failed: request timeout (1050) 2 times, status 503 (1503) once",
 * the most frequent first; requests is how many were sent. Nothing, if none failed. */
void stk_failures_say(const struct stk_failures *failures, int64_t requests, struct stk_buf *out);

#endif
