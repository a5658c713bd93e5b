/* fake_http: a scripted HTTP server for tests, on our own server. */
#include "tests/support/fake_http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/http/server.h"

struct fake_http {
	struct stk_server *server;
	pthread_mutex_t lock;
	struct fake_http_reply *replies;
	int *used;
	size_t len;
	STK_VEC(struct fake_http_request *) requests;
	char *url;
	uint16_t port;
};

static void record(struct fake_http *fake, const struct stk_server_request *request)
{
	struct fake_http_request *copy = stk_xcalloc(1, sizeof *copy);
	struct stk_buf headers = STK_BUF_EMPTY;

	copy->method = stk_xstrdup(request->method);
	copy->target = stk_str_dup(request->target);
	for (size_t i = 0; i < request->headers_len; i++)
		stk_buf_addf(&headers, "%.*s: %.*s\n", STK_STR_ARG(request->headers[i].name),
			STK_STR_ARG(request->headers[i].value));
	copy->headers = stk_buf_take(&headers, NULL);
	copy->body = stk_str_n(stk_str_dup(request->body), request->body.len);
	stk_vec_push(&fake->requests, copy);
}

static bool fits(const struct fake_http_reply *reply, const struct stk_server_request *request)
{
	size_t len = reply->path ? strlen(reply->path) : 0;

	if (reply->method && strcmp(reply->method, request->method) != 0)
		return false;
	if (!reply->path)
		return true;
	if (len && reply->path[len - 1] == '*')
		return stk_str_eq(
			stk_str_sub(request->path, 0, len - 1), stk_str_n(reply->path, len - 1));
	return stk_str_is(request->path, reply->path);
}

static void add_headers(struct stk_server_reply *out, const char *text)
{
	struct stk_str rest = stk_str_of(text), line;

	while (text && stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');
		char *name, *value;

		if (colon < 0)
			continue;
		name = stk_str_dup(stk_str_sub(line, 0, (size_t)colon));
		value = stk_str_dup(stk_str_trim(stk_str_skip(line, (size_t)colon + 1)));
		stk_server_reply_header(out, name, value);
		free(name);
		free(value);
	}
}

static void on_request(
	const struct stk_server_request *request, struct stk_server_reply *out, void *ctx)
{
	struct fake_http *fake = ctx;
	const struct fake_http_reply *reply = NULL;

	(void)pthread_mutex_lock(&fake->lock);
	record(fake, request);
	for (size_t i = 0; i < fake->len && !reply; i++) {
		if (!fits(&fake->replies[i], request) ||
			(fake->replies[i].times && fake->used[i] >= fake->replies[i].times))
			continue;
		fake->used[i]++;
		reply = &fake->replies[i];
	}
	(void)pthread_mutex_unlock(&fake->lock);
	if (!reply) {
		stk_server_reply_text(out, 404, "text/plain", "no such reply in the test");
		return;
	}
	out->status = reply->status;
	out->content_type = reply->content_type;
	stk_buf_add_str(&out->body, reply->body);
	if (reply->delay_ms > 0)
		stk_clock_sleep_until(stk_clock_system(),
			stk_clock_mono(stk_clock_system()) + reply->delay_ms * STK_NS_PER_MS);
	out->cut_after = reply->cut_after;
	add_headers(out, reply->headers);
}

struct fake_http *fake_http_start(const struct fake_http_reply *replies, size_t len)
{
	struct fake_http *fake = stk_xcalloc(1, sizeof *fake);
	struct stk_server_opts opts = {.handler = on_request, .ctx = fake, .threads = 0};
	struct stk_err err = STK_ERR_INIT;

	(void)pthread_mutex_init(&fake->lock, NULL);
	fake->replies = stk_xcalloc(len ? len : 1, sizeof *fake->replies);
	if (len)
		memcpy(fake->replies, replies, len * sizeof *replies);
	fake->used = stk_xcalloc(len ? len : 1, sizeof *fake->used);
	fake->len = len;
	if (stk_server_new(&opts, &fake->server, &err) < 0 ||
		stk_server_listen(fake->server, "127.0.0.1", 0, NULL, &fake->port, &err) < 0)
		STK_BUG("fake HTTP server: %s", err.msg);
	fake->url = stk_xasprintf("http://127.0.0.1:%u", (unsigned)fake->port);
	return fake;
}

void fake_http_stop(struct fake_http *fake)
{
	if (!fake)
		return;
	stk_server_stop(fake->server);
	for (size_t i = 0; i < fake->requests.len; i++) {
		struct fake_http_request *request = fake->requests.items[i];

		free((char *)request->method);
		free((char *)request->target);
		free((char *)request->headers);
		free((char *)request->body.ptr);
		free(request);
	}
	stk_vec_release(&fake->requests);
	free(fake->replies);
	free(fake->used);
	free(fake->url);
	(void)pthread_mutex_destroy(&fake->lock);
	free(fake);
}

uint16_t fake_http_port(const struct fake_http *fake)
{
	return fake->port;
}

const char *fake_http_url(const struct fake_http *fake)
{
	return fake->url;
}

size_t fake_http_len(struct fake_http *fake)
{
	size_t len;

	(void)pthread_mutex_lock(&fake->lock);
	len = fake->requests.len;
	(void)pthread_mutex_unlock(&fake->lock);
	return len;
}

const struct fake_http_request *fake_http_at(struct fake_http *fake, size_t i)
{
	const struct fake_http_request *request = NULL;

	(void)pthread_mutex_lock(&fake->lock);
	if (i < fake->requests.len)
		request = fake->requests.items[i];
	(void)pthread_mutex_unlock(&fake->lock);
	return request;
}

bool fake_http_has_header(struct fake_http *fake, size_t i, const char *name, const char *value)
{
	const struct fake_http_request *request = fake_http_at(fake, i);
	struct stk_str rest = stk_str_of(request ? request->headers : ""), line;

	while (stk_str_cut(&rest, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');

		if (colon < 0 ||
			!stk_str_eq_nocase(stk_str_sub(line, 0, (size_t)colon), stk_str_of(name)))
			continue;
		if (stk_str_is(stk_str_trim(stk_str_skip(line, (size_t)colon + 1)), value))
			return true;
	}
	return false;
}
