/* shop_server: handlers by path. */
#include "tests/support/shop_server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/http/server.h"

struct shop_server {
	struct stk_server *server;
	char *url;
	pthread_mutex_t lock;
	struct stk_buf log;
};

static void echo(const struct stk_server_request *request, struct stk_server_reply *reply)
{
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "%s %.*s\n", request->method, STK_STR_ARG(request->target));
	for (size_t i = 0; i < request->headers_len; i++)
		stk_buf_addf(&text, "%.*s: %.*s\n", STK_STR_ARG(request->headers[i].name),
			STK_STR_ARG(request->headers[i].value));
	stk_buf_add_byte(&text, '\n');
	stk_buf_add_str(&text, request->body);
	stk_server_reply_text(reply, 200, "text/plain", text.ptr);
	stk_buf_release(&text);
}

static void redirect(const struct stk_server_request *request, struct stk_server_reply *reply)
{
	int64_t hops = 0;
	char to[64];

	(void)!stk_str_to_i64(stk_str_skip(request->path, 10), &hops, NULL);
	snprintf(to, sizeof to, hops > 1 ? "/redirect/%d" : "/products", (int)hops - 1);
	stk_server_reply_text(reply, 302, "text/plain", "");
	stk_server_reply_header(reply, "Location", to);
}

/* The login answers with the user it was sent: {"user":"ann", ... */
static void login(const struct stk_server_request *request, struct stk_server_reply *reply)
{
	struct stk_str rest = request->body;
	ptrdiff_t at = stk_str_find(rest, STK_STR("\"user\":\""));
	char text[256];

	rest = at < 0 ? STK_STR("") : stk_str_skip(rest, (size_t)at + 8);
	ptrdiff_t end = stk_str_find_byte(rest, '"');
	snprintf(text, sizeof text, "{\"token\":\"t-1\",\"user\":\"%.*s\"}", end < 0 ? 0 : (int)end,
		rest.ptr ? rest.ptr : "");
	stk_server_reply_text(reply, 200, "application/json", text);
}

static void answer(const struct stk_server_request *request, struct stk_server_reply *reply)
{
	struct stk_str path = request->path;
	int64_t status = 404;

	if (stk_str_is(path, "/products") || stk_str_starts(path, "/products/"))
		stk_server_reply_text(reply, 200, "application/json",
			"{\"products\":[{\"id\":7,\"name\":\"tea\"}],\"total\":9007199254740993,"
			"\"none\":null,\"a/b\":{\"~\":[]}}");
	else if (stk_str_is(path, "/cart"))
		stk_server_reply_text(reply, 201, "application/json", "{\"state\":\"new\"}");
	else if (stk_str_is(path, "/login"))
		login(request, reply);
	else if (stk_str_is(path, "/inventory"))
		stk_server_reply_text(reply, 200, "application/json", "[1,2,3]");
	else if (stk_str_is(path, "/test-data"))
		reply->status = 204;
	else if (stk_str_is(path, "/text"))
		stk_server_reply_text(reply, 200, "text/plain", "hello");
	else if (stk_str_is(path, "/bad-json"))
		stk_server_reply_text(reply, 200, "application/json", "{\"a\":");
	else if (stk_str_is(path, "/cookie")) {
		stk_server_reply_text(reply, 200, "text/plain", "");
		stk_server_reply_header(reply, "Set-Cookie", "a=1; Path=/");
		stk_server_reply_header(reply, "Set-Cookie", "b=2; Path=/");
		stk_server_reply_header(reply, "X-Twice", "one");
		stk_server_reply_header(reply, "X-Twice", "two");
	} else if (stk_str_starts(path, "/echo"))
		echo(request, reply);
	else if (stk_str_starts(path, "/redirect/"))
		redirect(request, reply);
	else {
		if (stk_str_starts(path, "/status/"))
			(void)!stk_str_to_i64(stk_str_skip(path, 8), &status, NULL);
		stk_server_reply_text(reply, (int)status, "text/plain", "as asked");
	}
}

static void handle(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	struct shop_server *shop = ctx;

	pthread_mutex_lock(&shop->lock);
	stk_buf_addf(&shop->log, "%s %.*s\n", request->method, STK_STR_ARG(request->target));
	pthread_mutex_unlock(&shop->lock);
	answer(request, reply);
}

struct shop_server *shop_server_start(void)
{
	struct shop_server *shop = stk_xcalloc(1, sizeof *shop);
	struct stk_server_opts opts = {.handler = handle, .ctx = shop, .threads = 1};
	struct stk_err err = STK_ERR_INIT;
	uint16_t port = 0;

	pthread_mutex_init(&shop->lock, NULL);
	stk_buf_init(&shop->log, 64 << 20);
	if (stk_server_new(&opts, &shop->server, &err) < 0 ||
		stk_server_listen(shop->server, "127.0.0.1", 0, NULL, &port, &err) < 0)
		fail_msg("%s", err.msg);
	shop->url = stk_xasprintf("http://127.0.0.1:%d", port);
	return shop;
}

void shop_server_stop(struct shop_server *shop)
{
	if (!shop)
		return;
	stk_server_stop(shop->server);
	stk_buf_release(&shop->log);
	pthread_mutex_destroy(&shop->lock);
	free(shop->url);
	free(shop);
}

const char *shop_server_url(const struct shop_server *shop)
{
	return shop->url;
}

char *shop_server_log(struct shop_server *shop)
{
	pthread_mutex_lock(&shop->lock);
	char *log = stk_xstrdup(shop->log.ptr);
	pthread_mutex_unlock(&shop->lock);
	return log;
}

int64_t shop_server_count(struct shop_server *shop, const char *line)
{
	char *log = shop_server_log(shop);
	struct stk_str rest = stk_str_of(log), word;
	int64_t count = 0;

	while (stk_str_cut(&rest, '\n', &word))
		count += stk_str_is(word, line);
	free(log);
	return count;
}
