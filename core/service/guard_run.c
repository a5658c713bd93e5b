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
	STOP_MS = 30000,      /* for the stop command then */
	KILL_PAUSE_MS = 10,   /* between rounds of KILL */
	KILL_ROUNDS = 500,    /* then give up: a process that the kernel cannot end */
	CHILDREN_BYTES = 4096 /* of the list of children read at once */
};

/* What the guard looks after. */
struct ward {
	const struct stk_guard_opts *opts;
	pid_t first; /* and its group; 0 once nothing is left that could be in it */
	pid_t stop;  /* the stop command; 0 not started, -1 could not be */
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

/* From fork to exec; returns only when that fails. */
static void become(const struct stk_guard_opts *opts, char *const *argv)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &action, NULL); /* some numbers are reserved */
	set_mask(SIG_UNBLOCK, 0);
	if (!opts->cwd || chdir(opts->cwd) == 0)
		(void)execvpe(argv[0], argv, opts->env);
}

/* The service's first process; exec_fd closes when it executes. */
_Noreturn static void run_first(const struct stk_guard_opts *opts, pid_t guard, int exec_fd)
{
	int why;

	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != guard)
		_exit(127);
	become(opts, opts->argv);
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

/* The stop command, in a group of its own: signals for the service's are not for it. */
static void start_stop(struct ward *ward)
{
	if (!ward->opts->stop_argv || ward->stop != 0)
		return;
	ward->stop = fork();
	if (ward->stop == 0) {
		(void)setpgid(0, 0);
		become(ward->opts, ward->opts->stop_argv);
		_exit(127);
	}
	if (ward->stop < 0)
		report(STK_GUARD_STOP_ENDED, 0, 127 << 8);
}

static enum stk_guard_kind kind_of(const struct ward *ward, pid_t pid)
{
	if (pid == ward->first)
		return STK_GUARD_FIRST_ENDED;
	return pid == ward->stop ? STK_GUARD_STOP_ENDED : STK_GUARD_REAPED;
}

static void signal_group(const struct ward *ward, int signal_no)
{
	if (ward->first > 0)
		(void)kill(-ward->first, signal_no);
}

/* Reap what has ended; false when no child is left. */
static bool reap(struct ward *ward)
{
	for (;;) {
		int status = 0;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == 0)
			return true;
		if (pid < 0 && errno != ECHILD)
			return true;
		if (pid < 0) {
			/* all of the group descended from us: its number may now be another's */
			ward->first = 0;
			return false;
		}
		report(kind_of(ward, pid), pid, status);
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
_Noreturn static void kill_all(struct ward *ward)
{
	for (int i = 0; i < KILL_ROUNDS && reap(ward); i++) {
		signal_group(ward, SIGKILL);
		signal_children(SIGKILL);
		nap(KILL_PAUSE_MS);
	}
	_exit(0);
}

static bool is_stopping(const struct ward *ward)
{
	return ward->stop > 0 && kill(ward->stop, 0) == 0;
}

_Noreturn static void stoker_is_gone(struct ward *ward)
{
	start_stop(ward);
	for (int ms = 0; ms < STOP_MS && reap(ward) && is_stopping(ward); ms += KILL_PAUSE_MS)
		nap(KILL_PAUSE_MS);
	signal_group(ward, SIGTERM);
	for (int ms = 0; ms < GRACE_MS && reap(ward); ms += KILL_PAUSE_MS)
		nap(KILL_PAUSE_MS);
	kill_all(ward);
}

/* One byte from stoker, or its end. */
static void obey(struct ward *ward)
{
	unsigned char byte;
	ssize_t got = recv(LINE_FD, &byte, 1, 0);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0)
		stoker_is_gone(ward);
	if (byte == STK_GUARD_KILL_ALL)
		kill_all(ward);
	if (byte == STK_GUARD_RUN_STOP)
		start_stop(ward);
	else if (ward->first > 0 && kill(-ward->first, byte) < 0)
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
	struct ward ward = {opts, 0, 0};

	set_mask(SIG_BLOCK, 0); /* nothing but KILL and the end of the line ends a guard */
	(void)setsid();
	(void)prctl(PR_SET_NAME, "stoker-guard");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	set_files(opts, line_fd);
	ward.first = start_first(opts);
	if (ward.first < 0) {
		report(STK_GUARD_CANNOT_EXEC, 0, errno);
		_exit(127);
	}
	report(STK_GUARD_STARTED, ward.first, 0);
	while (reap(&ward) || (opts->stop_argv && ward.stop == 0)) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			(void)!read(CHILD_FD, &info, sizeof info);
		if (fds[0].revents)
			obey(&ward);
	}
	_exit(0);
}
