/* guard: stoker's end of it: start, listen, signal, kill. */
#include "core/service/guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/service/guard_priv.h"

/* An exec that hangs (network file system) is not our business for ever. */
#define EXEC_WAIT_MS 30000

static void take(struct stk_guard *guard, const struct stk_guard_message *message)
{
	if (message->kind == STK_GUARD_FIRST_ENDED) {
		guard->first_ended = true;
		guard->first_status = message->status;
	}
	if (message->kind == STK_GUARD_STOP_ENDED) {
		guard->stop_ended = true;
		guard->stop_status = message->status;
	}
	guard->reaped_cpu_ns = message->cpu_ns;
}

/* 1 a message, 0 nothing in that time, -1 the guard is gone. */
static int receive(struct stk_guard *guard, int timeout_ms, struct stk_guard_message *out)
{
	struct pollfd fd = {.fd = guard->line_fd, .events = POLLIN};
	ssize_t got;

	if (guard->line_fd < 0)
		return -1;
	if (poll(&fd, 1, timeout_ms) <= 0)
		return 0; /* also when a signal came: the caller looks at its interrupts */
	got = recv(guard->line_fd, out, sizeof *out, 0);
	if (got == (ssize_t)sizeof *out)
		return 1;
	return got < 0 && errno == EINTR ? 0 : -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The guard's line broke: it has ended, by itself or killed by somebody. */
static void guard_ended(struct stk_guard *guard)
{
	int status = 0;

	close_fd(&guard->line_fd);
	while (guard->guard_pid > 0 && waitpid(guard->guard_pid, &status, 0) < 0 && errno == EINTR)
		;
	/* it never ends by a signal unless somebody killed it: then the group is ours to end */
	if (guard->guard_pid > 0 && WIFSIGNALED(status) && guard->first_pid > 0) {
		(void)kill(-guard->first_pid, SIGKILL);
		guard->first_ended = true;
		guard->first_status = SIGKILL;
	}
	guard->guard_pid = 0;
	guard->ended = true;
}

bool stk_guard_poll(struct stk_guard *guard, int timeout_ms)
{
	struct stk_guard_message message;
	bool any = false;

	while (!guard->ended) {
		int rc = receive(guard, any ? 0 : timeout_ms, &message);

		if (rc == 0)
			break;
		any = true;
		if (rc > 0)
			take(guard, &message);
		else
			guard_ended(guard);
	}
	return any;
}

/* Wait for STARTED, or for the reason why not. A signal that comes now is for the caller, who looks
 * at his interrupts as soon as there is something to stop. */
static int await_start(struct stk_guard *guard, const char *program, struct stk_err *err)
{
	const struct stk_clock *clock = stk_clock_system();
	int64_t end_ns = stk_clock_mono(clock) + EXEC_WAIT_MS * STK_NS_PER_MS;
	struct stk_guard_message message = {.kind = STK_GUARD_REAPED};
	int rc;

	do
		rc = receive(guard, EXEC_WAIT_MS, &message);
	while (rc == 0 && stk_clock_mono(clock) < end_ns);
	if (rc > 0 && message.kind == STK_GUARD_STARTED) {
		guard->first_pid = message.pid;
		return 0;
	}
	if (rc > 0 && message.kind == STK_GUARD_CANNOT_EXEC)
		return stk_err_set_errno(err, message.status == ENOENT ? STK_E_NOT_FOUND : STK_E_IO,
			message.status, "'%s' cannot be started", program);
	return stk_err_set(err, STK_E_IO, "'%s' cannot be started: no guard process", program);
}

static int fork_guard(struct stk_guard *guard, const struct stk_guard_opts *opts, const int *ends,
	struct stk_err *err)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	/* no handler of ours may run in the child before it is the guard */
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0)
		stk_guard_run(opts, ends[1]);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "no new process");
	guard->guard_pid = pid;
	guard->line_fd = ends[0];
	guard->ended = false;
	return 0;
}

int stk_guard_start(struct stk_guard *guard, const struct stk_guard_opts *opts, struct stk_err *err)
{
	int ends[2];
	int rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "no line to a guard");
	rc = fork_guard(guard, opts, ends, err);
	close(ends[1]);
	if (rc < 0) {
		close(ends[0]);
		return rc;
	}
	rc = await_start(guard, opts->argv[0], err);
	if (rc < 0)
		stk_guard_kill(guard);
	return rc;
}

static void send_byte(struct stk_guard *guard, unsigned char byte)
{
	/* a guard that is gone shows in the next poll */
	if (guard->line_fd >= 0)
		(void)!send(guard->line_fd, &byte, 1, MSG_NOSIGNAL);
}

void stk_guard_signal(struct stk_guard *guard, int signal_no)
{
	(void)stk_guard_poll(guard, 0);
	if (!guard->ended)
		send_byte(guard, (unsigned char)signal_no);
}

void stk_guard_run_stop(struct stk_guard *guard)
{
	send_byte(guard, STK_GUARD_RUN_STOP);
}

void stk_guard_kill(struct stk_guard *guard)
{
	if (guard->ended)
		return;
	send_byte(guard, STK_GUARD_KILL_ALL);
	while (!guard->ended)
		(void)stk_guard_poll(guard, -1);
}
