/* test_proc: programs started, awaited, captured, stopped. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/proc.h"

static void proc_run__captures_what_a_program_says(void **state)
{
	const char *const env[] = {"GREETING=hello", NULL};
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	opts.shell = "echo $GREETING; pwd; cat; echo to stderr >&2";
	opts.env = env;
	opts.cwd = "/";
	opts.err_path = "/dev/null";
	assert_int_equal(stk_proc_run(&opts, 20 * STK_NS_PER_S, &out, &err), 0);
	assert_string_equal(out.ptr, "hello\n/\n");
	stk_buf_release(&out);
}

static void proc_run__takes_more_than_a_pipe_holds(void **state)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf out = STK_BUF_EMPTY, small = STK_BUF_INIT(100);

	(void)state;
	opts.shell = "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done";
	assert_int_equal(stk_proc_run(&opts, 60 * STK_NS_PER_S, &out, &err), 0);
	assert_int_equal(out.len, 220000);
	assert_int_equal(stk_proc_run(&opts, 60 * STK_NS_PER_S, &small, &err), STK_E_TOO_LARGE);
	stk_buf_release(&out);
	stk_buf_release(&small);
}

static void proc_run__tells_how_it_ended(void **state)
{
	const char *const argv[] = {"sh", "-c", "exit 3", NULL};
	const char *const gone[] = {"/no/such/program", NULL};
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	opts.argv = argv;
	assert_int_equal(stk_proc_run(&opts, 20 * STK_NS_PER_S, NULL, &err), STK_E_IO);
	assert_string_equal(err.msg, "'sh': exit status 3");
	opts = (struct stk_proc_opts)STK_PROC_OPTS_INIT;
	opts.shell = "kill -9 $$";
	assert_int_equal(stk_proc_run(&opts, 20 * STK_NS_PER_S, NULL, &err), STK_E_IO);
	assert_string_equal(err.msg, "'kill -9 $$': signal 9 (Killed)");
	opts = (struct stk_proc_opts)STK_PROC_OPTS_INIT;
	opts.argv = gone;
	assert_int_equal(stk_proc_run(&opts, 20 * STK_NS_PER_S, NULL, &err), STK_E_NOT_FOUND);
}

static void proc_wait__ends_in_time_and_the_group_is_killed(void **state)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_proc_status status;
	struct stk_proc *proc = NULL;
	pid_t pid;

	(void)state;
	opts.shell = "trap '' TERM; sleep 600 & sleep 600; sleep 600";
	assert_int_equal(stk_proc_start(&opts, &proc, &err), 0);
	pid = stk_proc_pid(proc);
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(stk_proc_wait(proc, 1000000, NULL, &status, &err), STK_E_TIMEOUT);
	stk_proc_stop(proc, 1000000);
	assert_int_equal(stk_proc_wait(proc, -1, NULL, &status, &err), 0);
	assert_int_equal(status.signal_no, SIGKILL);
	stk_proc_free(proc);
	for (int i = 0; i < 2000 && kill(-pid, 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill(-pid, 0), -1);
}

/* As in a sandbox without pidfd_open: no number is left for its descriptor. */
static void start_without_pidfd(const char *shell, struct stk_proc **out)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct rlimit before, limit;
	int fds[64], len = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){64, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (len < 64 && (fds[len] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		len++;
	opts.shell = shell;
	assert_int_equal(stk_proc_start(&opts, out, &err), 0);
	while (len > 0)
		close(fds[--len]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void proc_wait__notices_the_end_without_a_pidfd(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_proc_status status;
	struct stk_proc *proc = NULL;

	(void)state;
	start_without_pidfd("exit 7", &proc);
	assert_int_equal(stk_proc_wait(proc, 20 * STK_NS_PER_S, NULL, &status, &err), 0);
	assert_int_equal(status.exit_code, 7);
	stk_proc_free(proc);
	start_without_pidfd("sleep 600", &proc);
	stk_proc_stop(proc, 10 * STK_NS_PER_S);
	assert_int_equal(stk_proc_wait(proc, 20 * STK_NS_PER_S, NULL, &status, &err), 0);
	assert_int_equal(status.signal_no, SIGTERM);
	stk_proc_free(proc);
}

static void proc_wait__ends_on_an_interrupt(void **state)
{
	atomic_int interrupts = 1;
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	opts.shell = "sleep 600";
	opts.interrupts = &interrupts;
	assert_int_equal(stk_proc_run(&opts, -1, NULL, &err), STK_E_ABORTED);
}

static void proc_wait__does_not_wait_for_a_grandchild_with_the_pipe(void **state)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	opts.shell = "echo now; sleep 600 &";
	assert_int_equal(stk_proc_run(&opts, 60 * STK_NS_PER_S, &out, &err), 0);
	assert_string_equal(out.ptr, "now\n");
	stk_buf_release(&out);
}

static void proc_merge_env__replaces_and_adds(void **state)
{
	const char *const base[] = {"A=1", "AB=2", NULL}, *const more[] = {"A=3", "C=4", NULL};
	char **env = stk_proc_merge_env(base, more);

	(void)state;
	assert_string_equal(env[0], "AB=2");
	assert_string_equal(env[1], "A=3");
	assert_string_equal(env[2], "C=4");
	assert_null(env[3]);
	stk_proc_free_env(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proc_run__captures_what_a_program_says),
		cmocka_unit_test(proc_run__takes_more_than_a_pipe_holds),
		cmocka_unit_test(proc_run__tells_how_it_ended),
		cmocka_unit_test(proc_wait__ends_in_time_and_the_group_is_killed),
		cmocka_unit_test(proc_wait__notices_the_end_without_a_pidfd),
		cmocka_unit_test(proc_wait__ends_on_an_interrupt),
		cmocka_unit_test(proc_wait__does_not_wait_for_a_grandchild_with_the_pipe),
		cmocka_unit_test(proc_merge_env__replaces_and_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
