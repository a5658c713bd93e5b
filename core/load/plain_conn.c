/* plain_conn: a connection found, made, kept and dropped. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/load/plain_priv.h"

/* Idle connections of one session: as many as a batch has at once. */
enum { IDLE_MAX = 20 };

void stk_plain_link(struct stk_plain_conn **first, struct stk_plain_conn *conn)
{
	conn->prev = NULL;
	conn->next = *first;
	if (*first)
		(*first)->prev = conn;
	*first = conn;
}

void stk_plain_unlink(struct stk_plain_conn **first, struct stk_plain_conn *conn)
{
	if (conn->prev)
		conn->prev->next = conn->next;
	else if (*first == conn)
		*first = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	conn->prev = conn->next = NULL;
}

struct stk_plain_conn *stk_plain_conn_new(struct stk_plain *plain)
{
	struct stk_plain_conn *conn = plain->spare;

	if (conn) {
		plain->spare = conn->next;
	} else {
		conn = stk_xcalloc(1, sizeof *conn);
		conn->plain = plain;
		stk_http1_init(&conn->http);
		conn->http.memo = &plain->memo;
		stk_buf_init(&conn->out, 0);
	}
	conn->fd = -1;
	conn->prev = conn->next = conn->all_prev = NULL;
	conn->all_next = plain->all;
	if (plain->all)
		plain->all->all_prev = conn;
	plain->all = conn;
	return conn;
}

/* --- idle ones -------------------------------------------------------------------- */

/* The slot of a session holds its first idle connection. */
static void put_idle(void **session, struct stk_plain_conn *conn)
{
	struct stk_plain_conn *first = *session;

	stk_plain_link(&first, conn);
	*session = first;
}

static void take_out_idle(struct stk_plain_conn *conn)
{
	struct stk_plain_conn *first = *conn->session;

	stk_plain_unlink(&first, conn);
	*conn->session = first;
}

static void take_out(struct stk_plain_conn *conn)
{
	struct stk_plain *plain = conn->plain;

	if (conn->state == STK_PLAIN_IDLE)
		take_out_idle(conn);
	else if (conn->state == STK_PLAIN_RESOLVING)
		stk_plain_unlink(&conn->origin->waiting, conn);
	else if (conn->state == STK_PLAIN_FAILED)
		stk_plain_unlink(&plain->failed, conn);
	else if (conn->has_more)
		stk_plain_unlink(&plain->more, conn);
	conn->has_more = false;
}

static void close_fd(struct stk_plain_conn *conn)
{
	if (conn->fd >= 0)
		(void)close(conn->fd); /* which takes it out of the epoll set */
	conn->fd = -1;
}

void stk_plain_conn_drop(struct stk_plain_conn *conn)
{
	struct stk_plain *plain = conn->plain;

	if (conn->state == STK_PLAIN_UNUSED)
		return;
	take_out(conn);
	close_fd(conn);
	stk_timers_remove(&plain->timers, &conn->timer);
	if (conn->exchange)
		conn->exchange->priv = NULL;
	conn->exchange = NULL;
	conn->state = STK_PLAIN_UNUSED;
	stk_buf_release(&conn->out);
	if (conn->all_prev)
		conn->all_prev->all_next = conn->all_next;
	else
		plain->all = conn->all_next;
	if (conn->all_next)
		conn->all_next->all_prev = conn->all_prev;
	conn->next = plain->dead;
	plain->dead = conn;
}

/* The peer may have closed it, unseen so far. */
static bool is_alive(const struct stk_plain_conn *conn)
{
	char byte;

	return recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* Mostly it is written as it was before. */
static bool is_host(const struct stk_origin *origin, struct stk_str host)
{
	struct stk_str own = stk_str_of(origin->host);

	return stk_str_eq(own, host) || stk_str_eq_nocase(own, host);
}

struct stk_plain_conn *stk_plain_conn_take_idle(
	struct stk_plain *plain, void **session, const struct stk_url *url, bool must_be_alive)
{
	struct stk_plain_conn *conn = *session, *next;

	(void)plain;
	for (; conn; conn = next) {
		next = conn->next;
		if (conn->origin->port != url->port || !is_host(conn->origin, url->host))
			continue;
		if (must_be_alive && !is_alive(conn)) {
			stk_plain_conn_drop(conn);
			continue;
		}
		take_out_idle(conn);
		return conn;
	}
	return NULL;
}

static void drop_beyond(void **session, size_t keep)
{
	struct stk_plain_conn *conn = *session, *next;

	for (size_t i = 0; conn; conn = next, i++) {
		next = conn->next;
		if (i >= keep)
			stk_plain_conn_drop(conn);
	}
}

void stk_plain_conn_keep(struct stk_plain_conn *conn)
{
	const struct stk_plain_conn *first = *conn->session;

	conn->exchange = NULL;
	conn->state = STK_PLAIN_IDLE;
	put_idle(conn->session, conn);
	if (first)
		drop_beyond(conn->session, IDLE_MAX);
}

/* --- where to go ------------------------------------------------------------------ */

/* An address that needs no lookup: mapped by the script, or written in digits. */
static bool find_literal(
	const struct stk_plain *plain, const struct stk_url *url, struct stk_addresses *out)
{
	const struct stk_net_host *host = stk_net_find_host(plain->net, url->host, url->port);

	if (!host)
		return stk_addresses_literal(url->host, url->port, out);
	return stk_addresses_literal(
		stk_str_of(host->address), host->to_port ? host->to_port : url->port, out);
}

static struct stk_origin *find_origin(struct stk_plain *plain, const struct stk_url *url)
{
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *value;
	struct stk_origin *origin;

	stk_buf_addf(&key, "%u ", (unsigned)url->port);
	for (size_t i = 0; i < url->host.len; i++) {
		char c = url->host.ptr[i];

		stk_buf_add_byte(&key, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	value = stk_map_put(&plain->origins, stk_buf_str(&key), NULL);
	stk_buf_release(&key);
	if (value->ptr)
		return value->ptr;
	origin = stk_xcalloc(1, sizeof *origin);
	origin->host = stk_str_dup(url->host);
	origin->port = url->port;
	origin->is_literal = find_literal(plain, url, &origin->addresses);
	if (origin->is_literal)
		stk_addresses_arrange(&origin->addresses, plain->net->family);
	value->ptr = origin;
	return origin;
}

static int connect_code(int number, const char **text_out)
{
	switch (number) {
	case ECONNREFUSED:
		*text_out = "dial: connection refused";
		return 1212;
	case ETIMEDOUT:
		*text_out = "dial: i/o timeout";
		return 1211;
	case ECONNRESET:
		*text_out = "read: connection reset by peer";
		return 1220;
	case EMFILE:
	case ENFILE:
		*text_out = "dial: too many open files (see ulimit -n)";
		return 1210;
	case EADDRNOTAVAIL:
		*text_out = "dial: no local port is free";
		return 1210;
	case ENETUNREACH:
	case EHOSTUNREACH:
		*text_out = "dial: no route to host";
		return 1210;
	default:
		*text_out = "dial: the connection could not be made";
		return 1210;
	}
}

static int watch(const struct stk_plain_conn *conn)
{
	/* By edges, so that one call serves the connection's whole life. */
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = (void *)(uintptr_t)conn};

	return epoll_ctl(conn->plain->epoll_fd, EPOLL_CTL_ADD, conn->fd, &event);
}

/* Begin to connect to one address; 0 or an errno. */
static int connect_to(struct stk_plain_conn *conn, const struct stk_address *address)
{
	int one = 1;

	conn->fd = socket(
		address->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (conn->fd < 0)
		return errno;
	(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (watch(conn) < 0)
		return errno;
	if (connect(conn->fd, (const struct sockaddr *)&address->at, address->len) < 0 &&
		errno != EINPROGRESS)
		return errno;
	return 0;
}

/* The next address that lets us begin; the last error if there is none left. */
static void connect_next(struct stk_plain_conn *conn)
{
	const struct stk_addresses *addresses = &conn->origin->addresses;
	const char *text;
	int code;

	while (conn->tried < addresses->len) {
		conn->address = (conn->first_tried + conn->tried++) % addresses->len;
		if (stk_net_blocks_address(conn->plain->net,
			    (const struct sockaddr *)&addresses->items[conn->address].at)) {
			stk_plain_exchange_fail(
				conn, 1110, "the address is in a blacklisted range");
			return;
		}
		conn->connect_ns = stk_clock_mono(conn->plain->clock);
		conn->connect_errno = connect_to(conn, &addresses->items[conn->address]);
		if (conn->connect_errno == 0) {
			conn->state = STK_PLAIN_CONNECTING;
			return;
		}
		close_fd(conn);
	}
	code = connect_code(conn->connect_errno, &text);
	stk_plain_exchange_fail(conn, code, text);
}

void stk_plain_conn_connected(struct stk_plain_conn *conn, unsigned events)
{
	int number = 0;
	socklen_t len = sizeof number;

	if (events & (EPOLLERR | EPOLLHUP))
		(void)getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &number, &len);
	else if (!(events & EPOLLOUT))
		return;
	if (number != 0) {
		conn->connect_errno = number;
		close_fd(conn);
		connect_next(conn);
		return;
	}
	conn->connected_ns = conn->got_ns = stk_clock_mono(conn->plain->clock);
	if (conn->plain->net->select == STK_NET_SELECT_FIRST)
		conn->origin->preferred = conn->address;
	stk_plain_exchange_send(conn);
}

/* Which address a new connection begins with. */
static size_t choose_address(struct stk_plain *plain, struct stk_origin *origin)
{
	if (plain->net->select == STK_NET_SELECT_ROUND_ROBIN)
		return origin->preferred++;
	if (plain->net->select == STK_NET_SELECT_RANDOM)
		return (size_t)stk_rand_range(&plain->rng, 0, STK_ADDRESSES_MAX - 1);
	return origin->preferred;
}

static void start_connecting(struct stk_plain_conn *conn)
{
	conn->tried = 0;
	conn->first_tried = choose_address(conn->plain, conn->origin);
	conn->connect_errno = 0;
	if (conn->origin->addresses.len == 0)
		stk_plain_exchange_fail(conn, 1101, "lookup: no such host");
	else
		connect_next(conn);
}

void stk_plain_conn_open(struct stk_plain_conn *conn)
{
	struct stk_plain *plain = conn->plain;
	struct stk_origin *origin = conn->origin;

	if (!origin)
		origin = conn->origin = find_origin(plain, conn->exchange->parts);
	if (!origin->is_literal && !origin->is_asked &&
		conn->started_ns >= origin->fresh_until_ns) {
		if (!plain->resolver)
			plain->resolver = stk_resolver_new(plain->notify_fd);
		stk_resolver_ask(plain->resolver, stk_str_of(origin->host), origin->port, origin);
		origin->is_asked = true;
	}
	/* what was known goes on being used while it is asked anew */
	if (origin->addresses.len > 0 || !origin->is_asked) {
		start_connecting(conn);
		return;
	}
	conn->state = STK_PLAIN_RESOLVING;
	stk_plain_link(&origin->waiting, conn);
}

void stk_plain_conn_open_anew(struct stk_plain_conn *conn)
{
	close_fd(conn);
	conn->reused = conn->half_closed = false;
	conn->got_ns = conn->sent_ns = 0;
	stk_plain_conn_open(conn);
}

static void take_addresses(struct stk_origin *origin, const struct stk_addresses *addresses)
{
	struct stk_plain_conn *conn;

	origin->is_asked = false;
	origin->addresses = *addresses;
	origin->preferred = 0;
	while ((conn = origin->waiting) != NULL) {
		stk_plain_unlink(&origin->waiting, conn);
		conn->state = STK_PLAIN_CONNECTING;
		start_connecting(conn);
	}
}

static int64_t fresh_until(const struct stk_plain *plain)
{
	int64_t now_ns = stk_clock_mono(plain->clock), ttl_ns = plain->net->dns_ttl_ns;

	return ttl_ns < INT64_MAX - now_ns ? now_ns + ttl_ns : INT64_MAX;
}

void stk_plain_resolved(struct stk_plain *plain)
{
	struct stk_addresses addresses;
	void *tag;

	while (plain->resolver && stk_resolver_next(plain->resolver, &tag, &addresses)) {
		struct stk_origin *origin = tag;

		/* a name that is not found is asked for again by the next request */
		stk_addresses_arrange(&addresses, plain->net->family);
		if (addresses.len > 0)
			origin->fresh_until_ns = fresh_until(plain);
		take_addresses(origin, &addresses);
	}
}
