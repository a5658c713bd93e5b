/* multi: many HTTP exchanges at once on one thread, libcurl's multi interface under epoll. */
#ifndef STK_CORE_HTTP_MULTI_H
#define STK_CORE_HTTP_MULTI_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/http/net.h"

enum stk_multi_fault {
	STK_MULTI_OK,
	STK_MULTI_OTHER,
	STK_MULTI_URL,
	STK_MULTI_SCHEME,
	STK_MULTI_DNS,
	STK_MULTI_CONNECT, /* other than below */
	STK_MULTI_REFUSED,
	STK_MULTI_CONNECT_TIMEOUT,
	STK_MULTI_PROXY, /* no connection to the proxy */
	STK_MULTI_TIMEOUT,
	STK_MULTI_RESET,
	STK_MULTI_EMPTY, /* closed without an answer */
	STK_MULTI_CUT,   /* closed in the middle of one */
	STK_MULTI_NOT_HTTP,
	STK_MULTI_LENGTH,     /* Content-Length is no number, or there are two */
	STK_MULTI_HEAD_LARGE, /* over the limit of head_out or libcurl's */
	STK_MULTI_TLS,
	STK_MULTI_NOT_TLS,
	STK_MULTI_AUTHORITY,
	STK_MULTI_HOSTNAME,
	STK_MULTI_HTTP2,
	STK_MULTI_ENCODING,
	STK_MULTI_BLOCKED, /* stk_net_blocks_address */
	STK_MULTI_TOO_LARGE
};

struct stk_multi_header {
	struct stk_str name, value;
};

/* One exchange: never follows redirects, keeps no cookies. The caller owns it, and keeps it
 * and what it borrows from stk_multi_submit until done was called or it was cancelled. */
struct stk_multi_job {
	/* in */
	const char *method;
	const char *url;
	const struct stk_multi_header *headers; /* no user-agent of its own is sent beside these */
	size_t headers_len;
	struct stk_str body;
	bool has_body;
	struct stk_buf *head_out; /* header lines of the final answer, "Name: value\n" each */
	struct stk_buf *body_out; /* NULL: count and drop; over its limit: STK_MULTI_TOO_LARGE */
	struct stk_str user, password; /* for digest authentication; user.ptr NULL: none */
	/* One of several at once: it waits whether a connection that is being opened can take it,
	 * too (HTTP/2), before it opens one more. https only. */
	bool shares;
	int64_t timeout_ns;
	void (*done)(struct stk_multi_job *job); /* within stk_multi_poll; may submit again */
	void (*got)(struct stk_multi_job *job); /* within it too: body_out has grown; may be NULL */
	void *owner;
	/* out; times in µs from submit as libcurl measures them, 0 for what was not reached */
	enum stk_multi_fault fault;
	char text[160]; /* of the fault, libcurl's words */
	int status;
	int http_version;        /* 10, 11, 20 */
	const char *tls_version; /* "tls1.3", static; NULL: no TLS, or no answer */
	char remote_ip[48];
	bool reused; /* the connection was there already */
	int64_t name_us, connect_us, tls_us, pretransfer_us, first_byte_us, total_us;
	int64_t bytes_sent, bytes_received; /* of HTTP; TLS records and handshakes are not in it */
	/* libcurl's side of it */
	struct stk_multi_handle *handle;
};

struct stk_multi_opts {
	const struct stk_clock *clock;
	const char *user_agent;    /* NULL: none is sent unless headers hold one */
	const struct stk_net *net; /* borrowed; NULL: the defaults */
};

/* One thread at a time, except stk_multi_wake. */
struct stk_multi;

int stk_multi_new(const struct stk_multi_opts *opts, struct stk_multi **out, struct stk_err *err);
void stk_multi_free(struct stk_multi *multi); /* drops what is under way; NULL is fine */
/* Never fails at once: also a bad URL comes back through done. */
void stk_multi_submit(struct stk_multi *multi, struct stk_multi_job *job);
void stk_multi_cancel(struct stk_multi *multi, struct stk_multi_job *job);
/* End a job with what came so far: done is called now. Not from within got. */
void stk_multi_finish(struct stk_multi *multi, struct stk_multi_job *job);
/* Let traffic flow until a job was done or got something, mono_ns has come or stk_multi_wake was
 * called. */
void stk_multi_poll(struct stk_multi *multi, int64_t mono_ns);
/* To have it within another loop: a descriptor that is readable when stk_multi_poll has something
 * to do, and when it wants to be called at the latest even so (INT64_MAX: never). */
int stk_multi_fd(const struct stk_multi *multi);
int64_t stk_multi_next_ns(const struct stk_multi *multi);
/* From any thread and from signal handlers. */
void stk_multi_wake(struct stk_multi *multi);

#endif
