/* transport_curl: exchanges over libcurl's multi, outcomes in k6's numbers (k6 2.2, 2.5). */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/http/multi.h"
#include "core/load/http1.h"
#include "core/load/transport.h"

struct slot {
	struct stk_multi_job job;
	struct stk_exchange *exchange;
	STK_VEC(struct stk_multi_header) headers;
	struct slot *next_idle;
};

struct transport {
	struct stk_multi *multi;
	struct slot *idle;
	STK_VEC(struct slot *) slots;
};

struct fault_text {
	int code;
	const char *text;          /* NULL: libcurl's own */
	enum stk_http1_fault same; /* the plain transport says the same */
};

static const struct fault_text faults[] = {
	[STK_MULTI_OK] = {0, ""},
	[STK_MULTI_OTHER] = {1000, NULL},
	[STK_MULTI_URL] = {1020, "invalid URL"},
	[STK_MULTI_SCHEME] = {1000, "unsupported protocol scheme"},
	[STK_MULTI_DNS] = {1101, "lookup: no such host"},
	[STK_MULTI_CONNECT] = {1210, NULL},
	[STK_MULTI_REFUSED] = {1212, "dial: connection refused"},
	[STK_MULTI_CONNECT_TIMEOUT] = {1211, "dial: i/o timeout"},
	[STK_MULTI_PROXY] = {1200, NULL},
	[STK_MULTI_TIMEOUT] = {1050, "request timeout"},
	[STK_MULTI_RESET] = {1220, "read: connection reset by peer"},
	[STK_MULTI_EMPTY] = {1000, NULL, STK_HTTP1_EMPTY},
	[STK_MULTI_CUT] = {1000, NULL, STK_HTTP1_CUT},
	[STK_MULTI_NOT_HTTP] = {1000, NULL, STK_HTTP1_NOT_HTTP},
	[STK_MULTI_LENGTH] = {1000, NULL, STK_HTTP1_LENGTH},
	[STK_MULTI_HEAD_LARGE] = {1000, NULL, STK_HTTP1_HEAD_SIZE},
	[STK_MULTI_TLS] = {1300, NULL},
	[STK_MULTI_NOT_TLS] = {1301, "tls: first record does not look like a TLS handshake"},
	[STK_MULTI_AUTHORITY] = {1310, "x509: unknown authority"},
	[STK_MULTI_HOSTNAME] = {1311, "x509: certificate doesn't match hostname"},
	[STK_MULTI_HTTP2] = {1600, NULL},
	[STK_MULTI_ENCODING] = {1701, NULL},
	[STK_MULTI_BLOCKED] = {1110, "the address is in a blacklisted range"},
	[STK_MULTI_TOO_LARGE] = {1000, NULL, STK_HTTP1_BODY_SIZE},
};

static double ms_between(int64_t from_us, int64_t to_us)
{
	return to_us > from_us ? (double)(to_us - from_us) / 1000.0 : 0;
}

/* libcurl 7.88 has no mark between sending and waiting: sending is 0, its time is in waiting. A
 * phase that was not reached lasts until the end. */
static void give_timings(const struct stk_multi_job *job, struct stk_timings_ms *out)
{
	bool connected = job->pretransfer_us > 0;
	int64_t sent = connected ? job->pretransfer_us : job->total_us;
	int64_t first = job->first_byte_us > 0 ? job->first_byte_us : job->total_us;

	out->blocked = ms_between(0, sent);
	out->connecting = job->reused ? 0 : ms_between(job->name_us, job->connect_us);
	out->tls_handshaking = job->reused ? 0 : ms_between(job->connect_us, job->tls_us);
	out->sending = 0;
	out->waiting = connected ? ms_between(sent, first) : 0;
	out->receiving = connected ? ms_between(first, job->total_us) : 0;
	out->duration = out->waiting + out->receiving;
}

static void give_fault(const struct stk_multi_job *job, struct stk_exchange *exchange)
{
	const struct fault_text *fault = &faults[job->fault];
	const char *text = fault->text ? fault->text : job->text;

	if (fault->same != STK_HTTP1_OK)
		text = stk_http1_fault_text(fault->same);
	exchange->error_code = fault->code;
	if (job->fault == STK_MULTI_ENCODING)
		(void)snprintf(exchange->error, sizeof exchange->error,
			"error decompressing response body (%.100s)", text);
	else
		(void)snprintf(exchange->error, sizeof exchange->error, "%s%.120s",
			job->fault == STK_MULTI_PROXY ? "proxyconnect: " : "", text);
	if (job->fault == STK_MULTI_TOO_LARGE) /* so much of it helps nobody */
		stk_buf_release(&exchange->body_out);
	exchange->status = 0;
}

static void give_answer(const struct stk_multi_job *job, struct stk_exchange *exchange)
{
	exchange->status = job->status;
	exchange->tls_version = job->tls_version;
	(void)snprintf(exchange->proto, sizeof exchange->proto, "%s",
		job->http_version == 20   ? "HTTP/2.0"
		: job->http_version == 10 ? "HTTP/1.0"
					  : "HTTP/1.1");
	if (job->status >= 400)
		exchange->error_code = 1000 + job->status;
}

static void give_slot(struct transport *transport, struct slot *slot)
{
	slot->exchange->priv = NULL;
	slot->exchange = NULL;
	slot->next_idle = transport->idle;
	transport->idle = slot;
}

static void job_done(struct stk_multi_job *job)
{
	struct slot *slot = (struct slot *)(void *)job; /* its first member */
	struct stk_exchange *exchange = slot->exchange;
	struct transport *transport = job->owner;
	struct stk_str cookie;

	(void)snprintf(exchange->remote_ip, sizeof exchange->remote_ip, "%s", job->remote_ip);
	exchange->bytes_sent = job->bytes_sent;
	exchange->bytes_received = job->bytes_received;
	give_timings(job, &exchange->timings);
	if (job->fault != STK_MULTI_OK)
		give_fault(job, exchange);
	else
		give_answer(job, exchange);
	exchange->sets_cookies = stk_exchange_header(exchange, "set-cookie", &cookie);
	give_slot(transport, slot);
	exchange->done(exchange);
}

static void job_got(struct stk_multi_job *job)
{
	struct slot *slot = (struct slot *)(void *)job; /* its first member */

	slot->exchange->got(slot->exchange);
}

static struct slot *take_slot(struct transport *transport)
{
	struct slot *slot = transport->idle;

	if (slot) {
		transport->idle = slot->next_idle;
		return slot;
	}
	slot = stk_xcalloc(1, sizeof *slot);
	stk_vec_push(&transport->slots, slot);
	return slot;
}

static int open_curl(const struct stk_transport_opts *opts, void **out, struct stk_err *err)
{
	struct transport *transport = stk_xcalloc(1, sizeof *transport);
	const struct stk_multi_opts multi = {opts->clock, opts->user_agent, opts->net};
	int rc = stk_multi_new(&multi, &transport->multi, err);

	if (rc < 0) {
		free(transport);
		return rc;
	}
	*out = transport;
	return 0;
}

static void close_curl(void *ctx)
{
	struct transport *transport = ctx;

	stk_multi_free(transport->multi);
	for (size_t i = 0; i < transport->slots.len; i++) {
		stk_vec_release(&transport->slots.items[i]->headers);
		free(transport->slots.items[i]);
	}
	stk_vec_release(&transport->slots);
	free(transport);
}

static void submit(void *ctx, struct stk_exchange *exchange)
{
	struct transport *transport = ctx;
	struct slot *slot = take_slot(transport);
	struct stk_multi_job *job = &slot->job;

	slot->exchange = exchange;
	exchange->priv = slot;
	stk_vec_clear(&slot->headers);
	for (size_t i = 0; i < exchange->headers_len; i++)
		stk_vec_push(&slot->headers, (struct stk_multi_header){exchange->headers[i].name,
						     exchange->headers[i].value});
	job->method = exchange->method;
	job->url = exchange->url;
	job->headers = slot->headers.items;
	job->headers_len = slot->headers.len;
	job->body = exchange->body;
	job->has_body = exchange->has_body;
	job->head_out = &exchange->head;
	job->body_out = exchange->keep_body ? &exchange->body_out : NULL;
	exchange->body_out.limit = exchange->max_body;
	job->timeout_ns = exchange->timeout_ns;
	job->shares = exchange->is_batched;
	job->user = exchange->digest ? exchange->user : (struct stk_str){NULL, 0};
	job->password = exchange->digest ? exchange->password : (struct stk_str){NULL, 0};
	job->done = job_done;
	job->got = exchange->got ? job_got : NULL;
	job->owner = transport;
	stk_multi_submit(transport->multi, job);
}

static void cancel(void *ctx, struct stk_exchange *exchange)
{
	struct transport *transport = ctx;
	struct slot *slot = exchange->priv;

	if (!slot)
		return;
	stk_multi_cancel(transport->multi, &slot->job);
	give_slot(transport, slot);
}

static void finish(void *ctx, struct stk_exchange *exchange)
{
	struct transport *transport = ctx;
	struct slot *slot = exchange->priv;

	if (slot)
		stk_multi_finish(transport->multi, &slot->job);
}

static void poll_curl(void *ctx, int64_t mono_ns)
{
	struct transport *transport = ctx;

	stk_multi_poll(transport->multi, mono_ns);
}

static void wake(void *ctx)
{
	struct transport *transport = ctx;

	stk_multi_wake(transport->multi);
}

int stk_transport_curl_fd(const void *ctx)
{
	const struct transport *transport = ctx;

	return stk_multi_fd(transport->multi);
}

int64_t stk_transport_curl_next_ns(const void *ctx)
{
	const struct transport *transport = ctx;

	return stk_multi_next_ns(transport->multi);
}

static const struct stk_transport_ops curl_ops = {
	.name = "curl",
	.open = open_curl,
	.close = close_curl,
	.submit = submit,
	.cancel = cancel,
	.finish = finish,
	.poll = poll_curl,
	.wake = wake,
};

const struct stk_transport_ops *stk_transport_curl(void)
{
	return &curl_ops;
}
