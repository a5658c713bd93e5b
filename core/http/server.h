/* server: an HTTP server on libmicrohttpd: listen, read bounded requests, answer, stop gracefully.
 */
#ifndef STK_CORE_HTTP_SERVER_H
#define STK_CORE_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/http/client.h"
#include "core/http/url.h"

/* A request, whole; borrowed by the handler until it returns. */
struct stk_server_request {
	const char *method;
	struct stk_str target;      /* as sent: "/a%20b?c=1" */
	struct stk_str path;        /* target up to '?', not decoded */
	struct stk_url_query query; /* decoded */
	struct stk_str body;        /* as sent: Content-Encoding is not undone */
	void *port_ctx;             /* of the port that it came in by */
	const struct stk_http_header *headers;
	size_t headers_len;
};

/* The answer. Defaults: 200, empty body, no Content-Type. */
struct stk_server_reply {
	int status;
	struct stk_buf body;
	const char *content_type; /* static text; NULL none */
	/* More headers: owned, by stk_server_reply_header only. */
	STK_VEC(struct stk_http_header) headers;
	/* > 0: close the connection after that many bytes of the body (fault injection in tests).
	 */
	int cut_after;
};

/* Called on one of the server's threads, several at once; may block. */
typedef void (*stk_server_handler_fn)(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx);

struct stk_server_opts {
	stk_server_handler_fn handler;
	void *ctx;
	int threads; /* > 0: that many threads, each with its own epoll; 0: one per connection */
	size_t max_body;     /* default 64 MiB; a larger body is answered 413 */
	int max_connections; /* default 1,000 */
	int idle_timeout_s;  /* default 30 */
};

struct stk_server;

/* A server without a port yet. */
int stk_server_new(const struct stk_server_opts *opts, struct stk_server **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Listen on a numeric address ("127.0.0.1", "::1"; "localhost" = 127.0.0.1) and a port, 0 = a free
 * one. port_ctx is handed to each request that comes in there. May be called several times, also
 * while the server serves. STK_E_IO with a hint when the port is taken. */
int stk_server_listen(struct stk_server *server, const char *address, uint16_t port, void *port_ctx,
	uint16_t *port_out, struct stk_err *err) STK_MUST_CHECK;
/* Stop taking connections, let running handlers end, close all; frees. NULL is fine. */
void stk_server_stop(struct stk_server *server);

/* "127.0.0.1:4040", "[::1]:0", ":4040" (loopback) or "4040" taken apart; address is the caller's.
 */
int stk_server_parse_listen(struct stk_str text, char **address_out, uint16_t *port_out,
	struct stk_err *err) STK_MUST_CHECK;

/* A request header by name, whatever the case; the empty view if absent. */
struct stk_str stk_server_request_header(
	const struct stk_server_request *request, const char *name);
/* Append the body with a gzip Content-Encoding undone, up to out's limit. STK_E_UNIMPLEMENTED for
 * another encoding, STK_E_FORMAT for broken gzip. */
int stk_server_request_unpack(const struct stk_server_request *request, struct stk_buf *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Fill a reply: status, type (static), text. */
void stk_server_reply_text(
	struct stk_server_reply *reply, int status, const char *content_type, const char *text);
/* Add a header; both texts are copied. */
void stk_server_reply_header(struct stk_server_reply *reply, const char *name, const char *value);

#endif
