/* test_service: real programs started, made ready, measured, stopped, and left behind. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/service/service.h"

struct place {
	char *dir, *log;
};

static int set_up(void **state)
{
	struct place *place = stk_xcalloc(1, sizeof *place);

	assert_int_equal(stk_fs_mkdtemp("stoker-service", &place->dir, NULL), 0);
	place->log = stk_fs_join(place->dir, "log");
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	assert_int_equal(stk_fs_remove_tree(place->dir, NULL), 0);
	free(place->log);
	free(place->dir);
	free(place);
	return 0;
}

static struct stk_service_spec spec_of(const struct place *place, const char *start)
{
	struct stk_service_spec spec = {
		.name = "head", .start = {.shell = start}, .log_path = place->log};

	spec.values.dir = place->dir;
	spec.ready_timeout_ns = 20 * STK_NS_PER_S;
	spec.stop_timeout_ns = 5 * STK_NS_PER_S;
	return spec;
}

static struct stk_service *start(const struct stk_service_spec *spec)
{
	struct stk_service *service = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_service_new(spec, &service, &err) < 0 || stk_service_start(service, &err) < 0)
		fail_msg("%s", err.msg);
	return service;
}

static int64_t cpu_of(struct stk_service *service)
{
	struct stk_service_usage usage;

	assert_int_equal(stk_service_read_usage(service, &usage, NULL), 0);
	return usage.cpu_ns;
}

/* Wait for an event that must come: at most 20 s, in steps. */
static bool await_gone(pid_t pid)
{
	for (int i = 0; i < 2000; i++) {
		if (kill(pid, 0) < 0)
			return true;
		usleep(10000);
	}
	return false;
}

static pid_t await_number(const char *path)
{
	for (int i = 0; i < 2000; i++) {
		struct stk_buf text = STK_BUF_INIT(100);
		int64_t value = 0;
		bool found = stk_fs_read(path, &text, NULL) == 0 &&
			     stk_str_ends(stk_buf_str(&text), "\n") &&
			     stk_str_to_i64(stk_str_trim(stk_buf_str(&text)), &value, NULL) == 0;

		stk_buf_release(&text);
		if (found)
			return (pid_t)value;
		usleep(10000);
	}
	fail_msg("no number in '%s'", path);
	return 0;
}

static void service_wait_ready__finds_an_http_server(void **state)
{
	struct stk_service_spec spec = spec_of(
		*state, "exec python3 -u -m http.server --bind 127.0.0.1 {port} --directory {dir}");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	struct stk_service_usage usage;
	char url[64];

	spec.ready = "/";
	service = start(&spec);
	if (stk_service_wait_ready(service, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.hint);
	(void)snprintf(
		url, sizeof url, "http://127.0.0.1:%u", (unsigned)stk_service_port(service, 1));
	assert_string_equal(stk_service_url(service), url);
	assert_true(stk_service_alive(service));
	assert_int_equal(stk_service_read_usage(service, &usage, &err), 0);
	assert_true(usage.cpu_ns > 1000000);
	assert_true(usage.rss_bytes > 1 << 20);
	assert_int_equal(usage.processes, 1);
	assert_int_equal(stk_service_stop(service, &err), 0);
	assert_false(stk_service_alive(service));
	assert_true(await_gone(stk_service_pid(service)));
	assert_true(cpu_of(service) >= usage.cpu_ns);
	stk_service_free(service);
}

static void service_wait_ready__tells_status_and_log_of_one_that_died(void **state)
{
	struct stk_service_spec spec =
		spec_of(*state, "echo starting; echo 'no such table' >&2; exit 3 # {port}");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service = start(&spec);

	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_IO);
	assert_string_equal(err.msg, "service 'head' ended before it was ready: exit status 3");
	assert_string_equal(err.hint, "its last lines:\nstarting\nno such table\n");
	assert_int_equal(stk_service_stop(service, &err), 0);
	stk_service_free(service);
}

static void service_wait_ready__gives_up_in_time(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "sleep 600 # {port}");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;

	spec.ready_timeout_ns = STK_NS_PER_S / 5;
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_TIMEOUT);
	assert_non_null(strstr(err.msg, "was not ready within"));
	stk_service_free(service);
}

static int ready_at_three(struct stk_err *err, void *ctx)
{
	int *calls = ctx;

	(void)err;
	return ++*calls == 3;
}

static int ready_never(struct stk_err *err, void *ctx)
{
	(void)ctx;
	return stk_err_set(err, STK_E_SCRIPT, "stoker.lua:7: no");
}

static void service_wait_ready__asks_a_function(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "exec sleep 600");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	int calls = 0;

	spec.ready_fn = ready_at_three;
	spec.ready_ctx = &calls;
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), 0);
	assert_int_equal(calls, 3);
	stk_service_free(service);
	spec.ready_fn = ready_never;
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_SCRIPT);
	assert_string_equal(err.msg, "stoker.lua:7: no");
	stk_service_free(service);
}

static void service_wait_ready__ends_on_an_interrupt(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "exec sleep 600 # {port}");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	atomic_int interrupts = 1;

	spec.interrupts = &interrupts;
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_ABORTED);
	stk_service_free(service);
}

static void service_stop__kills_what_does_not_listen(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec =
		spec_of(place, "trap '' TERM; echo $$ > {dir}/pid; while :; do sleep 1; done");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	char *path = stk_fs_join(place->dir, "pid");
	pid_t pid;

	spec.stop_timeout_ns = STK_NS_PER_S / 5;
	service = start(&spec);
	pid = await_number(path);
	assert_int_equal(stk_service_stop(service, &err), STK_E_TIMEOUT);
	assert_non_null(strstr(err.msg, "TERM and was killed"));
	assert_true(await_gone(pid));
	stk_service_free(service);
	free(path);
}

static void service_stop__reaches_what_left_the_group(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec = spec_of(place,
		"setsid sh -c 'trap \"\" TERM; echo $$ > {dir}/pid; while :; do sleep 1; done' &"
		" exec sleep 600");
	struct stk_service_usage usage;
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	char *path = stk_fs_join(place->dir, "pid");
	pid_t pid;

	spec.stop_timeout_ns = STK_NS_PER_S / 5;
	service = start(&spec);
	pid = await_number(path);
	assert_int_equal(stk_service_read_usage(service, &usage, &err), 0);
	assert_true(usage.processes >= 2);
	assert_int_equal(stk_service_stop(service, &err), STK_E_TIMEOUT);
	assert_true(await_gone(pid));
	stk_service_free(service);
	free(path);
}

static void service_start__names_the_program_that_is_not_there(void **state)
{
	const char *const argv[] = {"/no/such/program", "-x"};
	struct stk_service_spec spec = spec_of(*state, NULL);
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service = NULL;

	spec.start = (struct stk_service_command){.argv = argv, .argv_len = 2};
	assert_int_equal(stk_service_new(&spec, &service, &err), 0);
	assert_int_equal(stk_service_start(service, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "'/no/such/program' cannot be started: No such file"));
	assert_false(stk_service_alive(service));
	stk_service_free(service);
}

static void service_build__says_what_the_compiler_said(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "true");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service = NULL;

	spec.build =
		(struct stk_service_command){.shell = "echo 'main.go:3: undefined: x'; exit 2"};
	assert_int_equal(stk_service_new(&spec, &service, &err), 0);
	assert_int_equal(stk_service_build(service, &err), STK_E_IO);
	assert_string_equal(err.msg, "service 'head' could not be built: exit status 2");
	assert_string_equal(err.hint, "its last lines:\nmain.go:3: undefined: x\n");
	stk_service_free(service);
}

static void service_build__then_start_uses_its_output(void **state)
{
	struct stk_service_var env[] = {{"GREETING", "side {side} of {run} {{x}"}};
	struct stk_service_spec spec = spec_of(*state, "sh ./built; exec sleep 600");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service = NULL;
	struct stk_buf tail = STK_BUF_EMPTY;

	spec.build = (struct stk_service_command){
		.shell = "echo 'echo $GREETING; echo 7 > done' > {dir}/built"};
	spec.env = env;
	spec.env_len = 1;
	spec.values.side = "head";
	spec.values.run = "r1";
	assert_int_equal(stk_service_new(&spec, &service, &err), 0);
	assert_int_equal(stk_service_build(service, &err), 0);
	assert_int_equal(stk_service_start(service, &err), 0);
	char *path = stk_fs_join(((struct place *)*state)->dir, "done");
	assert_int_equal(await_number(path), 7);
	free(path);
	stk_service_log_tail(service, 1, &tail);
	assert_string_equal(tail.ptr, "side head of r1 {x}\n");
	stk_buf_release(&tail);
	stk_service_free(service);
}

static void service_cpu_ns__counts_children_that_ended(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec = spec_of(place,
		"sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; echo 1 > {dir}/done;"
		" exec sleep 600");
	struct stk_service *service = start(&spec);
	char *path = stk_fs_join(place->dir, "done");
	int64_t cpu_ns;

	assert_int_equal(await_number(path), 1);
	cpu_ns = cpu_of(service);
	assert_true(cpu_ns > 20 * STK_NS_PER_MS);
	assert_true(cpu_of(service) >= cpu_ns);
	stk_service_free(service);
	free(path);
}

/* In a process of its own: start a service and be killed. */
_Noreturn static void start_and_hang(const struct stk_service_spec *spec)
{
	struct stk_service *service = NULL;

	if (stk_service_new(spec, &service, NULL) < 0 || stk_service_start(service, NULL) < 0)
		_exit(1);
	for (;;)
		pause();
}

static void service_guard__ends_the_service_when_its_parent_is_killed(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec =
		spec_of(place, "trap '' TERM; (echo $$ > {dir}/pid; exec sleep 600) &"
			       " setsid sh -c 'echo $$ > {dir}/pid2; exec sleep 600' & wait");
	char *path = stk_fs_join(place->dir, "pid"), *path2 = stk_fs_join(place->dir, "pid2");
	pid_t parent = fork(), pid, pid2;

	if (parent == 0)
		start_and_hang(&spec);
	pid = await_number(path);
	pid2 = await_number(path2);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_true(await_gone(pid));
	assert_true(await_gone(pid2));
	free(path);
	free(path2);
}

static void service_guard__holds_nothing_of_ours(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "exec sleep 600");
	struct stk_service *service;
	char path[64], **names = NULL;
	int fds[2];
	size_t len = 0;

	assert_int_equal(pipe(fds), 0); /* not close-on-exec: the guard must close it itself */
	service = start(&spec);
	(void)snprintf(path, sizeof path, "/proc/%d/fd", (int)stk_service_pid(service));
	/* while it is being loaded it has its libraries open, one after the other */
	for (int i = 0; i < 2000 && len != 3; i++) {
		assert_int_equal(stk_fs_list(path, &names, &len, NULL), 0);
		stk_fs_list_free(names, len);
		usleep(1000);
	}
	assert_int_equal(len, 3);
	close(fds[0]);
	close(fds[1]);
	stk_service_free(service);
}

static void service_alive__sees_that_the_guard_was_killed(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec =
		spec_of(place, "cut -d ' ' -f 4 /proc/$$/stat > {dir}/guard; exec sleep 600");
	struct stk_service *service = start(&spec);
	char *path = stk_fs_join(place->dir, "guard");
	pid_t guard = await_number(path);
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(kill(guard, SIGKILL), 0);
	assert_true(await_gone(stk_service_pid(service)));
	while (stk_service_alive(service))
		usleep(1000);
	assert_int_equal(stk_service_check(service, &err), STK_E_IO);
	stk_service_free(service);
	free(path);
}

static void service_new__names_the_unknown_placeholder(void **state)
{
	struct stk_service_spec spec = spec_of(*state, "shop -listen :{prot}");
	struct stk_service *service = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_service_new(&spec, &service, &err), STK_E_SCRIPT);
	assert_string_equal(err.msg, "service 'head': start: unknown placeholder '{prot}'");
	assert_non_null(strstr(err.hint, "{port}"));
	spec = spec_of(*state, "x");
	spec.stop_signal = "NOPE";
	assert_int_equal(stk_service_new(&spec, &service, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "'NOPE' is no signal"));
	spec.start.shell = NULL;
	assert_int_equal(stk_service_new(&spec, &service, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "start command is missing"));
	assert_null(service);
}

/* As docker compose up --detach does: hand it to somebody else, return. */
static struct stk_service_spec detached_spec(const struct place *place)
{
	struct stk_service_spec spec = spec_of(place, "echo up; exit 0 # {port}");

	spec.ready = "started";
	spec.stop = (struct stk_service_command){.shell = "echo down; echo 1 > {dir}/stopped"};
	return spec;
}

static void service_stop__runs_the_stop_command_of_one_that_returned(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec = detached_spec(place);
	char *path = stk_fs_join(place->dir, "stopped");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service = start(&spec);
	struct stk_buf tail = STK_BUF_EMPTY;

	while (!stk_service_alive(service) || cpu_of(service) != -1)
		usleep(1000); /* its start has not ended yet */
	assert_int_equal(stk_service_wait_ready(service, &err), 0);
	assert_int_equal(stk_service_check(service, &err), 0);
	assert_false(stk_fs_exists(path));
	assert_int_equal(stk_service_stop(service, &err), 0);
	assert_true(stk_fs_exists(path));
	assert_false(stk_service_alive(service));
	stk_service_log_tail(service, 2, &tail);
	assert_string_equal(tail.ptr, "up\ndown\n");
	stk_buf_release(&tail);
	stk_service_free(service);
	free(path);
}

static void service_stop__says_that_the_stop_command_failed(void **state)
{
	struct stk_service_spec spec = detached_spec(*state);
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;

	spec.stop.shell = "exit 3";
	service = start(&spec);
	assert_int_equal(stk_service_stop(service, &err), STK_E_IO);
	assert_string_equal(err.msg, "service 'head': its stop command failed");
	stk_service_free(service);
	spec.start.shell = "exit 4";
	service = start(&spec); /* a start that failed is no service */
	while (stk_service_alive(service))
		usleep(1000);
	assert_int_equal(stk_service_check(service, &err), STK_E_IO);
	stk_service_free(service);
}

static void service_stop__of_one_that_stays_ends_it_too(void **state)
{
	struct stk_service_spec spec = detached_spec(*state);
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;

	spec.start.shell = "exec sleep 600";
	service = start(&spec);
	assert_int_equal(stk_service_stop(service, &err), 0);
	assert_true(await_gone(stk_service_pid(service)));
	stk_service_free(service);
}

static void service_guard__runs_the_stop_command_when_its_parent_is_killed(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec = detached_spec(place);
	char *up = stk_fs_join(place->dir, "up"), *path = stk_fs_join(place->dir, "stopped");
	pid_t parent;

	spec.start.shell = "echo 1 > {dir}/up";
	parent = fork();
	if (parent == 0)
		start_and_hang(&spec);
	assert_int_equal(await_number(up), 1);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(await_number(path), 1);
	free(up);
	free(path);
}

static void service_read_usage__counts_what_the_pids_command_tells(void **state)
{
	struct place *place = *state;
	struct stk_service_spec spec = detached_spec(place);
	struct stk_service_usage usage;
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;
	char pids[64];
	pid_t other = fork();

	if (other == 0)
		for (;;)
			;
	(void)snprintf(pids, sizeof pids, "echo %d; echo", (int)other);
	spec.pids = (struct stk_service_command){.shell = pids};
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), 0);
	do
		assert_int_equal(stk_service_read_usage(service, &usage, &err), 0);
	while (usage.cpu_ns < 20 * STK_NS_PER_MS);
	assert_true(usage.processes >= 1);
	assert_true(usage.rss_bytes > 0);
	assert_int_equal(stk_service_stop(service, &err), 0);
	stk_service_free(service);
	spec.pids.shell = "echo none";
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_FORMAT);
	assert_non_null(strstr(err.msg, "its pids command: a process id a line is wanted"));
	stk_service_free(service);
	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
}

static void service_wait_ready__tcp_of_another_port(void **state)
{
	struct stk_service_spec spec = spec_of(*state,
		"exec python3 -u -m http.server --bind 127.0.0.1 {port2} --directory {dir}");
	struct stk_err err = STK_ERR_INIT;
	struct stk_service *service;

	spec.ready = "tcp:{port2}";
	service = start(&spec);
	if (stk_service_wait_ready(service, &err) < 0)
		fail_msg("%s", err.msg);
	stk_service_free(service);
	spec.ready = "tcp:70000";
	service = start(&spec);
	assert_int_equal(stk_service_wait_ready(service, &err), STK_E_SCRIPT);
	assert_non_null(strstr(err.msg, "\"tcp:PORT\""));
	stk_service_free(service);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(service_wait_ready__finds_an_http_server),
		CASE(service_wait_ready__tells_status_and_log_of_one_that_died),
		CASE(service_wait_ready__gives_up_in_time),
		CASE(service_wait_ready__asks_a_function),
		CASE(service_wait_ready__ends_on_an_interrupt),
		CASE(service_stop__kills_what_does_not_listen),
		CASE(service_stop__reaches_what_left_the_group),
		CASE(service_start__names_the_program_that_is_not_there),
		CASE(service_build__says_what_the_compiler_said),
		CASE(service_build__then_start_uses_its_output),
		CASE(service_cpu_ns__counts_children_that_ended),
		CASE(service_guard__ends_the_service_when_its_parent_is_killed),
		CASE(service_guard__holds_nothing_of_ours),
		CASE(service_alive__sees_that_the_guard_was_killed),
		CASE(service_new__names_the_unknown_placeholder),
		CASE(service_stop__runs_the_stop_command_of_one_that_returned),
		CASE(service_stop__says_that_the_stop_command_failed),
		CASE(service_stop__of_one_that_stays_ends_it_too),
		CASE(service_guard__runs_the_stop_command_when_its_parent_is_killed),
		CASE(service_read_usage__counts_what_the_pids_command_tells),
		CASE(service_wait_ready__tcp_of_another_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
