/* bot_priv: what the server and the workers share. */
#ifndef STK_CORE_BOT_BOT_PRIV_H
#define STK_CORE_BOT_BOT_PRIV_H

#include <pthread.h>

#include "core/bot/bot.h"
#include "core/bot/queue.h"
#include "core/bot/tally.h"
#include "core/http/server.h"

struct stk_bot {
	struct stk_bot_opts opts;
	char *url;
	struct stk_queue *queue;
	struct stk_ledger *ledger;
	struct stk_server *server;
	struct stk_tally tally;
	atomic_int interrupts; /* above 0: workers give up */
	pthread_mutex_t lock;  /* guards all below, and say */
	pthread_cond_t wake;
	bool is_stopping;
	int working; /* threads that have not ended */
	pthread_t *threads;
	size_t threads_len;
};

/* A line for people. */
void stk_bot_say(struct stk_bot *bot, const char *fmt, ...) STK_PRINTF(2, 3);
/* There is something in the queue. */
void stk_bot_wake(struct stk_bot *bot);
/* Wait for that, a quarter of a second at most; the caller holds lock. */
void stk_bot_wait(struct stk_bot *bot);
bool stk_bot_knows(const struct stk_bot *bot, const char *repository);

/* The handler of all requests; ctx is the bot. */
void stk_bot_receive(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx);

/* The body of a worker's thread; arg is the bot. */
void *stk_bot_work(void *arg);

/* An event older than this is not taken: a recorded request stays well signed for ever, but the
 * queue remembers what it saw only for 7 days. */
#define STK_BOT_STALE_NS (6 * 24 * 3600 * STK_NS_PER_S)

#endif
