/* transport_auto: each exchange by the transport that fits it, both under one poll. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/proxy.h"
#include "core/load/coding.h"
#include "core/load/plain_priv.h"

/* libcurl's part is opened when the first exchange needs it. */
struct either {
	struct stk_transport_opts opts;
	struct stk_plain *plain;
	const struct stk_transport_ops *curl_ops;
	void *curl;
	struct stk_proxies proxies;
};

static int open_either(const struct stk_transport_opts *opts, void **out, struct stk_err *err)
{
	struct either *either = stk_xcalloc(1, sizeof *either);
	int rc = stk_plain_open(opts, &either->plain, err);

	if (rc < 0) {
		free(either);
		return rc;
	}
	either->opts = *opts;
	either->curl_ops = stk_transport_curl();
	stk_proxies_init(&either->proxies);
	*out = either;
	return 0;
}

static void close_either(void *ctx)
{
	struct either *either = ctx;

	if (either->curl)
		either->curl_ops->close(either->curl);
	stk_plain_close(either->plain);
	stk_proxies_release(&either->proxies);
	free(either);
}

/* Headers that ask for what only libcurl has: other protocols on the connection, other codings. */
static bool is_plain_header(const struct stk_name_value *field)
{
	switch (field->name.len) {
	case 2:
		return !stk_str_eq_nocase(field->name, STK_STR("te"));
	case 6:
		return !stk_str_eq_nocase(field->name, STK_STR("expect"));
	case 7:
		return !stk_str_eq_nocase(field->name, STK_STR("upgrade"));
	case 15:
		return !stk_str_eq_nocase(field->name, STK_STR("accept-encoding")) ||
		       stk_coding_knows(field->value);
	default:
		return true;
	}
}

static bool is_plain_host(struct stk_str host)
{
	for (size_t i = 0; i < host.len; i++) /* names in other letters, zones of addresses */
		if ((unsigned char)host.ptr[i] >= 0x80 || host.ptr[i] == '%')
			return false;
	return true;
}

static bool fits_plain(const struct either *either, const struct stk_exchange *exchange)
{
	const struct stk_url *url = exchange->parts;

	/* only plain makes heads, and it made this one for the same method, URL and headers */
	if (exchange->made_head && exchange->made_head->len > 0 && !exchange->digest)
		return true;
	if (exchange->digest || url->scheme.len != 4 || url->userinfo.ptr ||
		!is_plain_host(url->host))
		return false;
	if (either->proxies.http && stk_proxies_find(&either->proxies, url))
		return false;
	for (size_t i = 0; i < exchange->headers_len; i++)
		if (!is_plain_header(&exchange->headers[i]))
			return false;
	return true;
}

/* What hinders libcurl from being there is told by the exchange. */
static bool open_curl(struct either *either)
{
	if (either->curl)
		return true;
	if (either->curl_ops->open(&either->opts, &either->curl, NULL) < 0)
		return false;
	return stk_plain_watch_guest(either->plain, stk_transport_curl_fd(either->curl), NULL) == 0;
}

static void submit(void *ctx, struct stk_exchange *exchange)
{
	struct either *either = ctx;

	if (fits_plain(either, exchange) || !open_curl(either)) {
		exchange->route = either->plain;
		stk_plain_submit(either->plain, exchange);
		return;
	}
	exchange->route = either->curl;
	either->curl_ops->submit(either->curl, exchange);
}

static void cancel(void *ctx, struct stk_exchange *exchange)
{
	struct either *either = ctx;

	if (exchange->route == either->plain)
		stk_plain_cancel(either->plain, exchange);
	else
		either->curl_ops->cancel(either->curl, exchange);
}

static void finish(void *ctx, struct stk_exchange *exchange)
{
	struct either *either = ctx;

	if (exchange->route == either->plain)
		stk_plain_finish(exchange);
	else
		either->curl_ops->finish(either->curl, exchange);
}

static void poll_either(void *ctx, int64_t mono_ns)
{
	struct either *either = ctx;
	int64_t curl_ns;

	if (!either->curl) {
		stk_plain_poll(either->plain, mono_ns);
		return;
	}
	curl_ns = stk_transport_curl_next_ns(either->curl);
	stk_plain_poll(either->plain, curl_ns < mono_ns ? curl_ns : mono_ns);
	/* at once: it looks what is there */
	if (either->plain->guest_ready ||
		stk_transport_curl_next_ns(either->curl) <= stk_clock_mono(either->plain->clock))
		either->curl_ops->poll(either->curl, 0);
}

static void wake(void *ctx)
{
	struct either *either = ctx;

	stk_plain_wake(either->plain);
}

static void forget(void *ctx, void **session)
{
	struct either *either = ctx;

	stk_plain_forget(either->plain, session);
}

static const struct stk_transport_ops auto_ops = {
	.name = "auto",
	.open = open_either,
	.close = close_either,
	.submit = submit,
	.cancel = cancel,
	.finish = finish,
	.poll = poll_either,
	.wake = wake,
	.forget = forget,
};

const struct stk_transport_ops *stk_transport_auto(void)
{
	return &auto_ops;
}
