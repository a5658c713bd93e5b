/* plain_exchange: a request sent and its answer read over one connection; times as k6 has them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/load/coding.h"
#include "core/load/plain_priv.h"

/* After so many full reads others come first. */
enum { READS_AT_ONCE = 16 };

static int64_t now_ns(const struct stk_plain_conn *conn)
{
	return stk_clock_mono(conn->plain->clock);
}

static double ms_between(int64_t from_ns, int64_t to_ns)
{
	return to_ns > from_ns ? (double)(to_ns - from_ns) / 1e6 : 0;
}

/* --- the outcome ------------------------------------------------------------------ */

/* A phase that was not reached lasts until the end; an answer before the request was out leaves
 * no waiting (k6 2.2). Without a connection its time is in blocked, where k6 has it nowhere. */
static void give_timings(const struct stk_plain_conn *conn, int64_t end_ns)
{
	struct stk_timings_ms *out = &conn->exchange->timings;
	int64_t first_ns = conn->first_ns > 0 ? conn->first_ns : end_ns;
	int64_t sent_ns = conn->sent_ns > 0 ? conn->sent_ns : first_ns;

	out->blocked = ms_between(conn->started_ns, conn->got_ns > 0 ? conn->got_ns : end_ns);
	if (conn->got_ns == 0)
		return;
	if (!conn->reused)
		out->connecting = ms_between(conn->connect_ns, conn->connected_ns);
	out->sending = ms_between(conn->got_ns, sent_ns);
	out->waiting = ms_between(sent_ns, first_ns);
	out->receiving = ms_between(first_ns, end_ns);
	out->duration = out->sending + out->waiting + out->receiving;
}

static void give_counts(const struct stk_plain_conn *conn)
{
	struct stk_exchange *exchange = conn->exchange;
	const struct stk_origin *origin = conn->origin;

	exchange->bytes_sent = conn->bytes_sent;
	exchange->bytes_received = conn->bytes_received;
	if (conn->got_ns > 0 && conn->address < origin->addresses.len)
		memcpy(exchange->remote_ip, origin->addresses.items[conn->address].text,
			sizeof exchange->remote_ip);
}

void stk_plain_exchange_fail(struct stk_plain_conn *conn, int code, const char *text)
{
	struct stk_exchange *exchange = conn->exchange;
	struct stk_plain *plain = conn->plain;

	exchange->status = 0;
	exchange->error_code = code;
	(void)snprintf(exchange->error, sizeof exchange->error, "%s", text);
	give_timings(conn, now_ns(conn));
	give_counts(conn);
	if (conn->has_more)
		stk_plain_unlink(&plain->more, conn);
	else if (conn->state == STK_PLAIN_RESOLVING)
		stk_plain_unlink(&conn->origin->waiting, conn);
	conn->has_more = false;
	conn->state = STK_PLAIN_FAILED;
	stk_plain_link(&plain->failed, conn);
}

void stk_plain_exchange_tell(struct stk_plain_conn *conn)
{
	struct stk_exchange *exchange = conn->exchange;
	struct stk_plain *plain = conn->plain;

	stk_plain_conn_drop(conn);
	plain->done++;
	exchange->done(exchange);
}

static void fail_http(struct stk_plain_conn *conn, enum stk_http1_fault fault)
{
	stk_plain_exchange_fail(conn, 1000, stk_http1_fault_text(fault));
	if (fault == STK_HTTP1_BODY_SIZE) /* so much of it helps nobody */
		stk_buf_release(&conn->exchange->body_out);
}

/* The body as the script wants it; false: it could not be unpacked, and that was said. */
static bool undo_coding(struct stk_plain_conn *conn)
{
	struct stk_exchange *exchange = conn->exchange;
	struct stk_err err = STK_ERR_INIT;
	struct stk_str list;
	char text[160];

	if (!exchange->keep_body || exchange->body_out.len == 0 ||
		!stk_exchange_header(exchange, "content-encoding", &list) ||
		stk_coding_undo(list, &exchange->body_out, &err) == 0)
		return true;
	if (err.code == STK_E_TOO_LARGE) {
		fail_http(conn, STK_HTTP1_BODY_SIZE);
		return false;
	}
	(void)snprintf(text, sizeof text, "error decompressing response body (%.100s)", err.msg);
	stk_plain_exchange_fail(conn, 1701, text);
	return false;
}

/* The answer is whole; clean: nothing came behind it. */
static void finish(struct stk_plain_conn *conn, bool clean)
{
	struct stk_exchange *exchange = conn->exchange;
	struct stk_plain *plain = conn->plain;

	if (conn->http.is_coded && !undo_coding(conn))
		return;
	exchange->ended_ns = conn->is_one_read ? conn->first_ns : now_ns(conn);
	give_timings(conn, exchange->ended_ns);
	give_counts(conn);
	exchange->status = conn->http.status;
	if (exchange->status >= 400)
		exchange->error_code = 1000 + exchange->status;
	memcpy(exchange->proto, conn->http.http10 ? "HTTP/1.0" : "HTTP/1.1", 9);
	exchange->sets_cookies = conn->http.sets_cookies;
	exchange->priv = NULL;
	if (clean && conn->http.keeps_alive && !conn->closes && !conn->half_closed &&
		conn->state == STK_PLAIN_READING && conn->sent_ns > 0)
		stk_plain_conn_keep(conn);
	else
		stk_plain_conn_drop(conn);
	plain->done++;
	exchange->done(exchange);
}

void stk_plain_exchange_end(struct stk_plain_conn *conn)
{
	conn->is_one_read = false;
	finish(conn, false);
}

/* --- the request ------------------------------------------------------------------ */

static bool may_be_resent(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
	       strcmp(method, "OPTIONS") == 0 || strcmp(method, "TRACE") == 0;
}

/* A kept connection that turns out to be closed: GET, HEAD, OPTIONS and TRACE go out once more on a
 * new one, unseen, as Go and so k6 does it (k6 2.2). */
static bool resend(struct stk_plain_conn *conn)
{
	if (!conn->reused || conn->resent || conn->bytes_received > 0 ||
		!may_be_resent(conn->exchange->method))
		return false;
	conn->resent = true;
	stk_plain_conn_open_anew(conn);
	return true;
}

static void lost(struct stk_plain_conn *conn, int code, const char *text)
{
	if (!resend(conn))
		stk_plain_exchange_fail(conn, code, text);
}

static void set_deadline(struct stk_plain_conn *conn)
{
	struct stk_timers *timers = &conn->plain->timers;

	/* A timer that is set fires early and is set anew then: mostly the answer is long there. */
	if (conn->timer.place != 0 && conn->timer.at_ns <= conn->deadline_ns)
		return;
	stk_timers_remove(timers, &conn->timer);
	stk_timers_add(timers, &conn->timer, conn->deadline_ns);
}

void stk_plain_exchange_begin(struct stk_plain_conn *conn, struct stk_exchange *exchange)
{
	conn->exchange = exchange;
	exchange->priv = conn;
	exchange->body_out.limit = exchange->max_body;
	conn->resent = conn->closes = conn->half_closed = false;
	conn->started_ns = exchange->begun_ns != 0 ? exchange->begun_ns : now_ns(conn);
	conn->connect_ns = conn->connected_ns = conn->got_ns = 0;
	conn->sent_ns = conn->first_ns = 0;
	conn->is_one_read = false;
	conn->bytes_sent = conn->bytes_received = 0;
	conn->deadline_ns = conn->started_ns + exchange->timeout_ns;
	set_deadline(conn);
}

static void write_head(struct stk_plain_conn *conn, struct stk_buf *out)
{
	const struct stk_exchange *exchange = conn->exchange;
	const struct stk_http1_request request = {.method = exchange->method,
		.url = exchange->parts,
		.user_agent = conn->plain->user_agent,
		.headers = exchange->headers,
		.headers_len = exchange->headers_len,
		.has_body = exchange->has_body,
		.body_len = exchange->body.len};

	stk_buf_clear(out);
	stk_http1_write(&request, out, &conn->closes);
}

/* Valid until the next head is made. */
static struct stk_str head_of(struct stk_plain_conn *conn)
{
	struct stk_buf *made = conn->exchange->made_head;

	if (!made)
		made = &conn->plain->out;
	if (made == &conn->plain->out || made->len == 0)
		write_head(conn, made);
	return stk_buf_str(made);
}

/* What is left of head and body, as far as the socket takes it; false: it is broken. */
static bool send_some(struct stk_plain_conn *conn, struct stk_str head)
{
	const struct stk_exchange *exchange = conn->exchange;
	struct stk_str body = stk_str_skip(exchange->body, conn->body_sent);
	struct iovec parts[2] = {
		{(void *)(uintptr_t)head.ptr, head.len}, {(void *)(uintptr_t)body.ptr, body.len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = body.len > 0 ? 2 : 1};
	ssize_t sent = body.len > 0 ? sendmsg(conn->fd, &message, MSG_NOSIGNAL)
				    : send(conn->fd, head.ptr, head.len, MSG_NOSIGNAL);
	size_t of_head;

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	conn->bytes_sent += sent;
	of_head = (size_t)sent < head.len ? (size_t)sent : head.len;
	conn->out_sent += of_head;
	conn->body_sent += (size_t)sent - of_head;
	return true;
}

static bool is_sent(const struct stk_plain_conn *conn, size_t head_len)
{
	return conn->out_sent == head_len && conn->body_sent == conn->exchange->body.len;
}

/* The peer may have answered before it closed: reading tells. */
static void stop_sending(struct stk_plain_conn *conn)
{
	conn->state = STK_PLAIN_READING;
	conn->closes = true;
	stk_plain_exchange_event(conn, EPOLLIN | EPOLLRDHUP);
}

void stk_plain_exchange_send(struct stk_plain_conn *conn)
{
	struct stk_exchange *exchange = conn->exchange;
	struct stk_str head = head_of(conn);

	if (conn->got_ns == 0)
		conn->got_ns = conn->started_ns;
	conn->out_sent = conn->body_sent = 0;
	stk_http1_begin(&conn->http, &exchange->head,
		exchange->keep_body ? &exchange->body_out : NULL,
		strcmp(exchange->method, "HEAD") == 0);
	if (!send_some(conn, head)) {
		stop_sending(conn);
		return;
	}
	if (is_sent(conn, head.len)) {
		conn->sent_ns = now_ns(conn);
		conn->state = STK_PLAIN_READING;
		return;
	}
	conn->state = STK_PLAIN_SENDING;
	stk_buf_clear(&conn->out);
	stk_buf_add_str(&conn->out, head);
}

static void send_more(struct stk_plain_conn *conn)
{
	while (!is_sent(conn, conn->out.len)) {
		int64_t before = conn->bytes_sent;

		if (!send_some(conn, stk_str_skip(stk_buf_str(&conn->out), conn->out_sent))) {
			stop_sending(conn);
			return;
		}
		if (conn->bytes_sent == before)
			return;
	}
	conn->sent_ns = now_ns(conn);
	conn->state = STK_PLAIN_READING;
	stk_buf_release(&conn->out);
}

/* --- the answer ------------------------------------------------------------------- */

static void peer_closed(struct stk_plain_conn *conn)
{
	enum stk_http1_fault fault = stk_http1_read_end(&conn->http);

	conn->half_closed = true;
	conn->is_one_read = false; /* the close was waited for */
	if (fault == STK_HTTP1_OK)
		finish(conn, true);
	else if (fault == STK_HTTP1_EMPTY)
		lost(conn, 1000, stk_http1_fault_text(fault));
	else
		fail_http(conn, fault);
}

static void read_failed(struct stk_plain_conn *conn, int number)
{
	if (number == ECONNRESET)
		lost(conn, 1220, "read: connection reset by peer");
	else if (number == EPIPE)
		lost(conn, 1201, "write: broken pipe");
	else if (number == ETIMEDOUT)
		lost(conn, 1000, "read: connection timed out");
	else
		lost(conn, 1200, "read: the connection is lost");
}

/* Bytes of this answer at the start of what came. True: go on reading. */
static bool take(struct stk_plain_conn *conn, struct stk_str bytes)
{
	enum stk_http1_fault fault;
	size_t used;

	fault = stk_http1_read(&conn->http, bytes, &used);
	conn->bytes_received += (int64_t)used;
	if (fault != STK_HTTP1_OK) {
		fail_http(conn, fault);
		return false;
	}
	if (conn->http.state != STK_HTTP1_AT_END)
		return true;
	finish(conn, used == bytes.len);
	return false;
}

/* One read from the socket. What comes behind the room of a large body lands in the buffer of all;
 * a body that nobody wants is dropped within the kernel. */
static ssize_t read_once(struct stk_plain_conn *conn, size_t *room_out)
{
	char *in = conn->plain->in, *at = NULL;
	size_t room = stk_http1_room(&conn->http, &at);
	struct iovec parts[2] = {{at, room}, {in, STK_PLAIN_IN_BYTES}};

	*room_out = room;
	if (room == 0)
		return recv(conn->fd, in, STK_PLAIN_IN_BYTES, 0);
	if (!at)
		return recv(conn->fd, NULL, room, MSG_TRUNC);
	return readv(conn->fd, parts, 2);
}

/* What epoll told of was there then; it did not come as late as it is read, behind others. */
static int64_t came_ns(const struct stk_plain_conn *conn)
{
	int64_t woke_ns = conn->plain->woke_ns;

	return conn->sent_ns > 0 && woke_ns > conn->sent_ns ? woke_ns : now_ns(conn);
}

/* True: there may be more. */
static bool read_some(struct stk_plain_conn *conn)
{
	size_t room, direct;
	ssize_t len = read_once(conn, &room);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (len < 0) {
		read_failed(conn, errno);
		return false;
	}
	if (len == 0) {
		peer_closed(conn);
		return false;
	}
	conn->is_one_read = conn->first_ns == 0;
	if (conn->is_one_read)
		conn->first_ns = came_ns(conn);
	direct = (size_t)len < room ? (size_t)len : room;
	if (direct > 0) {
		stk_http1_took(&conn->http, direct);
		conn->bytes_received += (int64_t)direct;
	}
	if (conn->http.state == STK_HTTP1_AT_END) {
		finish(conn, (size_t)len == direct);
		return false;
	}
	if ((size_t)len > direct && !take(conn, stk_str_n(conn->plain->in, (size_t)len - direct)))
		return false;
	if (conn->exchange->got && conn->exchange->body_out.len > 0) {
		conn->plain->done++;
		conn->exchange->got(conn->exchange);
	}
	/* less than there was room for: the socket is empty, and its next edge will say so */
	return conn->half_closed || (size_t)len >= (room > 0 ? room : STK_PLAIN_IN_BYTES);
}

void stk_plain_exchange_event(struct stk_plain_conn *conn, unsigned events)
{
	struct stk_plain *plain = conn->plain;
	int reads = 0;

	if (conn->has_more)
		stk_plain_unlink(&plain->more, conn);
	conn->has_more = false;
	if (conn->state == STK_PLAIN_SENDING && (events & EPOLLOUT))
		send_more(conn);
	if (conn->state != STK_PLAIN_SENDING && conn->state != STK_PLAIN_READING)
		return;
	if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
		return;
	conn->half_closed |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	while (conn->state == STK_PLAIN_READING || conn->state == STK_PLAIN_SENDING) {
		if (!read_some(conn))
			return;
		if (++reads == READS_AT_ONCE) {
			conn->has_more = true;
			stk_plain_link(&plain->more, conn);
			return;
		}
	}
}
