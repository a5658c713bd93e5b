/* feed: reads a load's tap on a thread of its own and feeds outputs. */
#ifndef STK_CORE_EXPORT_FEED_H
#define STK_CORE_EXPORT_FEED_H

#include "core/export/output.h"
#include "core/load/tap.h"

struct stk_feed;

/* Takes the outputs over, tap is borrowed. clock gives the time of the start. */
struct stk_feed *stk_feed_start(struct stk_tap *tap, const struct stk_output *outputs, size_t len,
	const struct stk_clock *clock);
/* Once nothing more comes into the tap: read what is in it, let every output finish, end the
 * thread, free. Appends a line to said for each thing that was lost or went wrong. NULL is fine. */
void stk_feed_stop(struct stk_feed *feed, struct stk_buf *said);

#endif
