/* server: an HTTP server on libmicrohttpd: listen, read bounded requests, answer, stop gracefully.
 */
#include "core/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/gzip.h"
#include "core/base/mem.h"

#define BODY_MAX        ((size_t)64 * 1024 * 1024)
#define CONNECTIONS_MAX 1000
#define IDLE_S          30
#define THREADS_MAX     64
/* Bytes of an oversized chunked body that are read and dropped before the connection is cut. */
#define DROP_MAX ((size_t)16 * 1024 * 1024)

struct stk_port {
	struct MHD_Daemon *daemon;
	struct stk_server *server;
	void *ctx;
};

struct stk_server {
	struct stk_server_opts opts;
	pthread_mutex_t lock; /* guards ports */
	STK_VEC(struct stk_port *) ports;
};

/* What one connection is collecting. */
struct exchange {
	char *target;
	struct stk_buf body;
	size_t dropped;
	bool begun;
	STK_VEC(struct stk_http_header) headers;
};

int stk_server_new(const struct stk_server_opts *opts, struct stk_server **out, struct stk_err *err)
{
	struct stk_server *server;

	if (!opts->handler || opts->threads < 0 || opts->threads > THREADS_MAX)
		return stk_err_set(err, STK_E_INVAL,
			"an HTTP server needs a handler and 0 to %d threads", THREADS_MAX);
	server = stk_xcalloc(1, sizeof *server);
	server->opts = *opts;
	if (!server->opts.max_body)
		server->opts.max_body = BODY_MAX;
	if (server->opts.max_connections <= 0)
		server->opts.max_connections = CONNECTIONS_MAX;
	if (server->opts.idle_timeout_s <= 0)
		server->opts.idle_timeout_s = IDLE_S;
	(void)pthread_mutex_init(&server->lock, NULL);
	*out = server;
	return 0;
}

/* The raw request target, before libmicrohttpd decodes it. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct stk_port *port = cls;
	struct exchange *x = stk_xcalloc(1, sizeof *x);

	(void)connection;
	x->target = stk_xstrdup(target);
	stk_buf_init(&x->body, port->server->opts.max_body);
	return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
	enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *req_cls;

	(void)cls;
	(void)connection;
	(void)why;
	*req_cls = NULL;
	if (!x)
		return;
	free(x->target);
	stk_buf_release(&x->body);
	stk_vec_release(&x->headers);
	free(x);
}

static enum MHD_Result on_header(
	void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct exchange *x = cls;
	struct stk_http_header header = {stk_str_of(name), stk_str_of(value)};

	(void)kind;
	stk_vec_push(&x->headers, header);
	return MHD_YES;
}

/* A body that breaks off. */
struct cut_body {
	char *bytes;
	size_t len;
};

static ssize_t read_cut(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct cut_body *cut = cls;
	size_t left = pos < cut->len ? cut->len - (size_t)pos : 0;

	if (!left)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (left > max)
		left = max;
	memcpy(buf, cut->bytes + pos, left);
	return (ssize_t)left;
}

static void free_cut(void *cls)
{
	struct cut_body *cut = cls;

	free(cut->bytes);
	free(cut);
}

static struct MHD_Response *make_cut_response(struct stk_server_reply *reply)
{
	struct cut_body *cut = stk_xcalloc(1, sizeof *cut);
	size_t len = 0;

	cut->bytes = stk_buf_take(&reply->body, &len);
	cut->len = len < (size_t)reply->cut_after ? len : (size_t)reply->cut_after;
	return MHD_create_response_from_callback(len, 1024, read_cut, cut, free_cut);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct stk_server_reply *reply)
{
	size_t len = 0;
	char *bytes;
	struct MHD_Response *response;
	enum MHD_Result rc;

	if (reply->body.len && reply->cut_after > 0) {
		response = make_cut_response(reply);
	} else if (reply->body.len) {
		bytes = stk_buf_take(&reply->body, &len);
		response = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
	} else {
		response =
			MHD_create_response_from_buffer(0, stk_buf_empty, MHD_RESPMEM_PERSISTENT);
	}
	if (!response)
		return MHD_NO;
	if (reply->content_type)
		(void)MHD_add_response_header(response, "Content-Type", reply->content_type);
	for (size_t i = 0; i < reply->headers.len; i++)
		(void)MHD_add_response_header(response, reply->headers.items[i].name.ptr,
			reply->headers.items[i].value.ptr);
	rc = MHD_queue_response(connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return rc;
}

static void reply_release(struct stk_server_reply *reply)
{
	for (size_t i = 0; i < reply->headers.len; i++) {
		free((char *)reply->headers.items[i].name.ptr);
		free((char *)reply->headers.items[i].value.ptr);
	}
	stk_vec_release(&reply->headers);
	stk_buf_release(&reply->body);
}

static enum MHD_Result reply_too_large(
	struct MHD_Connection *connection, const struct stk_port *port)
{
	struct stk_server_reply reply = {.status = 413, .body = STK_BUF_EMPTY};
	enum MHD_Result rc;

	reply.content_type = "application/json";
	stk_buf_addf(&reply.body,
		"{\"code\":\"invalid_argument\",\"message\":\"body is larger than %zu bytes\"}",
		port->server->opts.max_body);
	rc = send_reply(connection, &reply);
	reply_release(&reply);
	return rc;
}

/* Call the handler with the whole request and queue its answer. */
static enum MHD_Result answer(struct MHD_Connection *connection, const struct stk_port *port,
	const char *method, struct exchange *x)
{
	struct stk_server_request request = {.method = method};
	struct stk_server_reply reply = {.status = 200, .body = STK_BUF_EMPTY};
	struct stk_str rest = stk_str_of(x->target);
	struct stk_err err = STK_ERR_INIT;
	enum MHD_Result rc;

	request.target = rest;
	(void)stk_str_cut(&rest, '?', &request.path);
	request.body = stk_buf_str(&x->body);
	request.port_ctx = port->ctx;
	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, x);
	request.headers = x->headers.items;
	request.headers_len = x->headers.len;
	if (stk_url_query_parse(&request.query, rest.ptr ? rest : stk_str_n("", 0), &err) < 0)
		stk_server_reply_text(&reply, 400, "text/plain; charset=utf-8", err.msg);
	else
		port->server->opts.handler(&request, &reply, port->server->opts.ctx);
	stk_url_query_release(&request.query);
	rc = send_reply(connection, &reply);
	reply_release(&reply);
	return rc;
}

/* The length that the request announces, 0 if none. */
static uint64_t announced_length(struct MHD_Connection *connection)
{
	const char *text =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
	uint64_t len = 0;

	if (text && stk_str_to_u64(stk_str_of(text), &len, NULL) < 0)
		return UINT64_MAX;
	return len;
}

/* The eight parameters are libmicrohttpd's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *bytes, size_t *bytes_len,
	void **req_cls)
{
	const struct stk_port *port = cls;
	struct exchange *x = *req_cls;

	(void)url;
	(void)version;
	if (!x->begun) {
		x->begun = true;
		if (announced_length(connection) > port->server->opts.max_body)
			return reply_too_large(connection, port);
		return MHD_YES;
	}
	if (*bytes_len) {
		stk_buf_add(&x->body, bytes, *bytes_len);
		if (x->body.failed)
			x->dropped += *bytes_len;
		*bytes_len = 0;
		return x->dropped > DROP_MAX ? MHD_NO : MHD_YES;
	}
	if (x->body.failed)
		return reply_too_large(connection, port);
	return answer(connection, port, method, x);
}

/* A listening socket; the system's own, so that a taken port gets a clear message. */
static int open_socket(
	const char *address, uint16_t number, uint16_t *port_out, int *fd_out, struct stk_err *err)
{
	struct sockaddr_storage addr = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&addr;
	socklen_t len = sizeof *v4;
	int one = 1, fd, rc = 0;

	if (strcmp(address, "localhost") == 0)
		address = "127.0.0.1";
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(number);
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(number);
		len = sizeof *v6;
	} else {
		return stk_err_set(err, STK_E_INVAL, "'%s' is no numeric address", address);
	}
	fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&addr, len) < 0 || listen(fd, 512) < 0 ||
		getsockname(fd, (struct sockaddr *)&addr, &len) < 0) {
		rc = stk_err_set_errno(
			err, STK_E_IO, errno, "listen on %s port %u", address, (unsigned)number);
		if (number)
			stk_err_hint(
				err, "another program may use the port; port 0 takes a free one");
		(void)close(fd);
		return rc;
	}
	*port_out = ntohs(addr.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
	*fd_out = fd;
	return 0;
}

static struct MHD_Daemon *start_daemon(struct stk_port *port, int fd)
{
	const struct stk_server_opts *opts = &port->server->opts;
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;
	struct MHD_OptionItem pool[] = {
		{MHD_OPTION_THREAD_POOL_SIZE, opts->threads, NULL}, {MHD_OPTION_END, 0, NULL}};

	if (opts->threads > 0)
		flags |= MHD_USE_EPOLL;
	else
		flags |= MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
	if (opts->threads <= 1)
		pool[0] = pool[1];
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, port, MHD_OPTION_LISTEN_SOCKET,
		fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, port, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)opts->max_connections,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)opts->idle_timeout_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 * 1024, MHD_OPTION_ARRAY, pool,
		MHD_OPTION_END);
}

int stk_server_listen(struct stk_server *server, const char *address, uint16_t number,
	void *port_ctx, uint16_t *port_out, struct stk_err *err)
{
	struct stk_port *port;
	uint16_t bound = 0;
	int fd = -1, rc;

	rc = open_socket(address, number, &bound, &fd, err);
	if (rc < 0)
		return rc;
	port = stk_xcalloc(1, sizeof *port);
	port->server = server;
	port->ctx = port_ctx;
	port->daemon = start_daemon(port, fd);
	if (!port->daemon) {
		(void)close(fd);
		free(port);
		return stk_err_set(err, STK_E_IO, "the HTTP server does not start");
	}
	(void)pthread_mutex_lock(&server->lock);
	stk_vec_push(&server->ports, port);
	(void)pthread_mutex_unlock(&server->lock);
	if (port_out)
		*port_out = bound;
	return 0;
}

void stk_server_stop(struct stk_server *server)
{
	if (!server)
		return;
	/* first no more connections anywhere, then wait for what runs */
	for (size_t i = 0; i < server->ports.len; i++) {
		int fd = MHD_quiesce_daemon(server->ports.items[i]->daemon);

		if (fd >= 0)
			(void)close(fd);
	}
	for (size_t i = 0; i < server->ports.len; i++) {
		MHD_stop_daemon(server->ports.items[i]->daemon);
		free(server->ports.items[i]);
	}
	stk_vec_release(&server->ports);
	(void)pthread_mutex_destroy(&server->lock);
	free(server);
}

int stk_server_parse_listen(
	struct stk_str text, char **address_out, uint16_t *port_out, struct stk_err *err)
{
	ptrdiff_t colon = stk_str_rfind_byte(text, ':');
	struct stk_str host = STK_STR("127.0.0.1"), number = text;
	uint64_t port = 0;

	if (colon >= 0) {
		host = stk_str_sub(text, 0, (size_t)colon);
		number = stk_str_skip(text, (size_t)colon + 1);
	}
	if (host.len > 1 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = stk_str_sub(host, 1, host.len - 2);
	if (!host.len)
		host = STK_STR("127.0.0.1");
	if (stk_str_to_u64(number, &port, NULL) < 0 || port > 65535)
		return stk_err_set(err, STK_E_INVAL,
			"'%.*s': an address and a port are expected, such as 127.0.0.1:4040",
			STK_STR_ARG(text));
	*address_out = stk_str_dup(host);
	*port_out = (uint16_t)port;
	return 0;
}

struct stk_str stk_server_request_header(const struct stk_server_request *request, const char *name)
{
	for (size_t i = 0; i < request->headers_len; i++)
		if (stk_str_eq_nocase(request->headers[i].name, stk_str_of(name)))
			return request->headers[i].value;
	return stk_str_n("", 0);
}

int stk_server_request_unpack(
	const struct stk_server_request *request, struct stk_buf *out, struct stk_err *err)
{
	struct stk_str encoding = stk_server_request_header(request, "content-encoding");

	if (!encoding.len || stk_str_eq_nocase(encoding, STK_STR("identity"))) {
		stk_buf_add_str(out, request->body);
		return stk_buf_check(out, err);
	}
	if (!stk_str_eq_nocase(encoding, STK_STR("gzip")))
		return stk_err_set(err, STK_E_UNIMPLEMENTED,
			"unknown compression '%.*s': supported encodings are gzip",
			STK_STR_ARG(encoding));
	return stk_gzip_unpack(request->body, out, err);
}

void stk_server_reply_text(
	struct stk_server_reply *reply, int status, const char *content_type, const char *text)
{
	reply->status = status;
	reply->content_type = content_type;
	stk_buf_clear(&reply->body);
	stk_buf_add_text(&reply->body, text);
}

void stk_server_reply_header(struct stk_server_reply *reply, const char *name, const char *value)
{
	struct stk_http_header header = {
		stk_str_of(stk_xstrdup(name)), stk_str_of(stk_xstrdup(value))};

	stk_vec_push(&reply->headers, header);
}
