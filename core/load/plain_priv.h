/* plain_priv: what the files of the plain transport share: origins, connections, the loop's state.
 */
#ifndef STK_CORE_LOAD_PLAIN_PRIV_H
#define STK_CORE_LOAD_PLAIN_PRIV_H

#include <sys/epoll.h>

#include "core/base/map.h"
#include "core/base/rand.h"
#include "core/load/http1.h"
#include "core/load/resolver.h"
#include "core/load/timers.h"
#include "core/load/transport.h"

/* Bytes taken from a socket at once. */
#define STK_PLAIN_IN_BYTES ((size_t)64 << 10)
/* Events taken from epoll at once. */
#define STK_PLAIN_EVENTS 256

struct stk_plain_conn;

/* A host and port, and where it lives. */
struct stk_origin {
	char *host;
	uint16_t port;
	bool is_literal, is_asked;
	int64_t fresh_until_ns;
	struct stk_addresses addresses;
	size_t preferred; /* the one to begin with */
	struct stk_plain_conn *waiting;
};

enum stk_plain_state {
	STK_PLAIN_UNUSED,
	STK_PLAIN_RESOLVING,
	STK_PLAIN_CONNECTING,
	STK_PLAIN_SENDING,
	STK_PLAIN_READING,
	STK_PLAIN_FAILED, /* before it was polled: told by the next poll */
	STK_PLAIN_IDLE
};

/* A connection with the exchange it serves, or idle in its session. What each exchange needs stands
 * together: with thousands of connections every line of the cache that is touched is missed. */
struct stk_plain_conn {
	struct stk_timer
		timer; /* first: timers point at it; may fire early, see timers in plain.c */
	enum stk_plain_state state;
	int fd; /* -1: none */
	struct stk_plain *plain;
	struct stk_exchange *exchange;
	struct stk_origin *origin;
	void **session;
	struct stk_plain_conn *prev, *next; /* of the list it is in: idle, waiting, failed … */
	size_t address;                     /* of the origin's, in use */
	bool reused, resent, closes, half_closed, has_more;
	bool is_one_read; /* what there is of the answer came with its first byte */
	size_t out_sent, body_sent;
	int64_t deadline_ns, started_ns, connect_ns, connected_ns, got_ns, sent_ns, first_ns;
	int64_t bytes_sent, bytes_received;
	struct stk_http1 http;
	/* mostly not touched */
	struct stk_buf out; /* what did not go out at once of the head */
	size_t tried, first_tried;
	int connect_errno;
	struct stk_plain_conn *all_prev, *all_next; /* of all connections in use */
};

struct stk_plain {
	const struct stk_clock *clock;
	const struct stk_net *net; /* never NULL */
	struct stk_rand rng;       /* for the choice of addresses */
	char *user_agent;
	int epoll_fd, timer_fd, wake_fd, notify_fd;
	int guest_fd;
	bool guest_ready;
	int64_t armed_ns;
	int64_t woke_ns;                             /* when epoll told last what is there */
	size_t done;                                 /* exchanges over within this poll */
	struct epoll_event events[STK_PLAIN_EVENTS]; /* it told of */
	size_t events_at, events_len;                /* those from events_at wait for their turn */
	struct stk_timers timers;
	struct stk_resolver *resolver;
	struct stk_map origins;
	void *shared; /* the session of exchanges without one */
	struct stk_plain_conn *all, *failed, *more, *dead, *spare;
	struct stk_buf out;         /* the head of the request that goes out now */
	char *in;                   /* STK_PLAIN_IN_BYTES */
	struct stk_http1_memo memo; /* of the heads of all connections */
};

/* --- plain.c: the loop, also for the transport that has others beside it --- */
int stk_plain_open(
	const struct stk_transport_opts *opts, struct stk_plain **out, struct stk_err *err);
void stk_plain_close(struct stk_plain *plain);
void stk_plain_submit(struct stk_plain *plain, struct stk_exchange *exchange);
void stk_plain_cancel(struct stk_plain *plain, struct stk_exchange *exchange);
void stk_plain_finish(struct stk_exchange *exchange);
/* Also ends when the guest's descriptor has something (guest_ready). */
void stk_plain_poll(struct stk_plain *plain, int64_t mono_ns);
void stk_plain_wake(struct stk_plain *plain);
void stk_plain_forget(struct stk_plain *plain, void **session);
/* Watch one more descriptor. */
int stk_plain_watch_guest(struct stk_plain *plain, int fd, struct stk_err *err);

/* --- plain_conn.c: the life of a connection --- */
struct stk_plain_conn *stk_plain_conn_new(struct stk_plain *plain);
/* Close it, take it out of every list; its memory stays until the poll is over. */
void stk_plain_conn_drop(struct stk_plain_conn *conn);
/* The idle one of a session that leads to where the exchange wants to go; NULL if none. */
struct stk_plain_conn *stk_plain_conn_take_idle(
	struct stk_plain *plain, void **session, const struct stk_url *url, bool must_be_alive);
/* Keep it in its session for the next exchange. */
void stk_plain_conn_keep(struct stk_plain_conn *conn);
/* Find where to go, and go there. */
void stk_plain_conn_open(struct stk_plain_conn *conn);
/* The same once more: what it had is closed. */
void stk_plain_conn_open_anew(struct stk_plain_conn *conn);
void stk_plain_resolved(struct stk_plain *plain);
/* What epoll said about a connection that is being made. */
void stk_plain_conn_connected(struct stk_plain_conn *conn, unsigned events);

/* --- plain_exchange.c: one exchange over a connection --- */
void stk_plain_exchange_begin(struct stk_plain_conn *conn, struct stk_exchange *exchange);
/* The connection is there: send the request. */
void stk_plain_exchange_send(struct stk_plain_conn *conn);
/* What epoll said while it sends or reads. */
void stk_plain_exchange_event(struct stk_plain_conn *conn, unsigned events);
/* It is over without an answer; text as the script sees it. */
void stk_plain_exchange_fail(struct stk_plain_conn *conn, int code, const char *text);
/* It is over now, with what came of the answer. */
void stk_plain_exchange_end(struct stk_plain_conn *conn);
/* Tell its owner what was noted by a failure before the poll. */
void stk_plain_exchange_tell(struct stk_plain_conn *conn);

/* Lists by prev and next. */
void stk_plain_link(struct stk_plain_conn **first, struct stk_plain_conn *conn);
void stk_plain_unlink(struct stk_plain_conn **first, struct stk_plain_conn *conn);

#endif
