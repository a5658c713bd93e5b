/* bot: the webhook server and its workers: verify, put on disk, acknowledge, handle. */
#ifndef STK_CORE_BOT_BOT_H
#define STK_CORE_BOT_BOT_H

#include <stdint.h>

#include "core/bot/hub.h"
#include "core/bot/task.h"

/* All borrowed while the bot runs. 0 and NULL take the default. */
struct stk_bot_opts {
	const char *address; /* numeric; default 127.0.0.1 */
	uint16_t port;       /* 0: a free one */
	const char *data;    /* folder of the databases, made if absent */
	/* Of the webhook: the one in use, and the one before it while it is changed (may be unset).
	 */
	const struct stk_secret *secrets[2];
	const char *const *repositories; /* "owner/name"; a star as the name: all of an owner */
	size_t repositories_len;
	struct stk_hub_opts hub;       /* interrupts are filled in */
	struct stk_task_settings task; /* clock and interrupts are filled in */
	int workers;                   /* default 2 */
	size_t max_waiting;            /* deliveries in the queue; default 1,000 */
	int64_t first_pause_ns;        /* before a delivery is tried again; default 10 s */
	const struct stk_clock *clock;
	const atomic_int *interrupts; /* above 1 while it stops: what is in hand is given up */
	void (*say)(const char *line, void *ctx); /* one at a time, from any thread */
	void *ctx;
};

struct stk_bot;

/* Listen and work. STK_E_INVAL: no secret, no repository, an unfit one. */
int stk_bot_start(
	const struct stk_bot_opts *opts, struct stk_bot **out, struct stk_err *err) STK_MUST_CHECK;
const char *stk_bot_url(const struct stk_bot *bot); /* "http://127.0.0.1:8787"; borrowed */

/* Take no more requests, finish what is in hand, leave the rest in the queue; frees. NULL is fine.
 * What is given up is handled after the next start. */
void stk_bot_stop(struct stk_bot *bot);

#endif
