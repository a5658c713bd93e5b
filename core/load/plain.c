/* plain: the loop of the plain transport: sockets under epoll, deadlines, names, one guest. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/load/plain_priv.h"

/* Of the answers that came, so many are taken before the virtual users they are for run: what one
 * of them needs, some 9 KB, is then still in the caches. */
enum { EVENTS_IN_A_ROW = 32 };
#define NEVER INT64_MAX

static int add_fd(struct stk_plain *plain, int *fd, struct stk_err *err)
{
	/* told from connections by their place inside of plain; the timer tells each of its ends
	 * once, so nobody has to read it */
	struct epoll_event event = {
		.events = fd == &plain->timer_fd ? EPOLLIN | EPOLLET : EPOLLIN, .data.ptr = fd};

	if (*fd < 0 || epoll_ctl(plain->epoll_fd, EPOLL_CTL_ADD, *fd, &event) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "event descriptors");
	return 0;
}

static int open_fds(struct stk_plain *plain, struct stk_err *err)
{
	int rc;

	plain->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (plain->epoll_fd < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "event descriptors");
	plain->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	plain->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	plain->notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	rc = add_fd(plain, &plain->timer_fd, err);
	if (rc == 0)
		rc = add_fd(plain, &plain->wake_fd, err);
	if (rc == 0)
		rc = add_fd(plain, &plain->notify_fd, err);
	return rc;
}

/* A connection per VU: as many descriptors as the system lets us have. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* what is missing shows when a connect fails */
}

int stk_plain_open(
	const struct stk_transport_opts *opts, struct stk_plain **out, struct stk_err *err)
{
	static const struct stk_net open_net = {.dns_ttl_ns = 300 * STK_NS_PER_S};
	struct stk_plain *plain = stk_xcalloc(1, sizeof *plain);
	int rc;

	raise_limit();
	plain->net = opts->net ? opts->net : &open_net;
	stk_rand_init(&plain->rng, stk_rand_system(), 0);
	plain->clock = opts->clock ? opts->clock : stk_clock_system();
	plain->user_agent = opts->user_agent ? stk_xstrdup(opts->user_agent) : NULL;
	plain->epoll_fd = plain->timer_fd = plain->wake_fd = plain->notify_fd = -1;
	plain->guest_fd = -1;
	plain->armed_ns = NEVER;
	plain->in = stk_xmalloc(STK_PLAIN_IN_BYTES);
	stk_buf_init(&plain->out, 0);
	rc = open_fds(plain, err);
	if (rc < 0) {
		stk_plain_close(plain);
		return rc;
	}
	*out = plain;
	return 0;
}

/* Those that were dropped while events may have pointed at them. */
static void bury(struct stk_plain *plain)
{
	struct stk_plain_conn *conn;

	while ((conn = plain->dead) != NULL) {
		plain->dead = conn->next;
		conn->next = plain->spare;
		plain->spare = conn;
	}
}

static void close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

static void free_conns(struct stk_plain *plain)
{
	struct stk_plain_conn *conn;

	while (plain->all)
		stk_plain_conn_drop(plain->all);
	bury(plain);
	while ((conn = plain->spare) != NULL) {
		plain->spare = conn->next;
		stk_http1_release(&conn->http);
		free(conn);
	}
}

void stk_plain_close(struct stk_plain *plain)
{
	free_conns(plain);
	stk_resolver_free(plain->resolver);
	for (size_t i = 0; i < plain->origins.len; i++) {
		struct stk_origin *origin = plain->origins.entries[i].value.ptr;

		free(origin->host);
		free(origin);
	}
	stk_map_release(&plain->origins);
	stk_timers_release(&plain->timers);
	close_fd(plain->timer_fd);
	close_fd(plain->wake_fd);
	close_fd(plain->notify_fd);
	close_fd(plain->epoll_fd);
	stk_buf_release(&plain->out);
	free(plain->in);
	free(plain->user_agent);
	free(plain);
}

int stk_plain_watch_guest(struct stk_plain *plain, int fd, struct stk_err *err)
{
	plain->guest_fd = fd;
	return add_fd(plain, &plain->guest_fd, err);
}

void stk_plain_submit(struct stk_plain *plain, struct stk_exchange *exchange)
{
	void **session = exchange->session ? exchange->session : &plain->shared;
	bool can_be_sent_twice =
		strcmp(exchange->method, "GET") == 0 || strcmp(exchange->method, "HEAD") == 0;
	struct stk_plain_conn *conn =
		stk_plain_conn_take_idle(plain, session, exchange->parts, !can_be_sent_twice);
	bool reused = conn != NULL;
	struct stk_str scheme = exchange->parts->scheme;

	if (!reused) {
		conn = stk_plain_conn_new(plain);
		conn->session = session;
		conn->origin = NULL;
	}
	conn->reused = reused;
	conn->state = STK_PLAIN_CONNECTING;
	stk_plain_exchange_begin(conn, exchange);
	if (!stk_str_eq(scheme, STK_STR("http")) && !stk_str_eq_nocase(scheme, STK_STR("http")))
		stk_plain_exchange_fail(conn, 1000, "unsupported protocol scheme");
	else if (exchange->digest)
		stk_plain_exchange_fail(conn, 1000, "digest authentication needs libcurl");
	else if (reused)
		stk_plain_exchange_send(conn);
	else
		stk_plain_conn_open(conn);
}

void stk_plain_cancel(struct stk_plain *plain, struct stk_exchange *exchange)
{
	(void)plain;
	if (exchange->priv)
		stk_plain_conn_drop(exchange->priv);
}

void stk_plain_finish(struct stk_exchange *exchange)
{
	if (exchange->priv)
		stk_plain_exchange_end(exchange->priv);
}

void stk_plain_forget(struct stk_plain *plain, void **session)
{
	(void)plain;
	while (*session)
		stk_plain_conn_drop(*session);
}

void stk_plain_wake(struct stk_plain *plain)
{
	uint64_t one = 1;
	ssize_t written = write(plain->wake_fd, &one, sizeof one);

	(void)written; /* full means it is awake already */
}

/* --- the loop --------------------------------------------------------------------- */

/* Timers of connections may be older than what they wait for now. */
static void expire(struct stk_plain *plain, int64_t now_ns)
{
	struct stk_timer *timer;

	while ((timer = stk_timers_first(&plain->timers)) != NULL && timer->at_ns <= now_ns) {
		struct stk_plain_conn *conn = (struct stk_plain_conn *)(void *)timer;

		stk_timers_remove(&plain->timers, timer);
		if (!conn->exchange || conn->state == STK_PLAIN_FAILED)
			continue;
		if (conn->deadline_ns <= now_ns)
			stk_plain_exchange_fail(conn, 1050, "request timeout");
		else
			stk_timers_add(&plain->timers, timer, conn->deadline_ns);
	}
}

static void arm(struct stk_plain *plain, int64_t at_ns)
{
	struct itimerspec spec = {{0, 0}, {0, 0}};
	const struct stk_timer *timer = stk_timers_first(&plain->timers);

	if (timer && timer->at_ns < at_ns)
		at_ns = timer->at_ns;
	if (plain->armed_ns == at_ns)
		return;
	plain->armed_ns = at_ns;
	if (at_ns != NEVER) {
		spec.it_value.tv_sec = at_ns / STK_NS_PER_S;
		spec.it_value.tv_nsec = at_ns % STK_NS_PER_S;
	}
	(void)timerfd_settime(plain->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void drain(int fd)
{
	uint64_t count;
	ssize_t got = read(fd, &count, sizeof count);

	(void)got; /* nothing there: somebody was faster */
}

/* One of our own descriptors. True: this event ends the wait. */
static bool take_own(struct stk_plain *plain, const int *fd)
{
	if (fd == &plain->guest_fd) {
		plain->guest_ready = true;
		return true;
	}
	if (fd == &plain->timer_fd) {
		plain->armed_ns = NEVER;
		return false;
	}
	drain(*fd);
	if (fd == &plain->notify_fd)
		stk_plain_resolved(plain);
	return fd == &plain->wake_fd;
}

static void take_conn(struct stk_plain_conn *conn, unsigned events)
{
	switch (conn->state) {
	case STK_PLAIN_CONNECTING:
		stk_plain_conn_connected(conn, events);
		return;
	case STK_PLAIN_SENDING:
	case STK_PLAIN_READING:
		stk_plain_exchange_event(conn, events);
		return;
	case STK_PLAIN_IDLE:
		/* it has nothing to say to us, so it is closed or out of step */
		if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
			stk_plain_conn_drop(conn);
		return;
	default:
		return;
	}
}

static bool take_event(struct stk_plain *plain, const struct epoll_event *event)
{
	const char *at = event->data.ptr;

	if (at >= (const char *)plain && at < (const char *)(plain + 1))
		return take_own(plain, event->data.ptr);
	take_conn(event->data.ptr, event->events);
	return false;
}

/* Connections that had more to read than was fair. */
static void read_more(struct stk_plain *plain)
{
	struct stk_plain_conn *conn = plain->more, *next;

	for (; conn; conn = next) {
		next = conn->next;
		stk_plain_exchange_event(conn, EPOLLIN);
	}
}

/* Outcomes that were known before anybody could be told. */
static void tell_failed(struct stk_plain *plain)
{
	struct stk_plain_conn *last = plain->failed;

	/* oldest first; what fails meanwhile is for the next round */
	while (last && last->next)
		last = last->next;
	while (last) {
		struct stk_plain_conn *before = last->prev;

		if (last->state != STK_PLAIN_FAILED)
			break;
		stk_plain_exchange_tell(last);
		last = before;
	}
}

/* Some of what epoll told of. True: one of them ends the wait. */
static bool take_events(struct stk_plain *plain)
{
	size_t end = plain->events_at + EVENTS_IN_A_ROW;
	bool woken = false;

	if (end > plain->events_len)
		end = plain->events_len;
	for (size_t i = plain->events_at; i < end; i++) {
		if (i + 2 < end) /* of thousands, most are not in any cache */
			__builtin_prefetch(plain->events[i + 2].data.ptr);
		woken |= take_event(plain, &plain->events[i]);
	}
	plain->events_at = end;
	if (end == plain->events_len) /* no event points at them any more */
		bury(plain);
	return woken;
}

static void wait_events(struct stk_plain *plain, bool at_once)
{
	int count = epoll_wait(plain->epoll_fd, plain->events, STK_ARRAY_LEN(plain->events),
		at_once || plain->more || plain->failed ? 0 : -1);

	plain->events_at = 0;
	plain->events_len = count > 0 ? (size_t)count : 0;
	plain->woke_ns = stk_clock_mono(plain->clock);
	read_more(plain);
}

void stk_plain_poll(struct stk_plain *plain, int64_t mono_ns)
{
	int64_t now_ns = stk_clock_mono(plain->clock);
	bool is_last = false, woken = false;

	plain->done = 0;
	plain->guest_ready = false;
	while (!is_last && !woken) {
		/* an answer that came in time and waits for its turn has not expired */
		if (plain->events_at == plain->events_len) {
			expire(plain, now_ns);
			tell_failed(plain);
			is_last = plain->done > 0 || now_ns >= mono_ns;
			if (!is_last)
				arm(plain, mono_ns);
			wait_events(plain, is_last);
			now_ns = plain->woke_ns;
		}
		woken |= take_events(plain);
		tell_failed(plain);
		/* the time may have come meanwhile: what else came is for the next poll */
		is_last = is_last || plain->done > 0 || now_ns >= mono_ns;
	}
}
