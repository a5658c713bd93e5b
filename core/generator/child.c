/* child: a load generator as a guarded program whose points are read while it runs. */
#include "core/generator/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/generator/k6_points.h"
#include "core/service/guard.h"

#define READ_BYTES ((size_t)64 << 10)
#define PIPE_BYTES (1 << 20)
#define TURN_MS    100
/* Without a first point by then it hangs before its VUs: the signal may as well kill it. */
#define BEGIN_NS (10 * STK_NS_PER_S)

struct stk_child {
	const struct stk_child_opts *opts;
	struct stk_guard guard;
	int64_t started_mono_ns, asked_mono_ns;
	bool wants_stop, asked, killed;
	int points_fd; /* -1 none */
	bool reads;    /* the thread runs */
	pthread_t reader;
	pthread_mutex_t lock; /* of points and the result, while the thread runs */
	struct stk_k6_points points;
	atomic_bool ended; /* set when the program has: the reader empties the pipe and ends */
};

/* What the pipe holds now; false when that is its end. */
static bool read_some(struct stk_child *child, char *bytes)
{
	ssize_t got = read(child->points_fd, bytes, READ_BYTES);

	if (got > 0) {
		(void)pthread_mutex_lock(&child->lock);
		stk_k6_points_read(&child->points, stk_str_n(bytes, (size_t)got));
		(void)pthread_mutex_unlock(&child->lock);
	}
	return got > 0;
}

static void *read_points(void *ctx)
{
	struct stk_child *child = ctx;
	char *bytes = stk_xmalloc(READ_BYTES);

	for (;;) {
		struct pollfd fd = {.fd = child->points_fd, .events = POLLIN};
		bool ended = atomic_load(&child->ended);

		if (read_some(child, bytes))
			continue;
		if (ended)
			break;
		/* a pipe without a writer is ready at once: wait all the same */
		if (poll(&fd, 1, TURN_MS) > 0 && !(fd.revents & POLLIN))
			(void)poll(NULL, 0, TURN_MS);
	}
	free(bytes);
	return NULL;
}

static int open_points(struct stk_child *child, struct stk_err *err)
{
	const char *path = child->opts->points_path;

	if (!path)
		return 0;
	if (mkfifo(path, 0600) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
	child->points_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (child->points_fd < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
	/* a larger pipe means fewer turns; the usual size will do */
	(void)fcntl(child->points_fd, F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

static int start_reader(struct stk_child *child, struct stk_err *err)
{
	int why =
		child->points_fd < 0 ? 0 : pthread_create(&child->reader, NULL, read_points, child);

	child->reads = child->points_fd >= 0 && why == 0;
	return why == 0 ? 0 : stk_err_set_errno(err, STK_E_IO, why, "no new thread");
}

static int start_program(struct stk_child *child, struct stk_err *err)
{
	const struct stk_child_opts *opts = child->opts;
	/* the guard has one file for both; the shell parts them */
	static const char parting[] = "exec \"$@\" >\"$0\"";
	STK_VEC(const char *) words = STK_VEC_INIT;
	struct stk_guard_opts guard = {.env = opts->env, .cwd = opts->cwd, .log_fd = -1};
	int rc = 0;

	if (opts->out_path) {
		stk_vec_push(&words, "/bin/sh");
		stk_vec_push(&words, "-c");
		stk_vec_push(&words, parting);
		stk_vec_push(&words, opts->out_path);
	}
	for (size_t i = 0; opts->argv[i]; i++)
		stk_vec_push(&words, opts->argv[i]);
	stk_vec_push(&words, NULL);
	guard.argv = (char *const *)(uintptr_t)words.items;
	if (opts->log_path) {
		guard.log_fd =
			open(opts->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (guard.log_fd < 0)
			rc = stk_err_set_errno(err, STK_E_IO, errno, "'%s'", opts->log_path);
	}
	if (rc == 0)
		rc = stk_guard_start(&child->guard, &guard, err);
	if (guard.log_fd >= 0)
		close(guard.log_fd);
	stk_vec_release(&words);
	return rc;
}

int stk_child_start(const struct stk_child_opts *opts, struct stk_child **out, struct stk_err *err)
{
	struct stk_child *child = stk_xcalloc(1, sizeof *child);
	int rc;

	child->opts = opts;
	child->guard = (struct stk_guard)STK_GUARD_INIT;
	child->points_fd = -1;
	(void)pthread_mutex_init(&child->lock, NULL);
	stk_k6_points_init(&child->points, opts->out);
	child->started_mono_ns = stk_clock_mono(opts->clock);
	rc = open_points(child, err);
	if (rc == 0)
		rc = start_program(child, err);
	if (rc == 0)
		rc = start_reader(child, err);
	if (rc < 0) {
		stk_child_free(child);
		return rc;
	}
	*out = child;
	return 0;
}

static bool has_begun(struct stk_child *child)
{
	bool any;

	if (child->points_fd < 0 ||
		stk_clock_mono(child->opts->clock) - child->started_mono_ns > BEGIN_NS)
		return true;
	(void)pthread_mutex_lock(&child->lock);
	any = child->points.any;
	(void)pthread_mutex_unlock(&child->lock);
	return any;
}

/* Ask when it can be asked, kill when it did not listen. */
static void press(struct stk_child *child)
{
	int64_t now = stk_clock_mono(child->opts->clock);

	if (child->wants_stop && !child->asked && has_begun(child)) {
		stk_guard_signal(&child->guard, SIGINT);
		child->asked = true;
		child->asked_mono_ns = now;
	}
	if (child->asked && !child->killed && !child->guard.first_ended &&
		now - child->asked_mono_ns > child->opts->grace_ns)
		stk_child_kill(child);
}

bool stk_child_wait_until(struct stk_child *child, int64_t mono_ns)
{
	for (;;) {
		int64_t left_ns = mono_ns - stk_clock_mono(child->opts->clock);
		int64_t turn_ns =
			left_ns < TURN_MS * STK_NS_PER_MS ? left_ns : TURN_MS * STK_NS_PER_MS;

		(void)stk_guard_poll(&child->guard,
			turn_ns > 0 ? (int)((turn_ns + STK_NS_PER_MS - 1) / STK_NS_PER_MS) : 0);
		if (child->guard.first_ended || child->guard.ended)
			return true;
		press(child);
		if (stk_clock_mono(child->opts->clock) >= mono_ns)
			return child->guard.first_ended || child->guard.ended;
	}
}

void stk_child_stop(struct stk_child *child)
{
	child->wants_stop = true;
	press(child);
}

void stk_child_kill(struct stk_child *child)
{
	child->killed = child->killed || !child->guard.first_ended;
	stk_guard_kill(&child->guard);
}

bool stk_child_was_asked(const struct stk_child *child)
{
	return child->wants_stop;
}

bool stk_child_was_killed(const struct stk_child *child)
{
	return child->killed;
}

void stk_child_count(struct stk_child *child, int64_t *requests_out, int64_t *failed_out)
{
	(void)pthread_mutex_lock(&child->lock);
	*requests_out = child->opts->out->requests;
	*failed_out = child->opts->out->failed;
	(void)pthread_mutex_unlock(&child->lock);
}

static void join_reader(struct stk_child *child)
{
	atomic_store(&child->ended, true);
	if (child->reads)
		(void)pthread_join(child->reader, NULL);
	child->reads = false;
}

void stk_child_finish(struct stk_child *child, struct stk_proc_status *status_out)
{
	const struct stk_guard *guard = &child->guard;

	/* what it left behind would go on sending */
	stk_guard_kill(&child->guard);
	join_reader(child);
	stk_k6_points_end(&child->points);
	*status_out = (struct stk_proc_status){-1, 0};
	if (guard->first_ended && WIFEXITED(guard->first_status))
		status_out->exit_code = WEXITSTATUS(guard->first_status);
	else if (guard->first_ended)
		status_out->signal_no = WTERMSIG(guard->first_status);
	child->opts->out->cpu_ns = guard->reaped_cpu_ns;
}

void stk_child_free(struct stk_child *child)
{
	if (!child)
		return;
	stk_guard_kill(&child->guard);
	join_reader(child);
	if (child->points_fd >= 0)
		close(child->points_fd);
	stk_k6_points_release(&child->points);
	(void)pthread_mutex_destroy(&child->lock);
	free(child);
}
