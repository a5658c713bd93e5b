/* test_server: listen, bounded bodies, raw targets, several ports, graceful stop; driven over real
 * sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/gzip.h"
#include "core/http/server.h"

/* Answers with what it saw: method, path, first query value "q", body length, port context. */
static void echo(
	const struct stk_server_request *request, struct stk_server_reply *reply, void *ctx)
{
	struct stk_str q = stk_url_query_get(&request->query, "q");
	struct stk_buf body = STK_BUF_INIT(1000);
	struct stk_err err = STK_ERR_INIT;
	int rc = stk_server_request_unpack(request, &body, &err);

	reply->status = rc < 0 ? 500 - rc : 200;
	reply->content_type = "text/plain";
	stk_server_reply_header(reply, "X-Seen", (const char *)ctx);
	stk_buf_addf(&reply->body, "%s %.*s q=%.*s body=%zu port=%s", request->method,
		STK_STR_ARG(request->path), STK_STR_ARG(q), body.len,
		request->port_ctx ? (const char *)request->port_ctx : "-");
	stk_buf_release(&body);
}

static struct stk_server *start(int threads, uint16_t *port)
{
	struct stk_server_opts opts = {
		.handler = echo, .ctx = (void *)"yes", .threads = threads, .max_body = 2000};
	struct stk_server *server = NULL;

	assert_int_equal(stk_server_new(&opts, &server, NULL), 0);
	assert_int_equal(stk_server_listen(server, "localhost", 0, NULL, port, NULL), 0);
	assert_true(*port != 0);
	return server;
}

/* Send raw bytes, read until the peer closes or `until` has been seen. */
static void talk(uint16_t port, struct stk_str bytes, const char *until, struct stk_buf *answer)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval wait = {10, 0};
	char chunk[4096];
	ssize_t n;

	stk_buf_clear(answer);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	while (bytes.len) {
		n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		bytes = stk_str_skip(bytes, (size_t)n);
	}
	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0) {
		stk_buf_add(answer, chunk, (size_t)n);
		if (until && strstr(answer->ptr, until))
			break;
	}
	(void)close(fd);
}

static void server__gives_the_raw_path_and_decoded_query(void **state)
{
	struct stk_buf answer = STK_BUF_EMPTY;
	uint16_t port = 0;

	(void)state;
	for (int threads = 0; threads <= 2; threads++) {
		struct stk_server *server = start(threads, &port);

		talk(port, STK_STR("GET /a%2Fb?q=%7Bx%7D+y HTTP/1.1\r\nHost: h\r\n\r\n"), "port=-",
			&answer);
		assert_non_null(strstr(answer.ptr, "HTTP/1.1 200"));
		assert_non_null(strstr(answer.ptr, "X-Seen: yes"));
		assert_non_null(strstr(answer.ptr, "GET /a%2Fb q={x} y body=0 port=-"));
		stk_server_stop(server);
	}
	stk_buf_release(&answer);
}

static void server__takes_chunked_bodies(void **state)
{
	struct stk_buf answer = STK_BUF_EMPTY;
	uint16_t port = 0;
	struct stk_server *server = start(0, &port);

	(void)state;
	talk(port,
		STK_STR("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
			"5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"),
		"port=", &answer);
	assert_non_null(strstr(answer.ptr, "POST /p q= body=8"));
	stk_server_stop(server);
	stk_buf_release(&answer);
}

static void server__refuses_bodies_over_the_limit(void **state)
{
	struct stk_buf answer = STK_BUF_EMPTY, request = STK_BUF_EMPTY;
	uint16_t port = 0;
	struct stk_server *server = start(0, &port);

	(void)state;
	talk(port, STK_STR("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2001\r\n\r\n"), "}",
		&answer);
	assert_non_null(strstr(answer.ptr, "HTTP/1.1 413"));
	/* the same without an announced length */
	stk_buf_add_text(
		&request, "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 3; i++) {
		stk_buf_add_text(&request, "3e8\r\n");
		stk_buf_add_fill(&request, 'x', 1000);
		stk_buf_add_text(&request, "\r\n");
	}
	stk_buf_add_text(&request, "0\r\n\r\n");
	talk(port, stk_buf_str(&request), "}", &answer);
	assert_non_null(strstr(answer.ptr, "HTTP/1.1 413"));
	stk_server_stop(server);
	stk_buf_release(&request);
	stk_buf_release(&answer);
}

static void server_request_unpack__undoes_gzip_within_bounds(void **state)
{
	struct stk_buf answer = STK_BUF_EMPTY, packed = STK_BUF_EMPTY, request = STK_BUF_EMPTY,
		       plain = STK_BUF_EMPTY;
	uint16_t port = 0;
	struct stk_server *server = start(0, &port);

	(void)state;
	for (int round = 0; round < 3; round++) {
		stk_buf_clear(&plain);
		stk_buf_clear(&packed);
		stk_buf_clear(&request);
		stk_buf_add_fill(&plain, 'a', round == 1 ? 1001 : 1000);
		assert_int_equal(stk_gzip_pack(stk_buf_str(&plain), 6, &packed, NULL), 0);
		stk_buf_addf(&request,
			"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: %s\r\n"
			"Content-Length: %zu\r\n\r\n",
			round == 2 ? "br" : "gzip", packed.len);
		stk_buf_add_str(&request, stk_buf_str(&packed));
		talk(port, stk_buf_str(&request), "port=", &answer);
		if (round == 0)
			assert_non_null(strstr(answer.ptr, "body=1000"));
		else if (round == 1)
			assert_non_null(strstr(answer.ptr, "HTTP/1.1 508"));
		else
			assert_non_null(strstr(answer.ptr, "HTTP/1.1 512"));
	}
	stk_server_stop(server);
	stk_buf_release(&plain);
	stk_buf_release(&packed);
	stk_buf_release(&request);
	stk_buf_release(&answer);
}

static void server_listen__tells_ports_apart(void **state)
{
	struct stk_buf answer = STK_BUF_EMPTY;
	uint16_t port = 0, second = 0;
	struct stk_server *server = start(2, &port);

	(void)state;
	assert_int_equal(
		stk_server_listen(server, "127.0.0.1", 0, (void *)"head", &second, NULL), 0);
	assert_int_not_equal(port, second);
	talk(port, STK_STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "port=-", &answer);
	assert_non_null(strstr(answer.ptr, "port=-"));
	talk(second, STK_STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "port=head", &answer);
	assert_non_null(strstr(answer.ptr, "port=head"));
	stk_server_stop(server);
	stk_buf_release(&answer);
}

static void server_listen__says_when_the_port_is_taken(void **state)
{
	uint16_t port = 0;
	struct stk_server *server = start(0, &port);
	struct stk_err err = STK_ERR_INIT;
	uint16_t other = 0;

	(void)state;
	assert_int_equal(
		stk_server_listen(server, "127.0.0.1", port, NULL, &other, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "127.0.0.1"));
	assert_true(err.hint[0] != '\0');
	assert_int_equal(
		stk_server_listen(server, "no.such.name", 0, NULL, &other, &err), STK_E_INVAL);
	stk_server_stop(server);
}

static void server_stop__frees_the_port(void **state)
{
	uint16_t port = 0, again = 0;
	struct stk_server *server = start(0, &port), *second = NULL;
	struct stk_server_opts opts = {.handler = echo, .ctx = (void *)""};

	(void)state;
	stk_server_stop(server);
	assert_int_equal(stk_server_new(&opts, &second, NULL), 0);
	assert_int_equal(stk_server_listen(second, "127.0.0.1", port, NULL, &again, NULL), 0);
	assert_int_equal(again, port);
	stk_server_stop(second);
	stk_server_stop(NULL);
}

static void server_parse_listen__knows_the_forms(void **state)
{
	static const struct {
		const char *text, *address;
		uint16_t port;
	} rows[] = {{"127.0.0.1:4040", "127.0.0.1", 4040}, {"[::1]:0", "::1", 0},
		{":9", "127.0.0.1", 9}, {"8080", "127.0.0.1", 8080}};
	static const char *const bad[] = {"", ":", "h:x", "h:70000", "127.0.0.1"};
	uint16_t port = 0;
	char *address = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(
			stk_server_parse_listen(stk_str_of(rows[i].text), &address, &port, NULL),
			0);
		assert_string_equal(address, rows[i].address);
		assert_int_equal(port, rows[i].port);
		free(address);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(stk_server_parse_listen(stk_str_of(bad[i]), &address, &port, NULL),
			STK_E_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server__gives_the_raw_path_and_decoded_query),
		cmocka_unit_test(server__takes_chunked_bodies),
		cmocka_unit_test(server__refuses_bodies_over_the_limit),
		cmocka_unit_test(server_request_unpack__undoes_gzip_within_bounds),
		cmocka_unit_test(server_listen__tells_ports_apart),
		cmocka_unit_test(server_listen__says_when_the_port_is_taken),
		cmocka_unit_test(server_stop__frees_the_port),
		cmocka_unit_test(server_parse_listen__knows_the_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
