/* transport: how one HTTP exchange gets out and back; redirects, cookies and metrics are above. */
#ifndef STK_CORE_LOAD_TRANSPORT_H
#define STK_CORE_LOAD_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/http/net.h"
#include "core/http/url.h"
#include "core/load/driver.h"

/* One exchange. The caller owns it and keeps it, and what it borrows, until done was called or
 * stk_transport_ops.cancel came back. */
struct stk_exchange {
	/* in */
	const char *method;
	const char *url;             /* absolute, NUL-terminated */
	const struct stk_url *parts; /* of url */
	const struct stk_name_value *headers;
	size_t headers_len;
	/* Where the transport may keep the request's head as it made it, and finds it again: the
	 * owner sees to it that method, URL and headers are always the same. NULL: they are not. */
	struct stk_buf *made_head;
	struct stk_str body;
	bool has_body;
	/* Digest authentication, as user and password: the transport answers the server's question
	 * by itself. */
	bool digest;
	bool is_batched;    /* sent together with others of its owner */
	bool keep_body;     /* else the answer's body is counted and dropped */
	int64_t timeout_ns; /* from submit to the last byte */
	int64_t begun_ns;   /* the monotonic clock just before submit; 0: the transport looks */
	size_t max_body;    /* more is error 1000 */
	/* Whose connections it may use: where the transport keeps those of one VU, NULL at first;
	 * given back by forget. NULL: those of everybody. */
	void **session;
	/* From within poll, when the exchange is over. It may submit again. */
	void (*done)(struct stk_exchange *exchange);
	/* Also from within poll, whenever more of the body came, which the owner may take out of
	 * body_out. NULL: nobody asks before the end. */
	void (*got)(struct stk_exchange *exchange);
	void *owner;
	/* out */
	int status;
	int error_code;
	char proto[12];
	char remote_ip[48];
	const char *tls_version; /* "tls1.3", static; NULL: none */
	struct stk_timings_ms timings;
	int64_t bytes_sent, bytes_received;
	struct stk_buf head; /* header lines "Name: value\n", last answer */
	struct stk_buf body_out;
	bool sets_cookies; /* a Set-Cookie line is in head */
	int64_t ended_ns;  /* the monotonic clock at the last byte; 0: not told */
	/* the transport's own */
	void *priv;
	const void *route;
	int host; /* free for the owner */
	/* in and out again, mostly not touched */
	struct stk_str user, password; /* with digest only */
	char error[160];               /* with error_code only */
};
void stk_exchange_init(struct stk_exchange *exchange);
void stk_exchange_release(struct stk_exchange *exchange);
/* Empty what goes out, keep memory: before it is submitted again. */
void stk_exchange_clear(struct stk_exchange *exchange);

struct stk_transport_opts {
	const struct stk_clock *clock;
	const char *user_agent;
	const struct stk_net *net; /* outlives the transport; NULL: the defaults */
};

/* One per worker thread. A new transport is one file with such a table. */
struct stk_transport_ops {
	const char *name;
	int (*open)(const struct stk_transport_opts *opts, void **out, struct stk_err *err);
	void (*close)(void *transport); /* exchanges under way are dropped without done */
	void (*submit)(void *transport, struct stk_exchange *exchange);
	/* Give up: done is not called. Any time between submit and done. */
	void (*cancel)(void *transport, struct stk_exchange *exchange);
	/* The owner has enough of the body: done is called now, with what came so far. Not from
	 * within got. */
	void (*finish)(void *transport, struct stk_exchange *exchange);
	/* Let traffic flow until something was done or got, mono_ns has come, or wake was called.
	 */
	void (*poll)(void *transport, int64_t mono_ns);
	void (*wake)(void *transport); /* from any thread and from signal handlers */
	/* A VU goes: drop the connections it has. NULL: they are not kept by VU. */
	void (*forget)(void *transport, void **session);
};

/* The general one: TLS, HTTP/2, proxies. Connections are shared by the VUs of a worker. */

const struct stk_transport_ops *stk_transport_curl(void);
/* To have it within another loop, as stk_multi_fd and stk_multi_next_ns. */
int stk_transport_curl_fd(const void *transport);
int64_t stk_transport_curl_next_ns(const void *transport);
/* Only http:// over HTTP/1.1, straight to the host; connections of each VU are its own. */
const struct stk_transport_ops *stk_transport_plain(void);
/* Each exchange by whichever of the two fits: plain where it can, else curl. */
const struct stk_transport_ops *stk_transport_auto(void);
/* Which one takes all exchanges, if the caller of the engine did not say. */
#define STK_TRANSPORT_ENV "STOKER_TRANSPORT"
/* "auto", "curl", "plain"; NULL: no such transport. */
const struct stk_transport_ops *stk_transport_find(const char *name);

/* The next line of head (name, value), false at its end. */
bool stk_exchange_next_header(struct stk_str *rest, struct stk_name_value *out);
/* Name and value of the header called name; false if absent (the first one counts). */
bool stk_exchange_header(
	const struct stk_exchange *exchange, const char *name, struct stk_str *value_out);

#endif
