/* folded_push: folded text and lines as /ingest takes them, made into a pprof. */
#ifndef STK_CORE_SERVER_FOLDED_PUSH_H
#define STK_CORE_SERVER_FOLDED_PUSH_H

#include "core/server/ingest_name.h"

struct stk_folded_push {
	struct stk_str text;
	bool lines;          /* one stack per line, each counts 1; else "a;b 12" */
	int64_t sample_rate; /* Hz; 0: cpu stays a count */
	int64_t time_ns;
	const struct stk_ingest_suffix *suffix;
};

/* Append the gzip-less pprof of the text. Upstream's leniency: lines without a blank are skipped,
 * zero and negative counts vanish, CR LF is fine, ";x" has an empty first frame, "x;" is "x".
 * STK_E_FORMAT: a count that is no integer. */
int stk_folded_push_encode(const struct stk_folded_push *push, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
