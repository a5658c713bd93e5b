/* bot: start, stop, and who is served. */
#include "core/bot/bot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/bot/bot_priv.h"
#include "core/publish/ci.h"
#include "core/report/text.h"

#define BODY_MAX                                                                                   \
	((size_t)1 << 20) /* the events that matter have 30 KB; GitHub sends up to 25 MB           \
			   */

enum { WORKERS = 2, WORKERS_MAX = 16, WAITING_MAX = 1000, CONNECTIONS_MAX = 200, IDLE_S = 10 };
enum { SERVER_THREADS = 2 };

void stk_bot_say(struct stk_bot *bot, const char *fmt, ...)
{
	struct stk_buf plain = STK_BUF_EMPTY;
	char line[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args); /* cut if long */
	va_end(args);
	/* errors repeat what a record or a comment says */
	stk_text_add_plain(&plain, stk_str_of(line));
	(void)pthread_mutex_lock(&bot->lock);
	if (bot->opts.say)
		bot->opts.say(plain.ptr, bot->opts.ctx);
	(void)pthread_mutex_unlock(&bot->lock);
	stk_buf_release(&plain);
}

void stk_bot_wake(struct stk_bot *bot)
{
	(void)pthread_mutex_lock(&bot->lock);
	(void)pthread_cond_signal(&bot->wake);
	(void)pthread_mutex_unlock(&bot->lock);
}

/* "acme/shop", or all of an owner: a name that is a star. */
static bool is_rule(struct stk_str rule)
{
	ptrdiff_t slash = stk_str_find_byte(rule, '/');
	bool is_fit;
	char *any;

	if (!stk_str_ends(rule, "/*"))
		return stk_ci_is_repository(rule);
	any = stk_xasprintf("%.*s/x", (int)slash, rule.ptr);
	is_fit = stk_ci_is_repository(stk_str_of(any));
	free(any);
	return is_fit;
}

bool stk_bot_knows(const struct stk_bot *bot, const char *repository)
{
	struct stk_str name = stk_str_of(repository);
	ptrdiff_t slash = stk_str_find_byte(name, '/');

	for (size_t i = 0; i < bot->opts.repositories_len; i++) {
		struct stk_str rule = stk_str_of(bot->opts.repositories[i]);

		if (stk_str_eq_nocase(rule, name))
			return true;
		if (stk_str_ends(rule, "/*") && slash > 0 &&
			stk_str_eq_nocase(stk_str_sub(rule, 0, rule.len - 2),
				stk_str_sub(name, 0, (size_t)slash)))
			return true;
	}
	return false;
}

static int check(const struct stk_bot_opts *opts, struct stk_err *err)
{
	bool has_secret = false;

	for (size_t i = 0; i < STK_ARRAY_LEN(opts->secrets); i++)
		has_secret |= opts->secrets[i] && stk_secret_is_set(opts->secrets[i]);
	if (!has_secret)
		return stk_err_set(
			err, STK_E_INVAL, "a webhook without a secret would obey everybody");
	if (opts->repositories_len == 0)
		return stk_err_set(err, STK_E_INVAL, "which repositories are served?");
	for (size_t i = 0; i < opts->repositories_len; i++)
		if (!is_rule(stk_str_of(opts->repositories[i])))
			return stk_err_set(err, STK_E_INVAL,
				"'%s': OWNER/NAME or OWNER/* is wanted", opts->repositories[i]);
	if (opts->workers < 0 || opts->workers > WORKERS_MAX)
		return stk_err_set(err, STK_E_INVAL, "1 to %d workers", WORKERS_MAX);
	return 0;
}

static void fill_in(struct stk_bot *bot)
{
	struct stk_bot_opts *opts = &bot->opts;

	opts->clock = opts->clock ? opts->clock : stk_clock_system();
	opts->address = opts->address ? opts->address : "127.0.0.1";
	opts->workers = opts->workers ? opts->workers : WORKERS;
	opts->max_waiting = opts->max_waiting ? opts->max_waiting : WAITING_MAX;
	opts->hub.clock = opts->clock;
	opts->hub.interrupts = &bot->interrupts;
	opts->task.clock = opts->clock;
	opts->task.interrupts = &bot->interrupts;
}

static int open_data(struct stk_bot *bot, struct stk_err *err)
{
	char *queue = stk_fs_join(bot->opts.data, "queue.db");
	char *ledger = stk_fs_join(bot->opts.data, "ledger.db");
	struct stk_queue_opts queue_opts = {.path = queue,
		.clock = bot->opts.clock,
		.max_waiting = bot->opts.max_waiting,
		.first_pause_ns = bot->opts.first_pause_ns};
	struct stk_ledger_opts ledger_opts = {.path = ledger, .clock = bot->opts.clock};
	int rc = stk_fs_mkdirs(bot->opts.data, err);

	if (rc == 0)
		rc = stk_queue_open(&queue_opts, &bot->queue, err);
	if (rc == 0)
		rc = stk_ledger_open(&ledger_opts, &bot->ledger, err);
	free(queue);
	free(ledger);
	return rc;
}

static int start_workers(struct stk_bot *bot, struct stk_err *err)
{
	int rc = 0;

	(void)pthread_mutex_lock(&bot->lock);
	bot->threads = stk_xcalloc((size_t)bot->opts.workers, sizeof *bot->threads);
	while (bot->threads_len < (size_t)bot->opts.workers) {
		if (pthread_create(&bot->threads[bot->threads_len], NULL, stk_bot_work, bot) != 0) {
			rc = stk_err_set(err, STK_E_IO, "no thread for a worker");
			break;
		}
		bot->threads_len++;
		bot->working++;
	}
	(void)pthread_mutex_unlock(&bot->lock);
	return rc;
}

static int listen_on(struct stk_bot *bot, struct stk_err *err)
{
	struct stk_server_opts opts = {.handler = stk_bot_receive,
		.ctx = bot,
		.threads = SERVER_THREADS,
		.max_body = BODY_MAX,
		.max_connections = CONNECTIONS_MAX,
		.idle_timeout_s = IDLE_S};
	const char *address = bot->opts.address;
	bool is_v6 = strchr(address, ':') != NULL;
	uint16_t port = 0;
	int rc = stk_server_new(&opts, &bot->server, err);

	if (rc == 0)
		rc = stk_server_listen(bot->server, address, bot->opts.port, NULL, &port, err);
	if (rc == 0)
		bot->url = stk_xasprintf("http://%s%s%s:%u", is_v6 ? "[" : "", address,
			is_v6 ? "]" : "", (unsigned)port);
	return rc;
}

static void make_lock(struct stk_bot *bot)
{
	pthread_condattr_t attr;

	(void)pthread_mutex_init(&bot->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&bot->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
}

int stk_bot_start(const struct stk_bot_opts *opts, struct stk_bot **out, struct stk_err *err)
{
	struct stk_bot *bot;
	struct stk_hub *trial = NULL;
	int rc = check(opts, err);

	if (rc < 0)
		return rc;
	bot = stk_xcalloc(1, sizeof *bot);
	bot->opts = *opts;
	make_lock(bot);
	fill_in(bot);
	/* a key that cannot sign is told now, not at the first webhook */
	rc = stk_hub_new(&bot->opts.hub, &trial, err);
	stk_hub_free(trial);
	if (rc == 0)
		rc = open_data(bot, err);
	if (rc == 0)
		rc = start_workers(bot, err);
	if (rc == 0)
		rc = listen_on(bot, err);
	if (rc < 0) {
		stk_bot_stop(bot);
		return rc;
	}
	*out = bot;
	return 0;
}

const char *stk_bot_url(const struct stk_bot *bot)
{
	return bot->url;
}

void stk_bot_stop(struct stk_bot *bot)
{
	if (!bot)
		return;
	stk_server_stop(bot->server);
	(void)pthread_mutex_lock(&bot->lock);
	bot->is_stopping = true;
	(void)pthread_cond_broadcast(&bot->wake);
	while (bot->working > 0) {
		if (bot->opts.interrupts && atomic_load(bot->opts.interrupts) > 1)
			atomic_store(&bot->interrupts, 1);
		stk_bot_wait(bot);
	}
	(void)pthread_mutex_unlock(&bot->lock);
	for (size_t i = 0; i < bot->threads_len; i++)
		(void)pthread_join(bot->threads[i], NULL);
	stk_ledger_close(bot->ledger);
	stk_queue_close(bot->queue);
	(void)pthread_cond_destroy(&bot->wake);
	(void)pthread_mutex_destroy(&bot->lock);
	free(bot->threads);
	free(bot->url);
	free(bot);
}
