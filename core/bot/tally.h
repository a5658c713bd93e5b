/* tally: what the bot counts, in the text that Prometheus reads. */
#ifndef STK_CORE_BOT_TALLY_H
#define STK_CORE_BOT_TALLY_H

#include <stdatomic.h>

#include "core/base/buf.h"
#include "core/bot/queue.h"

/* One counter each; the names stand in tally.c. */
enum stk_tally_counter {
	STK_TALLY_QUEUED,
	STK_TALLY_SEEN,
	STK_TALLY_REVIVED,
	STK_TALLY_IGNORED,
	STK_TALLY_PING,
	STK_TALLY_UNSIGNED,
	STK_TALLY_MALFORMED,
	STK_TALLY_STALE,
	STK_TALLY_FOREIGN,
	STK_TALLY_FULL,
	STK_TALLY_FAILED,
	STK_TALLY_DONE,
	STK_TALLY_RETRIED,
	STK_TALLY_DEAD,
	STK_TALLY_HELP,
	STK_TALLY_RUN,
	STK_TALLY_ACCEPT,
	STK_TALLY_EXPLAIN,
	STK_TALLY_OTHER,
	STK_TALLY_REFUSED,
	STK_TALLY_POSTED,
	STK_TALLY_REJECTED,
	STK_TALLY_LEN
};

struct stk_tally {
	atomic_llong counts[STK_TALLY_LEN];
};

/* From any thread. */
void stk_tally_add(struct stk_tally *tally, enum stk_tally_counter counter);

/* Append all of them and the queue's state: text format 0.0.4. */
void stk_tally_format(
	struct stk_tally *tally, const struct stk_queue_counts *queue, struct stk_buf *buf);

#endif
