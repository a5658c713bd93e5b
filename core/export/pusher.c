/* pusher: when a round is due, it is made and posted; the last one waits for the one before. */
#include "core/export/pusher.h"

#include "core/base/clock.h"

#define TIMEOUT_MS 5000
#define FINISH_NS  (10 * STK_NS_PER_S)

void stk_pusher_start(struct stk_pusher *pusher, struct stk_sender_opts *opts)
{
	opts->password = &pusher->password;
	opts->headers = pusher->headers.items.items;
	opts->headers_len = pusher->headers.items.len;
	opts->timeout_ms = TIMEOUT_MS;
	opts->finish_ns = FINISH_NS;
	pusher->sender = stk_sender_start(opts);
}

void stk_pusher_tick(void *ctx, struct stk_totals *totals, int64_t now_ns)
{
	struct stk_pusher *pusher = ctx;
	struct stk_sender_round round;

	if (pusher->next_ns == 0)
		pusher->next_ns = now_ns + pusher->interval_ns;
	if (now_ns < pusher->next_ns || !stk_sender_is_idle(pusher->sender))
		return;
	pusher->next_ns = now_ns + pusher->interval_ns;
	pusher->make_round(pusher, totals, false, &round);
	if (round.bodies.len > 0)
		stk_sender_post(pusher->sender, &round);
}

void stk_pusher_stop(void *ctx, struct stk_totals *totals, struct stk_buf *said)
{
	struct stk_pusher *pusher = ctx;
	struct stk_sender_round round;

	stk_sender_settle(pusher->sender);
	pusher->make_round(pusher, totals, true, &round);
	if (round.bodies.len > 0)
		stk_sender_finish(pusher->sender, &round);
	stk_sender_stop(pusher->sender, said);
	pusher->sender = NULL;
}

void stk_pusher_release(struct stk_pusher *pusher)
{
	stk_sender_stop(pusher->sender, NULL);
	stk_vec_release(&pusher->headers.items);
	stk_secret_release(&pusher->password);
	stk_arena_release(&pusher->settings.arena);
}
