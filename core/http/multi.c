/* multi: libcurl's sockets and timers in one epoll set, with deadlines by timerfd. */
#include "core/http/multi.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/http/multi_priv.h"

enum { EVENTS_AT_ONCE = 256, CONNECTIONS_KEPT = 65536 };
#define NEVER INT64_MAX

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		STK_BUG("libcurl does not start");
}

static int64_t now_ns(const struct stk_multi *multi)
{
	return stk_clock_mono(multi->opts.clock);
}

static struct stk_multi_fd *fd_entry(struct stk_multi *multi, int fd)
{
	while (multi->fds.len <= (size_t)fd)
		(void)stk_vec_push_new(&multi->fds);
	return &multi->fds.items[fd];
}

void stk_multi_forget_fd(struct stk_multi *multi, int fd)
{
	/* The kernel takes a closed descriptor out of the epoll set itself. */
	*fd_entry(multi, fd) = (struct stk_multi_fd){0, 0};
}

static void watch(struct stk_multi *multi, int fd, struct stk_multi_fd *entry)
{
	struct epoll_event event = {.data.fd = fd};
	int op = entry->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (entry->wanted & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (entry->wanted & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(multi->epoll_fd, op, fd, &event) < 0) {
		op = op == EPOLL_CTL_MOD ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
		if (epoll_ctl(multi->epoll_fd, op, fd, &event) < 0)
			STK_BUG("epoll_ctl on descriptor %d: errno %d", fd, errno);
	}
	entry->watched = entry->wanted;
}

/* libcurl drops its interest in a socket after each answer and takes it up with the next
 * request: the epoll set is only touched when it asks for something else. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct stk_multi *multi = ctx;
	struct stk_multi_fd *entry = fd_entry(multi, fd);

	(void)easy;
	(void)unused;
	entry->wanted = what == CURL_POLL_REMOVE ? 0 : (unsigned char)what;
	if (entry->wanted != 0 && entry->wanted != entry->watched)
		watch(multi, fd, entry);
	return 0;
}

static int on_timer(CURLM *curl, long timeout_ms, void *ctx)
{
	struct stk_multi *multi = ctx;

	(void)curl;
	multi->curl_ns = timeout_ms < 0 ? NEVER : now_ns(multi) + timeout_ms * STK_NS_PER_MS;
	return 0;
}

static int open_fds(struct stk_multi *multi, struct stk_err *err)
{
	struct epoll_event event = {.events = EPOLLIN};

	multi->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	multi->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	multi->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (multi->epoll_fd < 0 || multi->timer_fd < 0 || multi->wake_fd < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "event descriptors");
	event.data.fd = multi->timer_fd;
	if (epoll_ctl(multi->epoll_fd, EPOLL_CTL_ADD, multi->timer_fd, &event) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "epoll_ctl");
	event.data.fd = multi->wake_fd;
	if (epoll_ctl(multi->epoll_fd, EPOLL_CTL_ADD, multi->wake_fd, &event) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "epoll_ctl");
	return 0;
}

int stk_multi_new(const struct stk_multi_opts *opts, struct stk_multi **out, struct stk_err *err)
{
	struct stk_multi *multi = stk_xcalloc(1, sizeof *multi);
	int rc;

	(void)pthread_once(&curl_once, init_curl);
	multi->opts = *opts;
	if (!multi->opts.clock)
		multi->opts.clock = stk_clock_system();
	stk_proxies_init(&multi->proxies);
	multi->curl_ns = multi->armed_ns = NEVER;
	multi->epoll_fd = multi->timer_fd = multi->wake_fd = -1;
	multi->curl = curl_multi_init();
	if (!multi->curl)
		STK_BUG("libcurl gives no multi handle");
	rc = open_fds(multi, err);
	if (rc < 0) {
		stk_multi_free(multi);
		return rc;
	}
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
	curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	*out = multi;
	return 0;
}

void stk_multi_free(struct stk_multi *multi)
{
	if (!multi)
		return;
	for (size_t i = 0; i < multi->handles.len; i++)
		if (multi->handles.items[i]->job)
			(void)curl_multi_remove_handle(multi->curl, multi->handles.items[i]->easy);
	/* Sockets are closed through callbacks that need the descriptor table. */
	(void)curl_multi_cleanup(multi->curl);
	for (size_t i = 0; i < multi->handles.len; i++)
		stk_multi_handle_free(multi->handles.items[i]);
	if (multi->epoll_fd >= 0)
		(void)close(multi->epoll_fd);
	if (multi->timer_fd >= 0)
		(void)close(multi->timer_fd);
	if (multi->wake_fd >= 0)
		(void)close(multi->wake_fd);
	stk_vec_release(&multi->handles);
	stk_vec_release(&multi->fds);
	stk_proxies_release(&multi->proxies);
	free(multi);
}

static struct stk_multi_handle *take_handle(struct stk_multi *multi)
{
	struct stk_multi_handle *handle = multi->idle;

	if (handle) {
		multi->idle = handle->next_idle;
		return handle;
	}
	handle = stk_multi_handle_new(multi);
	stk_vec_push(&multi->handles, handle);
	return handle;
}

static void give_handle(struct stk_multi *multi, struct stk_multi_handle *handle)
{
	(void)curl_multi_remove_handle(multi->curl, handle->easy);
	handle->job->handle = NULL;
	handle->job = NULL;
	handle->next_idle = multi->idle;
	multi->idle = handle;
}

void stk_multi_submit(struct stk_multi *multi, struct stk_multi_job *job)
{
	struct stk_multi_handle *handle = take_handle(multi);

	stk_multi_handle_set(handle, job);
	if (curl_multi_add_handle(multi->curl, handle->easy) != CURLM_OK)
		STK_BUG("libcurl refuses a transfer");
}

void stk_multi_cancel(struct stk_multi *multi, struct stk_multi_job *job)
{
	if (job->handle)
		give_handle(multi, job->handle);
}

void stk_multi_finish(struct stk_multi *multi, struct stk_multi_job *job)
{
	if (!job->handle)
		return;
	stk_multi_handle_collect(job->handle, CURLE_OK);
	give_handle(multi, job->handle);
	job->done(job);
}

static void read_done(struct stk_multi *multi)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi->curl, &left)) != NULL) {
		struct stk_multi_handle *handle = NULL;
		struct stk_multi_job *job;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&handle);
		job = handle->job;
		stk_multi_handle_collect(handle, message->data.result);
		give_handle(multi, handle); /* message is gone from here on */
		multi->done++;
		job->done(job);
	}
}

static void run_timeout(struct stk_multi *multi)
{
	int running;

	multi->curl_ns = NEVER;
	(void)curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
	read_done(multi);
}

static void drain(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof count) > 0)
		;
}

static void arm(struct stk_multi *multi, int64_t at_ns)
{
	struct itimerspec spec = {{0, 0}, {0, 0}};

	if (multi->armed_ns == at_ns)
		return;
	multi->armed_ns = at_ns;
	if (at_ns != NEVER) {
		spec.it_value.tv_sec = at_ns / STK_NS_PER_S;
		spec.it_value.tv_nsec = at_ns % STK_NS_PER_S;
	}
	(void)timerfd_settime(multi->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* True: this event ends the wait. */
static bool take_event(struct stk_multi *multi, const struct epoll_event *event)
{
	int fd = event->data.fd, what = 0, running;
	struct stk_multi_fd *entry;

	if (fd == multi->timer_fd || fd == multi->wake_fd) {
		drain(fd);
		if (fd == multi->timer_fd)
			multi->armed_ns = NEVER;
		return fd == multi->wake_fd;
	}
	entry = fd_entry(multi, fd);
	if (entry->wanted == 0) {
		/* an idle connection has something to say: libcurl finds out when it needs it */
		(void)epoll_ctl(multi->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		entry->watched = 0;
		return false;
	}
	if (event->events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(multi->curl, fd, what, &running);
	return false;
}

void stk_multi_poll(struct stk_multi *multi, int64_t mono_ns)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	bool is_last = false, woken = false;

	multi->done = 0;
	while (!is_last && !woken && multi->done == 0) {
		int64_t now = now_ns(multi);
		int count;

		if (multi->curl_ns <= now)
			run_timeout(multi);
		is_last = multi->done > 0 || now >= mono_ns;
		if (!is_last)
			arm(multi, multi->curl_ns < mono_ns ? multi->curl_ns : mono_ns);
		count = epoll_wait(multi->epoll_fd, events, EVENTS_AT_ONCE, is_last ? 0 : -1);
		for (int i = 0; i < count; i++)
			woken |= take_event(multi, &events[i]);
		read_done(multi);
	}
}

int stk_multi_fd(const struct stk_multi *multi)
{
	return multi->epoll_fd;
}

int64_t stk_multi_next_ns(const struct stk_multi *multi)
{
	return multi->curl_ns;
}

void stk_multi_wake(struct stk_multi *multi)
{
	uint64_t one = 1;
	ssize_t written = write(multi->wake_fd, &one, sizeof one);

	(void)written; /* full means it is awake already */
}
