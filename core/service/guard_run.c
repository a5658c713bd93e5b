/* guard_run: the guard's own process. Only calls that are safe right after fork. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/service/guard_priv.h"

/* Where the guard keeps its ends; everything above is closed. */
enum { LINE_FD = 3, CHILD_FD = 4, FIRST_CLOSED_FD = 5 };

enum {
	GRACE_MS = 500,       /* between TERM and KILL when stoker is gone */
	KILL_PAUSE_MS = 10,   /* between rounds of KILL */
	KILL_ROUNDS = 500,    /* then give up: a process that the kernel cannot end */
	CHILDREN_BYTES = 4096 /* of the list of children read at once */
};

static int64_t reaped_cpu_ns(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_CHILDREN, &usage); /* cannot fail */
	return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	       ((int64_t)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static void report(int32_t kind, pid_t pid, int status)
{
	struct stk_guard_message message = {kind, pid, status, 0, reaped_cpu_ns()};

	/* fails only when stoker is gone, which the next read tells */
	(void)!send(LINE_FD, &message, sizeof message, MSG_NOSIGNAL);
}

static void set_mask(int how, int signal_no)
{
	sigset_t set;

	if (signal_no) {
		sigemptyset(&set);
		sigaddset(&set, signal_no);
	} else {
		sigfillset(&set);
	}
	(void)sigprocmask(how, &set, NULL);
}

/* The service's first process, from fork to exec; exec_fd closes when that succeeds. */
_Noreturn static void run_first(const struct stk_guard_opts *opts, pid_t guard, int exec_fd)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	int why;

	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != guard)
		_exit(127);
	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &action, NULL); /* some numbers are reserved */
	set_mask(SIG_UNBLOCK, 0);
	if (!opts->cwd || chdir(opts->cwd) == 0)
		(void)execvpe(opts->argv[0], opts->argv, opts->env);
	why = errno;
	(void)!write(exec_fd, &why, sizeof why);
	_exit(127);
}

/* Fork it and wait until it executes; reports which. */
static pid_t start_first(const struct stk_guard_opts *opts)
{
	pid_t first, self = getpid();
	int fds[2], why = 0;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	first = fork();
	if (first == 0)
		run_first(opts, self, fds[1]);
	close(fds[1]);
	if (first > 0)
		(void)setpgid(first, first); /* both sides do it, so neither has to wait */
	if (first > 0 && read(fds[0], &why, sizeof why) == (ssize_t)sizeof why) {
		errno = why;
		first = -1;
	}
	close(fds[0]);
	return first;
}

/* Reap what has ended; false when no child is left. */
static bool reap(pid_t first)
{
	for (;;) {
		int status = 0;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == 0)
			return true;
		if (pid < 0)
			return errno != ECHILD;
		report(pid == first ? STK_GUARD_FIRST_ENDED : STK_GUARD_REAPED, pid, status);
	}
}

/* Signal our direct children: those that left the group and lost their parents. */
static void signal_children(int signal_no)
{
	char text[CHILDREN_BYTES];
	pid_t pid = 0;
	ssize_t len;
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	len = read(fd, text, sizeof text);
	close(fd);
	for (ssize_t i = 0; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			pid = pid * 10 + (text[i] - '0');
			continue;
		}
		if (pid > 1)
			(void)kill(pid, signal_no);
		pid = 0;
	}
}

static void nap(int ms)
{
	struct pollfd child = {.fd = CHILD_FD, .events = POLLIN};
	struct signalfd_siginfo info;

	if (poll(&child, 1, ms) > 0)
		(void)!read(CHILD_FD, &info, sizeof info);
}

/* Until nothing is left. When a process is killed, its children become ours. */
_Noreturn static void kill_all(pid_t first)
{
	for (int i = 0; i < KILL_ROUNDS && reap(first); i++) {
		(void)kill(-first, SIGKILL);
		signal_children(SIGKILL);
		nap(KILL_PAUSE_MS);
	}
	_exit(0);
}

_Noreturn static void stoker_is_gone(pid_t first)
{
	(void)kill(-first, SIGTERM);
	for (int ms = 0; ms < GRACE_MS && reap(first); ms += KILL_PAUSE_MS)
		nap(KILL_PAUSE_MS);
	kill_all(first);
}

/* One byte from stoker, or its end. */
static void obey(pid_t first)
{
	unsigned char byte;
	ssize_t got = recv(LINE_FD, &byte, 1, 0);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0)
		stoker_is_gone(first);
	if (byte == STK_GUARD_KILL_ALL)
		kill_all(first);
	if (kill(-first, byte) < 0)
		signal_children(byte); /* the group is empty: a service that made itself a daemon */
}

/* 0, 1, 2, the line to stoker and the news of children in their places, nothing else open. */
static void set_files(const struct stk_guard_opts *opts, int line_fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high[3] = {
		fcntl(line_fd, F_DUPFD_CLOEXEC, FIRST_CLOSED_FD),
		fcntl(null, F_DUPFD_CLOEXEC, FIRST_CLOSED_FD),
		fcntl(opts->log_fd < 0 ? null : opts->log_fd, F_DUPFD_CLOEXEC, FIRST_CLOSED_FD),
	};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	(void)dup3(high[0], LINE_FD, O_CLOEXEC);
	(void)dup2(high[1], STDIN_FILENO);
	(void)dup2(high[2], STDOUT_FILENO);
	(void)dup2(high[2], STDERR_FILENO);
	close(CHILD_FD);
	(void)close_range(FIRST_CLOSED_FD, ~0U, 0);
	(void)signalfd(-1, &child, SFD_CLOEXEC); /* takes the lowest free number, CHILD_FD */
}

_Noreturn void stk_guard_run(const struct stk_guard_opts *opts, int line_fd)
{
	struct pollfd fds[2] = {
		{.fd = LINE_FD, .events = POLLIN}, {.fd = CHILD_FD, .events = POLLIN}};
	struct signalfd_siginfo info;
	pid_t first;

	set_mask(SIG_BLOCK, 0); /* nothing but KILL and the end of the line ends a guard */
	(void)setsid();
	(void)prctl(PR_SET_NAME, "stoker-guard");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	set_files(opts, line_fd);
	first = start_first(opts);
	if (first < 0) {
		report(STK_GUARD_CANNOT_EXEC, 0, errno);
		_exit(127);
	}
	report(STK_GUARD_STARTED, first, 0);
	while (reap(first)) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			(void)!read(CHILD_FD, &info, sizeof info);
		if (fds[0].revents)
			obey(first);
	}
	_exit(0);
}
