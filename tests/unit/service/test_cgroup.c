/* test_cgroup: control groups of both versions, from files kept here and from the real kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/service/cgroup.h"

static struct stk_cgroup read_fixture(const char *name)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_cgroup group;
	char root[200];

	(void)snprintf(root, sizeof root, "tests/fixtures/cgroup/%s", name);
	if (stk_cgroup_read(root, 7, &group, &err) < 0)
		fail_msg("%s", err.msg);
	return group;
}

static void cgroup_read__version_2_sums_the_throttling_of_all_levels(void **state)
{
	struct stk_cgroup group = read_fixture("v2");

	(void)state;
	assert_string_equal(group.path, "/kubepods.slice/pod1/app");
	assert_int_equal(group.cpu_ns, 4000123000);
	assert_int_equal(group.memory_bytes, 73400320);
	assert_int_equal(group.throttled_ns, 170007000);
}

static void cgroup_read__version_1_has_controllers_apart(void **state)
{
	struct stk_cgroup group = read_fixture("v1");

	(void)state;
	assert_string_equal(group.path, "/docker/abc");
	assert_int_equal(group.cpu_ns, 4000123456);
	assert_int_equal(group.memory_bytes, 73400320);
	assert_int_equal(group.throttled_ns, 20007000);
}

static void cgroup_read__from_inside_a_container(void **state)
{
	struct stk_cgroup group = read_fixture("inside");

	(void)state;
	assert_int_equal(group.cpu_ns, 5);
	assert_int_equal(group.throttled_ns, 6);
	assert_int_equal(group.memory_bytes, 7);
}

static void cgroup_read__both_versions_side_by_side(void **state)
{
	struct stk_cgroup group = read_fixture("hybrid");

	(void)state;
	assert_string_equal(group.path, "/x");
	assert_int_equal(group.cpu_ns, 12000);
	assert_int_equal(group.throttled_ns, -1); /* no quota can be set there */
	assert_int_equal(group.memory_bytes, -1);
}

static void cgroup_read__a_process_that_is_not_there(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_cgroup group;

	(void)state;
	assert_int_equal(
		stk_cgroup_read("tests/fixtures/cgroup/v2", 8, &group, &err), STK_E_NOT_FOUND);
}

static void cgroup_value__bounds(void **state)
{
	(void)state;
	assert_int_equal(stk_cgroup_value(STK_STR("a 1\nb 2\n"), "b"), 2);
	assert_int_equal(stk_cgroup_value(STK_STR("ab 1\nb\nb x\nb -5\n"), "b"), -1);
	assert_int_equal(stk_cgroup_value(STK_STR("b 99999999999999999999"), "b"), -1);
	assert_int_equal(stk_cgroup_value(STK_STR(""), "b"), -1);
}

static void cgroup_find_mount__takes_no_half_lines(void **state)
{
	struct stk_cgroup_mount mount;

	(void)state;
	assert_false(stk_cgroup_find_mount(STK_STR("1 2 3\n - cgroup2 x rw\n - \n"), "", &mount));
	assert_false(stk_cgroup_find_mount(
		STK_STR("33 31 0:30 / /a rw - cgroup cgroup rw,cpuset\n"), "cpu", &mount));
	assert_true(stk_cgroup_find_mount(
		STK_STR("33 31 0:30 /r /a rw - cgroup cgroup rw,cpu"), "cpu", &mount));
	assert_true(stk_str_is(mount.root, "/r") && stk_str_is(mount.point, "/a"));
	assert_int_equal(stk_cgroup_path(STK_STR("4:cpu:/a:b\n"), "cpu").len, 4);
	assert_int_equal(stk_cgroup_path(STK_STR("4:cpuset:/a\n"), "cpu").len, 0);
}

/* --- the real kernel ------------------------------------------------------------------------ */

_Noreturn static void burn(void)
{
	for (;;)
		;
}

static bool put(const char *folder, const char *file, const char *text)
{
	char path[300];
	FILE *to;
	bool good;

	(void)snprintf(path, sizeof path, "%s/%s", folder, file);
	to = fopen(path, "w");
	good = to && fputs(text, to) >= 0;
	return to && fclose(to) == 0 && good;
}

/* A group of its own for the process, with a quota of a tenth of a CPU, on a machine with version 1
 * and the rights for it; false elsewhere. */
static bool confine(const char *const folders[2], pid_t pid)
{
	char number[32];

	(void)snprintf(number, sizeof number, "%d", (int)pid);
	for (int i = 0; i < 2; i++)
		if (mkdir(folders[i], 0755) < 0 || !put(folders[i], "cgroup.procs", number))
			return false;
	return put(folders[0], "cpu.cfs_period_us", "10000") &&
	       put(folders[0], "cpu.cfs_quota_us", "1000");
}

static void cgroup_read__of_the_real_kernel(void **state)
{
	char cpu[100], account[100];
	const char *const folders[2] = {cpu, account};
	struct stk_cgroup group, ours;
	struct timespec used = {0, 0};
	clockid_t clock;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		burn();
	assert_int_equal(stk_cgroup_read("", getpid(), &ours, NULL), 0);
	assert_true(ours.path[0] == '/');
	(void)snprintf(cpu, sizeof cpu, "/sys/fs/cgroup/cpu/stoker-test-%d", (int)pid);
	(void)snprintf(account, sizeof account, "/sys/fs/cgroup/cpuacct/stoker-test-%d", (int)pid);
	if (confine(folders, pid)) {
		assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
		do {
			assert_int_equal(stk_cgroup_read("", pid, &group, NULL), 0);
			(void)clock_gettime(clock, &used);
		} while (group.throttled_ns <= 0 || group.cpu_ns < 5 * STK_NS_PER_MS);
		assert_string_not_equal(group.path, ours.path);
		/* what it used before it was put there is not the group's */
		assert_true(
			group.cpu_ns <= used.tv_sec * STK_NS_PER_S + used.tv_nsec + STK_NS_PER_MS);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)rmdir(cpu);
	(void)rmdir(account);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cgroup_read__version_2_sums_the_throttling_of_all_levels),
		cmocka_unit_test(cgroup_read__version_1_has_controllers_apart),
		cmocka_unit_test(cgroup_read__from_inside_a_container),
		cmocka_unit_test(cgroup_read__both_versions_side_by_side),
		cmocka_unit_test(cgroup_read__a_process_that_is_not_there),
		cmocka_unit_test(cgroup_value__bounds),
		cmocka_unit_test(cgroup_find_mount__takes_no_half_lines),
		cmocka_unit_test(cgroup_read__of_the_real_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
