/* raw_http: one thread for each connection, blocking sockets. */
#include "tests/support/raw_http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

struct raw_http {
	const struct raw_http_row *rows;
	int len, fd;
	uint16_t port;
	atomic_int requests, connections;
	pthread_t thread;
	STK_VEC(struct peer *) peers;
};

struct peer {
	struct raw_http *raw;
	int fd;
	pthread_t thread;
};

/* The path of the next request; false: the peer went away. */
static int read_path(int fd, char *path, size_t size)
{
	char text[8192];
	size_t len = 0;
	const char *from, *to;

	while (len + 1 < sizeof text) {
		ssize_t got = recv(fd, text + len, sizeof text - 1 - len, 0);

		if (got <= 0)
			return 0;
		len += (size_t)got;
		text[len] = '\0';
		if (strstr(text, "\r\n\r\n"))
			break;
	}
	from = strchr(text, ' ');
	to = from ? strchr(from + 1, ' ') : NULL;
	if (!to || (size_t)(to - from) > size)
		return 0;
	memcpy(path, from + 1, (size_t)(to - from - 1));
	path[to - from - 1] = '\0';
	return 1;
}

static const struct raw_http_row *find_row(struct raw_http *raw, const char *path, int number)
{
	for (int i = 0; i < raw->len; i++)
		if (strcmp(raw->rows[i].path, path) == 0 && number >= raw->rows[i].from)
			return &raw->rows[i];
	return NULL;
}

static void send_endless(int fd, char last)
{
	char many[16384];

	memset(many, last, sizeof many);
	while (send(fd, many, sizeof many, MSG_NOSIGNAL) > 0)
		;
}

/* False: this connection is over. */
static int answer(int fd, const struct raw_http_row *row)
{
	const struct linger hard = {1, 0};
	size_t len = strlen(row->bytes);
	char byte;

	if (len > 0 && send(fd, row->bytes, len, MSG_NOSIGNAL) < 0)
		return 0;
	switch (row->end) {
	case RAW_KEEP:
		return 1;
	case RAW_HANG:
		while (recv(fd, &byte, 1, 0) > 0)
			;
		return 0;
	case RAW_RESET:
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
		return 0;
	case RAW_ENDLESS:
		send_endless(fd, row->bytes[len - 1]);
		return 0;
	default:
		return 0;
	}
}

static void *serve_peer(void *ctx)
{
	struct peer *peer = ctx;
	char path[256];

	for (int number = 0; read_path(peer->fd, path, sizeof path); number++) {
		const struct raw_http_row *row = find_row(peer->raw, path, number);

		atomic_fetch_add(&peer->raw->requests, 1);
		if (!row || !answer(peer->fd, row))
			break;
	}
	(void)close(peer->fd);
	peer->fd = -1;
	return NULL;
}

static void *accept_all(void *ctx)
{
	struct raw_http *raw = ctx;

	for (;;) {
		int fd = accept(raw->fd, NULL, NULL);
		struct peer *peer;

		if (fd < 0)
			return NULL;
		atomic_fetch_add(&raw->connections, 1);
		peer = stk_xcalloc(1, sizeof *peer);
		peer->raw = raw;
		peer->fd = fd;
		stk_vec_push(&raw->peers, peer);
		if (pthread_create(&peer->thread, NULL, serve_peer, peer) != 0)
			STK_BUG("no thread");
	}
}

struct raw_http *raw_http_start(const struct raw_http_row *rows, int len)
{
	struct raw_http *raw = stk_xcalloc(1, sizeof *raw);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	raw->rows = rows;
	raw->len = len;
	raw->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (raw->fd < 0 || bind(raw->fd, (struct sockaddr *)&at, sizeof at) < 0 ||
		listen(raw->fd, 64) < 0 ||
		getsockname(raw->fd, (struct sockaddr *)&at, &size) < 0 ||
		pthread_create(&raw->thread, NULL, accept_all, raw) != 0)
		STK_BUG("raw HTTP server");
	raw->port = ntohs(at.sin_port);
	return raw;
}

uint16_t raw_http_port(const struct raw_http *raw)
{
	return raw->port;
}

int raw_http_requests(struct raw_http *raw)
{
	return atomic_load(&raw->requests);
}

int raw_http_connections(struct raw_http *raw)
{
	return atomic_load(&raw->connections);
}

/* Clients are gone by now, so every peer ends. */
void raw_http_stop(struct raw_http *raw)
{
	(void)shutdown(raw->fd, SHUT_RDWR);
	(void)pthread_join(raw->thread, NULL);
	(void)close(raw->fd);
	for (size_t i = 0; i < raw->peers.len; i++) {
		(void)pthread_join(raw->peers.items[i]->thread, NULL);
		free(raw->peers.items[i]);
	}
	stk_vec_release(&raw->peers);
	free(raw);
}
