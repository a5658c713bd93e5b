/* test_usage: what the kernel says about processes agrees with what it says to themselves. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/service/guard.h"
#include "core/service/usage.h"

/* Burn CPU time, tell it through the pipe, stay. */
_Noreturn static void burn(int fd)
{
	struct timespec now;
	int64_t used_ns = 0;

	while (used_ns < 30 * STK_NS_PER_MS) {
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
		used_ns = now.tv_sec * STK_NS_PER_S + now.tv_nsec;
	}
	(void)!write(fd, &used_ns, sizeof used_ns);
	for (;;)
		pause();
}

static void usage_read__is_the_processes_own_figure_to_a_millisecond(void **state)
{
	struct stk_usage_query query = {getpid(), false};
	struct stk_service_usage usage;
	int64_t told[2], sum = 0;
	pid_t pids[2];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			burn(fds[1]);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read(fds[0], &told[i], sizeof told[i]), sizeof told[i]);
		sum += told[i];
	}
	assert_int_equal(stk_usage_read(&query, NULL, &usage, NULL), 0);
	assert_int_equal(usage.processes, 2);
	assert_true(usage.rss_bytes > 0);
	assert_true(usage.cpu_ns >= sum);
	assert_true(usage.cpu_ns < sum + 5 * STK_NS_PER_MS); /* the write and the pause */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(kill(pids[i], SIGKILL), 0);
		assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
	}
	assert_int_equal(stk_usage_read(&query, NULL, &usage, NULL), 0);
	assert_int_equal(usage.processes, 0);
	assert_int_equal(usage.cpu_ns, 0);
	close(fds[0]);
	close(fds[1]);
}

static void guard_poll__reports_the_cpu_time_of_what_it_reaped(void **state)
{
	char *const argv[] = {(char[]){"sh"}, (char[]){"-c"},
		(char[]){"i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 4"}, NULL};
	char *const env[] = {(char[]){"PATH=/bin:/usr/bin"}, NULL};
	struct stk_guard_opts opts = {argv, env, "/", -1, NULL};
	struct stk_guard guard = STK_GUARD_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_guard_start(&guard, &opts, &err), 0);
	while (!guard.ended)
		(void)stk_guard_poll(&guard, 1000);
	assert_true(guard.first_ended);
	assert_true(WIFEXITED(guard.first_status) && WEXITSTATUS(guard.first_status) == 4);
	assert_true(guard.reaped_cpu_ns > 20 * STK_NS_PER_MS);
	assert_false(stk_guard_poll(&guard, 0));
	stk_guard_kill(&guard);
	stk_guard_signal(&guard, SIGTERM);
}

static void guard_start__refuses_a_folder_that_is_not_there(void **state)
{
	char *const argv[] = {(char[]){"true"}, NULL}, *const env[] = {NULL};
	struct stk_guard_opts opts = {argv, env, "/no/such/folder", -1, NULL};
	struct stk_guard guard = STK_GUARD_INIT;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_guard_start(&guard, &opts, &err), STK_E_NOT_FOUND);
	assert_true(guard.ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage_read__is_the_processes_own_figure_to_a_millisecond),
		cmocka_unit_test(guard_poll__reports_the_cpu_time_of_what_it_reaped),
		cmocka_unit_test(guard_start__refuses_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
