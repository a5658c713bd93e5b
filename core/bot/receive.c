/* receive: requests of the webhook's sender, of Prometheus, and of who asks for health. */
#include <string.h>

#include "core/base/crypto.h"
#include "core/bot/bot_priv.h"

enum { ID_MAX = 64, EVENT_MAX = 64 };

#define JSON "application/json"

static void reply_word(struct stk_server_reply *reply, int status, const char *result)
{
	reply->status = status;
	reply->content_type = JSON;
	stk_buf_addf(&reply->body, "{\"result\":\"%s\"}\n", result);
}

static void reply_no(
	struct stk_bot *bot, struct stk_server_reply *reply, int status, const char *why)
{
	stk_tally_add(&bot->tally, status == 401 ? STK_TALLY_UNSIGNED : STK_TALLY_MALFORMED);
	reply->status = status;
	reply->content_type = JSON;
	stk_buf_addf(&reply->body, "{\"result\":\"refused\",\"why\":\"%s\"}\n", why);
}

static bool is_signed(const struct stk_bot *bot, const struct stk_server_request *request)
{
	struct stk_str header = stk_server_request_header(request, "x-hub-signature-256");
	bool fits = false;

	/* both are looked at, whichever fits: the time tells nothing */
	for (size_t i = 0; i < STK_ARRAY_LEN(bot->opts.secrets); i++)
		if (bot->opts.secrets[i])
			fits |= stk_crypto_is_signed(header, bot->opts.secrets[i], request->body);
	return fits;
}

/* A word of letters, digits, '-' and '_'. */
static bool is_word(struct stk_str text, size_t max)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_'))
			return false;
	}
	return text.len > 0 && text.len <= max;
}

static void reply_full(struct stk_bot *bot, struct stk_server_reply *reply)
{
	stk_tally_add(&bot->tally, STK_TALLY_FULL);
	reply_word(reply, 503, "full");
	stk_server_reply_header(reply, "Retry-After", "60");
}

/* Onto the disk, then the answer. */
static void enqueue(
	struct stk_bot *bot, const struct stk_queue_item *item, struct stk_server_reply *reply)
{
	enum stk_queue_added added = STK_QUEUE_FULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_queue_add(bot->queue, item, &added, &err) < 0) {
		stk_bot_say(bot, "delivery %.*s is not taken: %s", STK_STR_ARG(item->id), err.msg);
		stk_tally_add(&bot->tally, STK_TALLY_FAILED);
		reply_word(reply, 503, "failed");
		return;
	}
	switch (added) {
	case STK_QUEUE_ADDED:
	case STK_QUEUE_REVIVED:
		stk_tally_add(&bot->tally,
			added == STK_QUEUE_ADDED ? STK_TALLY_QUEUED : STK_TALLY_REVIVED);
		reply_word(reply, 202, "queued");
		stk_bot_wake(bot);
		break;
	case STK_QUEUE_SEEN:
		stk_tally_add(&bot->tally, STK_TALLY_SEEN);
		reply_word(reply, 200, "seen");
		break;
	case STK_QUEUE_FULL:
		reply_full(bot, reply);
		break;
	}
}

/* What is signed and read: for us or not. */
static void sort(struct stk_bot *bot, const struct stk_delivery *delivery,
	const struct stk_queue_item *item, struct stk_server_reply *reply)
{
	int64_t age = stk_clock_wall(bot->opts.clock) - delivery->at_ns;

	if (delivery->kind == STK_DELIVERY_PING) {
		stk_tally_add(&bot->tally, STK_TALLY_PING);
		reply_word(reply, 200, "pong");
	} else if (delivery->kind == STK_DELIVERY_IGNORED) {
		stk_tally_add(&bot->tally, STK_TALLY_IGNORED);
		reply_word(reply, 200, "ignored");
	} else if (!stk_bot_knows(bot, delivery->repository)) {
		stk_tally_add(&bot->tally, STK_TALLY_FOREIGN);
		reply_word(reply, 200, "repository not listed");
	} else if (age > STK_BOT_STALE_NS) {
		stk_tally_add(&bot->tally, STK_TALLY_STALE);
		reply_word(reply, 200, "too old");
	} else {
		enqueue(bot, item, reply);
	}
}

/* The signature is looked at before anything of the body is. */
static void take_webhook(struct stk_bot *bot, const struct stk_server_request *request,
	struct stk_server_reply *reply)
{
	struct stk_str type = stk_server_request_header(request, "content-type");
	struct stk_queue_item item = {.id = stk_server_request_header(request, "x-github-delivery"),
		.event = stk_server_request_header(request, "x-github-event"),
		.body = request->body};
	struct stk_delivery delivery;
	struct stk_str word;

	if (!is_signed(bot, request)) {
		reply_no(bot, reply, 401, "X-Hub-Signature-256 is missing or wrong");
		return;
	}
	(void)stk_str_cut(&type, ';', &word);
	if (!stk_str_eq_nocase(stk_str_trim(word), STK_STR(JSON))) {
		reply_no(bot, reply, 415, "content type application/json is wanted");
		return;
	}
	if (!is_word(item.id, ID_MAX) || !is_word(item.event, EVENT_MAX)) {
		reply_no(bot, reply, 400, "X-GitHub-Delivery or X-GitHub-Event is missing");
		return;
	}
	if (stk_delivery_parse(item.event, item.body, &delivery, NULL) < 0)
		reply_no(bot, reply, 400, "the body is not what the event should be");
	else
		sort(bot, &delivery, &item, reply);
	stk_delivery_release(&delivery);
}

static void tell_metrics(struct stk_bot *bot, struct stk_server_reply *reply)
{
	struct stk_queue_counts counts;

	if (stk_queue_count(bot->queue, &counts, NULL) < 0) {
		reply_word(reply, 503, "failed");
		return;
	}
	reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
	stk_tally_format(&bot->tally, &counts, &reply->body);
}

static void tell_health(struct stk_bot *bot, struct stk_server_reply *reply)
{
	struct stk_queue_counts counts;
	bool is_well = stk_queue_count(bot->queue, &counts, NULL) == 0;

	if (is_well && counts.waiting >= (int64_t)bot->opts.max_waiting)
		reply_word(reply, 503, "full");
	else
		reply_word(reply, is_well ? 200 : 503, is_well ? "ok" : "failed");
}

void stk_bot_receive(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	struct stk_bot *bot = ctx;
	bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

	if (stk_str_is(request->path, "/webhook")) {
		if (strcmp(request->method, "POST") == 0)
			take_webhook(bot, request, reply);
		else
			stk_server_reply_text(reply, 405, "text/plain", "POST is wanted\n");
	} else if (reads && stk_str_is(request->path, "/metrics")) {
		tell_metrics(bot, reply);
	} else if (reads && stk_str_is(request->path, "/healthz")) {
		tell_health(bot, reply);
	} else {
		stk_server_reply_text(reply, 404, "text/plain", "/webhook, /metrics, /healthz\n");
	}
}
