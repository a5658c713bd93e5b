/* sender: a thread, a round of bodies, and what became of it. */
#include "core/export/sender.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/mem.h"

struct stk_sender {
	struct stk_sender_opts opts;
	struct stk_client *client; /* the thread's */
	pthread_t thread;
	atomic_int gives_up;   /* what is under way ends at once */
	pthread_mutex_t mutex; /* of all below */
	pthread_cond_t changed;
	struct stk_sender_round round;
	bool busy, is_last, quit, well;
	int64_t deadline_ns;    /* of the last round */
	int64_t rounds, failed; /* without repetitions */
	char why[256];          /* of the last failure */
};

static int64_t now_ns(void)
{
	return stk_clock_mono(stk_clock_system());
}

/* Until something changes or the time has come; with the mutex held. */
static void wait_until(struct stk_sender *sender, int64_t mono_ns)
{
	struct timespec until = {mono_ns / STK_NS_PER_S, mono_ns % STK_NS_PER_S};

	(void)pthread_cond_timedwait(&sender->changed, &sender->mutex, &until);
}

static int post_one(struct stk_sender *sender, const struct stk_buf *body,
	struct stk_http_response *response, struct stk_err *err)
{
	const struct stk_http_request request = {.method = "POST",
		.url = sender->opts.url,
		.headers = sender->opts.headers,
		.headers_len = sender->opts.headers_len,
		.body = stk_buf_str(body),
		.has_body = true,
		.user = sender->opts.user,
		.password = sender->opts.password,
		.timeout_ms = sender->opts.timeout_ms,
		.max_body = 64 * 1024};
	int rc = stk_client_send(sender->client, &request, response, err);

	return rc < 0 ? rc : stk_http_response_check(response, err);
}

/* Bodies from number *at on; *again_out: the one that failed may pass later. */
static int post_all(struct stk_sender *sender, size_t *at, bool *again_out, struct stk_err *err)
{
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	int rc = 0;

	for (; *at < sender->round.bodies.len; ++*at) {
		stk_err_clear(err);
		rc = post_one(sender, &sender->round.bodies.items[*at], &response, err);
		if (rc < 0) {
			*again_out = response.status >= 500 || response.status == 429 ||
				     stk_retry_wants(&response, err);
			break;
		}
	}
	stk_http_response_release(&response);
	return rc;
}

/* The last round is worth patience: nothing comes after it that would tell the same. */
static int post_round(struct stk_sender *sender, struct stk_err *err)
{
	const struct stk_retry retry = STK_RETRY_INIT;
	size_t at = 0;

	for (int n = 1;; n++) {
		bool again = false;
		int rc = post_all(sender, &at, &again, err);
		int64_t next_ns = now_ns() + stk_retry_pause_ns(&retry, n, NULL);

		if (rc == 0 || !again || !sender->is_last || next_ns >= sender->deadline_ns)
			return rc;
		stk_clock_sleep_until(stk_clock_system(), next_ns);
	}
}

static void release_round(struct stk_sender_round *round)
{
	for (size_t i = 0; i < round->bodies.len; i++)
		stk_buf_release(&round->bodies.items[i]);
	stk_vec_release(&round->bodies);
}

static void *sender_main(void *ctx)
{
	struct stk_sender *sender = ctx;

	(void)pthread_mutex_lock(&sender->mutex);
	for (;;) {
		struct stk_err err = STK_ERR_INIT;
		int rc;

		while (!sender->busy && !sender->quit)
			(void)pthread_cond_wait(&sender->changed, &sender->mutex);
		if (sender->quit)
			break;
		(void)pthread_mutex_unlock(&sender->mutex); /* busy: the round is ours */
		rc = post_round(sender, &err);
		(void)pthread_mutex_lock(&sender->mutex);
		release_round(&sender->round);
		sender->well = rc == 0;
		sender->failed += rc < 0;
		if (rc < 0)
			(void)snprintf(sender->why, sizeof sender->why, "%.*s",
				(int)sizeof sender->why - 1, err.msg);
		sender->busy = false;
		(void)pthread_cond_broadcast(&sender->changed);
	}
	(void)pthread_mutex_unlock(&sender->mutex);
	return NULL;
}

struct stk_sender *stk_sender_start(const struct stk_sender_opts *opts)
{
	struct stk_sender *sender = stk_xcalloc(1, sizeof *sender);
	struct stk_client_opts client = {.connect_timeout_ms = opts->timeout_ms,
		.max_parallel = 1,
		.interrupts = &sender->gives_up,
		.insecure_tls = opts->insecure_tls};
	pthread_condattr_t attr;

	sender->opts = *opts;
	sender->well = true;
	sender->client = stk_client_new(&client);
	(void)pthread_mutex_init(&sender->mutex, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&sender->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	if (pthread_create(&sender->thread, NULL, sender_main, sender) != 0)
		STK_BUG("no thread for output %s", opts->kind);
	return sender;
}

bool stk_sender_is_idle(struct stk_sender *sender)
{
	bool busy;

	(void)pthread_mutex_lock(&sender->mutex);
	busy = sender->busy;
	(void)pthread_mutex_unlock(&sender->mutex);
	return !busy;
}

bool stk_sender_is_well(struct stk_sender *sender)
{
	bool well;

	(void)pthread_mutex_lock(&sender->mutex);
	well = sender->well;
	(void)pthread_mutex_unlock(&sender->mutex);
	return well;
}

void stk_sender_post(struct stk_sender *sender, struct stk_sender_round *round_take)
{
	(void)pthread_mutex_lock(&sender->mutex);
	if (sender->busy)
		STK_BUG("output %s posts two rounds at once", sender->opts.kind);
	sender->round = *round_take;
	sender->busy = true;
	sender->rounds++;
	(void)pthread_cond_broadcast(&sender->changed);
	(void)pthread_mutex_unlock(&sender->mutex);
	*round_take = (struct stk_sender_round){STK_VEC_INIT};
}

static void wait_idle(struct stk_sender *sender, int64_t limit_ns)
{
	int64_t end_ns = now_ns() + limit_ns;

	(void)pthread_mutex_lock(&sender->mutex);
	while (sender->busy && now_ns() < end_ns)
		wait_until(sender, end_ns);
	if (sender->busy)
		atomic_store(&sender->gives_up, 1);
	while (sender->busy)
		(void)pthread_cond_wait(&sender->changed, &sender->mutex);
	atomic_store(&sender->gives_up, 0);
	(void)pthread_mutex_unlock(&sender->mutex);
}

void stk_sender_settle(struct stk_sender *sender)
{
	wait_idle(sender, sender->opts.timeout_ms * STK_NS_PER_MS);
}

void stk_sender_finish(struct stk_sender *sender, struct stk_sender_round *round_take)
{
	stk_sender_settle(sender);
	sender->is_last = true; /* idle: the thread reads it after the next post */
	sender->deadline_ns = now_ns() + sender->opts.finish_ns;
	stk_sender_post(sender, round_take);
	wait_idle(sender, sender->opts.finish_ns);
}

void stk_sender_stop(struct stk_sender *sender, struct stk_buf *said)
{
	if (!sender)
		return;
	stk_sender_settle(sender);
	(void)pthread_mutex_lock(&sender->mutex);
	sender->quit = true;
	(void)pthread_cond_broadcast(&sender->changed);
	(void)pthread_mutex_unlock(&sender->mutex);
	(void)pthread_join(sender->thread, NULL);
	if (said && sender->failed > 0)
		stk_buf_addf(said, "output %s: %lld of %lld pushes failed%s: %s\n",
			sender->opts.kind, (long long)sender->failed, (long long)sender->rounds,
			sender->well ? "" : ", the last one too, so the end is missing there",
			sender->why);
	stk_client_free(sender->client);
	release_round(&sender->round);
	(void)pthread_cond_destroy(&sender->changed);
	(void)pthread_mutex_destroy(&sender->mutex);
	free(sender);
}
