/* pusher: totals to a server every few seconds: what the outputs that post states have in common.
 */
#ifndef STK_CORE_EXPORT_PUSHER_H
#define STK_CORE_EXPORT_PUSHER_H

#include "core/export/output.h"
#include "core/export/sender.h"
#include "core/export/settings.h"

/* The first member of such an output, so that it is the output's ctx too. */
struct stk_pusher {
	struct stk_settings settings;
	struct stk_settings_headers headers;
	struct stk_secret password;
	struct stk_sender *sender;
	int64_t interval_ns, next_ns;
	/* Bodies of what the server does not know yet, or of everything; none: nothing is posted.
	 */
	void (*make_round)(struct stk_pusher *pusher, struct stk_totals *totals, bool is_last,
		struct stk_sender_round *out);
};

/* opts has what the output knows; header lines, password and times are filled in. */
void stk_pusher_start(struct stk_pusher *pusher, struct stk_sender_opts *opts);
/* As in stk_output_ops. A round is left out while the one before is under way. */
void stk_pusher_tick(void *ctx, struct stk_totals *totals, int64_t now_ns);
/* As in stk_output_ops: at most 5 s for what is under way and 10 s for the last round. */
void stk_pusher_stop(void *ctx, struct stk_totals *totals, struct stk_buf *said);
/* Also after a start that failed. */
void stk_pusher_release(struct stk_pusher *pusher);

#endif
