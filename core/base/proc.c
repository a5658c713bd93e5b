/* proc: other programs: start, wait with a time limit, capture, stop the whole group. */
#include "core/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/vec.h"

#define READ_BYTES ((size_t)16 << 10)
#define STEP_MS    100 /* how late an interrupt that hit another thread is seen */
#define LOOK_MS    10  /* between two looks where nothing tells of the end */

extern char **environ;

struct stk_proc {
	char *name;
	pid_t pid;
	int pid_fd; /* -1: no pidfd_open here (a sandbox, valgrind), so we look now and then */
	int out_fd; /* -1 when nothing is captured, or its end was read */
	bool ended;
	struct stk_proc_status status;
	const atomic_int *interrupts;
};

static bool has_name(const char *variable, struct stk_str name)
{
	return strncmp(variable, name.ptr, name.len) == 0 && variable[name.len] == '=';
}

static bool is_replaced(const char *variable, const char *const *additions)
{
	for (size_t i = 0; additions && additions[i]; i++) {
		ptrdiff_t end = stk_str_find_byte(stk_str_of(additions[i]), '=');

		if (end > 0 && has_name(variable, stk_str_n(additions[i], (size_t)end)))
			return true;
	}
	return false;
}

char **stk_proc_merge_env(const char *const *base, const char *const *additions)
{
	STK_VEC(char *) env = STK_VEC_INIT;

	if (!base)
		base = (const char *const *)environ;
	for (size_t i = 0; base && base[i]; i++)
		if (!is_replaced(base[i], additions))
			stk_vec_push(&env, stk_xstrdup(base[i]));
	for (size_t i = 0; additions && additions[i]; i++)
		stk_vec_push(&env, stk_xstrdup(additions[i]));
	stk_vec_push(&env, NULL);
	return env.items;
}

void stk_proc_free_env(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		free(env[i]);
	free(env);
}

/* What the files of the new process are; out_fd is the pipe or -1. */
static void set_files(
	posix_spawn_file_actions_t *files, const struct stk_proc_opts *opts, int out_fd)
{
	const char *out = opts->out_path ? opts->out_path : "/dev/null";
	int flags = O_WRONLY | O_CREAT | O_APPEND;

	/* these fail only without memory */
	(void)posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (out_fd >= 0)
		(void)posix_spawn_file_actions_adddup2(files, out_fd, STDOUT_FILENO);
	else
		(void)posix_spawn_file_actions_addopen(files, STDOUT_FILENO, out, flags, 0666);
	if (opts->err_path)
		(void)posix_spawn_file_actions_addopen(
			files, STDERR_FILENO, opts->err_path, flags, 0666);
	else
		(void)posix_spawn_file_actions_adddup2(files, STDOUT_FILENO, STDERR_FILENO);
	if (opts->cwd)
		(void)posix_spawn_file_actions_addchdir_np(files, opts->cwd);
}

static int spawn(const struct stk_proc_opts *opts, int out_fd, pid_t *out)
{
	const char *const shell[] = {"/bin/sh", "-c", opts->shell, NULL};
	char *const *argv = (char *const *)(uintptr_t)(opts->shell ? shell : opts->argv);
	char **env = stk_proc_merge_env(NULL, opts->env);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t set;
	int why;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawnattr_init(&attributes);
	set_files(&files, opts, out_fd);
	sigfillset(&set);
	(void)posix_spawnattr_setsigdefault(
		&attributes, &set); /* we ignore SIGPIPE, it should not */
	sigemptyset(&set);
	(void)posix_spawnattr_setsigmask(&attributes, &set);
	(void)posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	why = posix_spawnp(out, argv[0], &files, &attributes, argv, env);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	stk_proc_free_env(env);
	return why;
}

int stk_proc_start(const struct stk_proc_opts *opts, struct stk_proc **out, struct stk_err *err)
{
	const char *name = opts->shell ? opts->shell : opts->argv[0];
	int fds[2] = {-1, -1}, why;
	struct stk_proc *proc;
	pid_t pid = 0;

	if (opts->capture && pipe2(fds, O_CLOEXEC) < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "no pipe");
	why = spawn(opts, fds[1], &pid);
	if (fds[1] >= 0)
		close(fds[1]);
	if (why != 0) {
		if (fds[0] >= 0)
			close(fds[0]);
		return stk_err_set_errno(err, why == ENOENT ? STK_E_NOT_FOUND : STK_E_IO, why,
			"'%s' cannot be started", name);
	}
	proc = stk_xcalloc(1, sizeof *proc);
	proc->name = stk_xstrdup(name);
	proc->pid = pid;
	proc->pid_fd = pidfd_open(pid, 0);
	proc->out_fd = fds[0];
	proc->interrupts = opts->interrupts;
	*out = proc;
	return 0;
}

/* Note how it ended. It stays a zombie until free: so its number, which is its group's, cannot
 * become another's while we may still signal the group. */
static void look(struct stk_proc *proc)
{
	siginfo_t info = {.si_pid = 0};

	if (proc->ended || waitid(P_PID, (id_t)proc->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0)
		return;
	proc->ended = true;
	proc->status.exit_code = info.si_code == CLD_EXITED ? info.si_status : -1;
	proc->status.signal_no = info.si_code == CLD_EXITED ? 0 : info.si_status;
}

/* Read what is there; the end closes it. */
static int read_output(struct stk_proc *proc, struct stk_buf *out, struct stk_err *err)
{
	char spare[READ_BYTES];
	ssize_t got = read(proc->out_fd, spare, sizeof spare);

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0) {
		close(proc->out_fd);
		proc->out_fd = -1;
		return 0;
	}
	if (!out)
		return 0;
	stk_buf_add(out, spare, (size_t)got);
	return stk_buf_check(out, err);
}

/* One turn: output, end, or nothing for at most ms. */
static int turn(struct stk_proc *proc, int ms, struct stk_buf *out, struct stk_err *err)
{
	struct pollfd fds[2] = {
		{.fd = proc->out_fd, .events = POLLIN}, {.fd = proc->pid_fd, .events = POLLIN}};
	int rc = 0;

	if (proc->ended)
		fds[1].fd = -1;
	if (proc->pid_fd < 0 && ms > LOOK_MS)
		ms = LOOK_MS;
	if (poll(fds, 2, ms) > 0 && fds[0].revents)
		rc = read_output(proc, out, err);
	if (fds[1].revents || proc->pid_fd < 0)
		look(proc);
	return rc;
}

/* Output that is there when the program has ended; a grandchild may hold the pipe for ever. */
static bool is_over(struct stk_proc *proc)
{
	struct pollfd fd = {.fd = proc->out_fd, .events = POLLIN};

	return proc->ended && (proc->out_fd < 0 || poll(&fd, 1, 0) == 0);
}

int stk_proc_wait(struct stk_proc *proc, int64_t timeout_ns, struct stk_buf *out,
	struct stk_proc_status *status_out, struct stk_err *err)
{
	const struct stk_clock *clock = stk_clock_system();
	int64_t until = timeout_ns < 0 ? INT64_MAX : stk_clock_mono(clock) + timeout_ns;

	while (!is_over(proc)) {
		int64_t left_ns = until - stk_clock_mono(clock);
		int rc;

		if (proc->interrupts && atomic_load(proc->interrupts) > 0)
			return stk_err_set(err, STK_E_ABORTED, "'%s' was interrupted", proc->name);
		if (left_ns <= 0)
			return stk_err_set(err, STK_E_TIMEOUT, "'%s' takes too long", proc->name);
		if (left_ns > STEP_MS * STK_NS_PER_MS)
			left_ns = STEP_MS * STK_NS_PER_MS;
		rc = turn(proc, (int)((left_ns + STK_NS_PER_MS - 1) / STK_NS_PER_MS), out, err);
		if (rc < 0) {
			stk_err_wrap(err, "output of '%s'", proc->name);
			return rc;
		}
	}
	*status_out = proc->status;
	return 0;
}

/* Until it has ended, for at most ms (-1: however long). */
static void await_end(struct stk_proc *proc, int ms)
{
	struct pollfd fd = {.fd = proc->pid_fd, .events = POLLIN};

	if (proc->pid_fd >= 0)
		while (poll(&fd, 1, ms) < 0 && errno == EINTR)
			;
	look(proc);
	for (int waited = 0; proc->pid_fd < 0 && !proc->ended && (ms < 0 || waited < ms);
		waited += LOOK_MS) {
		(void)poll(NULL, 0, LOOK_MS);
		look(proc);
	}
}

void stk_proc_stop(struct stk_proc *proc, int64_t grace_ns)
{
	if (!proc->ended) {
		(void)kill(-proc->pid, SIGTERM);
		await_end(proc, (int)(grace_ns / STK_NS_PER_MS));
	}
	(void)kill(-proc->pid, SIGKILL); /* also what it left behind */
	await_end(proc, -1);
}

pid_t stk_proc_pid(const struct stk_proc *proc)
{
	return proc->pid;
}

void stk_proc_free(struct stk_proc *proc)
{
	if (!proc)
		return;
	stk_proc_stop(proc, 0);
	while (waitpid(proc->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (proc->out_fd >= 0)
		close(proc->out_fd);
	if (proc->pid_fd >= 0)
		close(proc->pid_fd);
	free(proc->name);
	free(proc);
}

void stk_proc_format_status(const struct stk_proc_status *status, struct stk_buf *buf)
{
	const char *text = status->signal_no ? sigdescr_np(status->signal_no) : NULL;

	if (status->signal_no)
		stk_buf_addf(buf, "signal %d (%s)", status->signal_no, text ? text : "unknown");
	else if (status->exit_code < 0)
		stk_buf_add_text(buf, "unknown status");
	else
		stk_buf_addf(buf, "exit status %d", status->exit_code);
}

int stk_proc_run(const struct stk_proc_opts *opts, int64_t timeout_ns, struct stk_buf *out,
	struct stk_err *err)
{
	struct stk_buf how = STK_BUF_INIT(256);
	struct stk_proc_status status = {-1, 0};
	struct stk_proc_opts captured = *opts;
	struct stk_proc *proc = NULL;
	int rc;

	captured.capture = true;
	rc = stk_proc_start(&captured, &proc, err);
	if (rc < 0)
		return rc;
	rc = stk_proc_wait(proc, timeout_ns, out, &status, err);
	if (rc == 0 && status.exit_code != 0) {
		stk_proc_format_status(&status, &how);
		rc = stk_err_set(err, STK_E_IO, "'%s': %s", proc->name, how.ptr);
	}
	stk_proc_free(proc);
	stk_buf_release(&how);
	return rc;
}
