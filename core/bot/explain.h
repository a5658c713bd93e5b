/* explain: what a record knows of one function: numbers, the changed line, callers and callees. */
#ifndef STK_CORE_BOT_EXPLAIN_H
#define STK_CORE_BOT_EXPLAIN_H

#include "core/base/buf.h"
#include "core/bot/parcel.h"

struct stk_explain_opts {
	const char *function; /* as somebody wrote it: whole, or the end, or a part of a name */
	const char *blob;     /* ".../blob/SHA/" of the head; NULL: no links */
};

enum stk_explain_found {
	STK_EXPLAIN_NONE, /* no function of that name */
	STK_EXPLAIN_SEVERAL,
	STK_EXPLAIN_ONE
};

/* Whether a function is meant by what somebody wrote: its whole name or the end of it. */
bool stk_explain_means(struct stk_str wanted, struct stk_str name);

/* Append the answer as Markdown from which no name breaks out: the function, or the ones that may
 * be meant; nothing for NONE. A flame graph that is broken is left out. */
enum stk_explain_found stk_explain_format(const struct stk_run *run,
	const struct stk_parcel_record *record, const struct stk_explain_opts *opts,
	struct stk_buf *buf);

#endif
