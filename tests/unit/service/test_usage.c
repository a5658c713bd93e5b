/* test_usage: what the kernel says about processes agrees with what it says to themselves. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
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

static void add(struct stk_usage_seen *seen, pid_t pid, int64_t start_s, const char *name)
{
	int64_t ticks = sysconf(_SC_CLK_TCK);
	struct stk_usage_process one = {.pid = pid, .start_ticks = start_s * ticks};

	(void)snprintf(one.name, sizeof one.name, "%s", name);
	stk_vec_push(&seen->processes, one);
}

static void usage_count_restarts__workers_that_were_replaced(void **state)
{
	int64_t ticks = sysconf(_SC_CLK_TCK);
	struct stk_usage_seen before = {100 * ticks, STK_VEC_INIT};
	struct stk_usage_seen after = {110 * ticks, STK_VEC_INIT};

	(void)state;
	add(&before, 1, 10, "master");
	add(&before, 2, 10, "worker");
	add(&before, 3, 10, "worker");
	add(&before, 4, 99, "sh");    /* a helper, one second old */
	add(&before, 5, 10, "gone");  /* nothing comes in its place */
	add(&before, 6, 10, "again"); /* its number is another's now */
	add(&after, 1, 10, "master");
	add(&after, 3, 10, "worker");
	add(&after, 7, 105, "worker");
	add(&after, 8, 105, "worker"); /* one more than before */
	add(&after, 9, 105, "sh");
	add(&after, 6, 105, "again");
	assert_int_equal(stk_usage_count_restarts(&before, &after), 2);
	assert_int_equal(stk_usage_count_restarts(&before, &before), 0);
	stk_vec_release(&before.processes);
	stk_vec_release(&after.processes);
}

static void usage_read__tells_who_they_are(void **state)
{
	struct stk_usage_query query = {getpid(), true};
	struct stk_usage_seen seen = {0, STK_VEC_INIT};
	struct stk_service_usage usage;

	(void)state;
	assert_int_equal(stk_usage_read(&query, &seen, &usage, NULL), 0);
	assert_int_equal(seen.processes.len, 1);
	assert_int_equal(seen.processes.items[0].pid, getpid());
	assert_string_equal(seen.processes.items[0].name, "test_usage");
	assert_true(seen.processes.items[0].start_ticks > 0);
	assert_true(seen.processes.items[0].start_ticks <= seen.at_ticks);
	stk_vec_release(&seen.processes);
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

static void note(int signal_no)
{
	(void)signal_no;
}

/* Ctrl-C while a service starts is no reason that it cannot. */
static void guard_start__is_not_ended_by_a_signal(void **state)
{
	char *const argv[] = {(char[]){"true"}, NULL};
	char *const env[] = {(char[]){"PATH=/bin:/usr/bin"}, NULL};
	struct stk_guard_opts opts = {argv, env, "/", -1, NULL};
	struct sigaction action = {.sa_handler = note}, before;
	struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
	int refused = 0;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (int i = 0; i < 30; i++) {
		struct stk_guard guard = STK_GUARD_INIT;

		refused += stk_guard_start(&guard, &opts, NULL) < 0;
		stk_guard_kill(&guard);
	}
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_int_equal(refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage_read__is_the_processes_own_figure_to_a_millisecond),
		cmocka_unit_test(usage_count_restarts__workers_that_were_replaced),
		cmocka_unit_test(usage_read__tells_who_they_are),
		cmocka_unit_test(guard_poll__reports_the_cpu_time_of_what_it_reaped),
		cmocka_unit_test(guard_start__is_not_ended_by_a_signal),
		cmocka_unit_test(guard_start__refuses_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
