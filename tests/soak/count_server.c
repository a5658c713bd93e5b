/* count_server: HTTP/1.1 on one thread that counts to the last byte what it was asked and what it
 * sent.
 *
 * Prints its port; for each line of standard input, and at its end, the counts as JSON; then it
 * ends. The first letter of the path says what comes back: s small, l large, n not found, r
 * redirect, c closes, p posted. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 128, IN_BYTES = 65536, LARGE_BYTES = 100000 };

struct answer {
	char path;
	int status;
	const char *head; /* up to the length */
	size_t body_len;
	char *bytes;
	size_t len;
	long long count;
};

static struct answer answers[] = {
	{'s', 200, "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\n", 20, NULL, 0, 0},
	{'l', 200, "HTTP/1.1 200 OK\r\n", LARGE_BYTES, NULL, 0, 0},
	{'n', 404, "HTTP/1.1 404 Not Found\r\n", 9, NULL, 0, 0},
	{'r', 302, "HTTP/1.1 302 Found\r\nLocation: /s\r\n", 0, NULL, 0, 0},
	{'c', 200, "HTTP/1.1 200 OK\r\nConnection: close\r\n", 3, NULL, 0, 0},
	{'p', 201, "HTTP/1.1 201 Created\r\n", 0, NULL, 0, 0},
};
static long long requests, bytes_in, bytes_out, connections, open_now;

struct connection {
	int fd;
	char in[IN_BYTES + 1];
	size_t in_len, skip; /* skip: of a body still to come */
	const struct answer *answer;
	size_t sent;
};

static void make_answers(void)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct answer *one = &answers[i];
		size_t room = one->body_len + 256;

		one->bytes = malloc(room);
		if (!one->bytes)
			abort();
		int head = snprintf(one->bytes, room, "%sContent-Length: %zu\r\n\r\n", one->head,
			one->body_len);
		memset(one->bytes + head, 'x', one->body_len);
		one->len = (size_t)head + one->body_len;
	}
}

static void drop(struct connection *connection)
{
	(void)close(connection->fd);
	free(connection);
	open_now--;
}

/* False: the connection is gone. */
static bool send_more(struct connection *connection)
{
	const struct answer *answer = connection->answer;

	while (connection->sent < answer->len) {
		ssize_t sent = send(connection->fd, answer->bytes + connection->sent,
			answer->len - connection->sent, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN)
			return true;
		if (sent < 0) {
			drop(connection);
			return false;
		}
		connection->sent += (size_t)sent;
		bytes_out += sent;
	}
	connection->answer = NULL;
	if (answer->path != 'c')
		return true;
	drop(connection);
	return false;
}

static size_t body_of(const char *head, const char *end)
{
	for (const char *line = head; line < end; line++)
		if (*line == '\n' && strncasecmp(line + 1, "content-length:", 15) == 0)
			return strtoul(line + 16, NULL, 10);
	return 0;
}

/* The next request that is there, answered. False: none, or the connection is gone. */
static bool take_request(struct connection *connection)
{
	size_t skipped =
		connection->skip < connection->in_len ? connection->skip : connection->in_len;
	char *end, *path;
	size_t used;

	memmove(connection->in, connection->in + skipped, connection->in_len - skipped);
	connection->in_len -= skipped;
	connection->skip -= skipped;
	connection->in[connection->in_len] = '\0';
	if (connection->answer || connection->skip > 0)
		return false;
	end = strstr(connection->in, "\r\n\r\n");
	path = strchr(connection->in, '/');
	if (!end || !path)
		return false;
	used = (size_t)(end + 4 - connection->in);
	connection->skip = used + body_of(connection->in, end);
	connection->answer = &answers[0];
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (answers[i].path == path[1])
			connection->answer = &answers[i];
	((struct answer *)connection->answer)->count++;
	requests++;
	connection->sent = 0;
	return send_more(connection);
}

static void serve(struct connection *connection, unsigned events)
{
	ssize_t got;

	if ((events & EPOLLOUT) && connection->answer && !send_more(connection))
		return;
	got = recv(connection->fd, connection->in + connection->in_len,
		IN_BYTES - connection->in_len, 0);
	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		drop(connection);
		return;
	}
	if (got > 0) {
		connection->in_len += (size_t)got;
		bytes_in += got;
	}
	while (take_request(connection))
		;
}

static void take_connections(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct connection *connection = calloc(1, sizeof *connection);
		struct epoll_event event = {
			.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
		int on = 1;

		if (!connection)
			abort();
		connection->fd = fd;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		(void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
		connections++;
		open_now++;
	}
}

static int listen_anywhere(unsigned short *port_out)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 4096) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
		perror("count_server");
		exit(1);
	}
	*port_out = ntohs(address.sin_port);
	return fd;
}

static void print_counts(void)
{
	printf("{\"requests\":%lld,\"bytes_in\":%lld,\"bytes_out\":%lld,\"connections\":%lld,"
	       "\"open\":%lld",
		requests, bytes_in, bytes_out, connections, open_now);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		printf(",\"%c\":%lld", answers[i].path, answers[i].count);
	printf("}\n");
	(void)fflush(stdout);
}

/* A line: print. False: it was the end. */
static bool take_line(int epoll)
{
	char line[64];
	bool more = read(STDIN_FILENO, line, sizeof line) > 0;

	if (more)
		print_counts();
	else
		(void)epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
	return more;
}

int main(void)
{
	struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
	struct rlimit files;
	unsigned short port;
	int epoll = epoll_create1(0), listener = listen_anywhere(&port);
	bool ends = false;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	make_answers();
	event.data.ptr = &listener;
	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	event.data.ptr = &ends; /* standard input */
	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
	printf("%u\n", port);
	(void)fflush(stdout);
	for (;;) {
		/* what has come before the end is looked at, and counted */
		int count = epoll_wait(epoll, events, EVENTS, ends ? 200 : -1);

		if (count == 0 && ends)
			break;
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &ends) {
				ends = !take_line(epoll);
			} else if (events[i].data.ptr == &listener) {
				take_connections(epoll, listener);
			} else {
				serve(events[i].data.ptr, events[i].events);
			}
		}
	}
	print_counts();
	return 0;
}
