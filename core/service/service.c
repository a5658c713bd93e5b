/* service: from its plan to its end: new, start, alive, stop, free. */
#include "core/service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/base/proc.h"
#include "core/service/service_priv.h"

enum { POLL_MS = 100 };

bool stk_service_is_interrupted(const struct stk_service *service)
{
	return service->interrupts && atomic_load(service->interrupts) > 0;
}

static int open_log(struct stk_service *service, int *out, struct stk_err *err)
{
	if (!service->log_path)
		return 0;
	*out = open(service->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (*out < 0)
		return stk_err_set_errno(err, STK_E_IO, errno, "'%s'", service->log_path);
	service->log_from = lseek(*out, 0, SEEK_END);
	return 0;
}

int stk_service_launch(struct stk_service *service, char *const *argv, struct stk_err *err)
{
	struct stk_guard_opts opts = {argv, service->env, service->cwd, -1,
		argv == service->start ? service->stop : NULL};
	int rc = open_log(service, &opts.log_fd, err);

	if (rc == 0) {
		service->guard = (struct stk_guard)STK_GUARD_INIT;
		rc = stk_guard_start(&service->guard, &opts, err);
	}
	if (opts.log_fd >= 0)
		close(opts.log_fd);
	if (rc < 0)
		(void)stk_err_wrap(err, "service '%s'", service->name); /* rc is the same */
	return rc;
}

int stk_service_start(struct stk_service *service, struct stk_err *err)
{
	int rc;

	if (service->started && !service->guard.ended)
		return stk_err_set(err, STK_E_INVAL, "service '%s' runs already", service->name);
	service->last = (struct stk_service_usage){.throttled_ns = -1};
	service->seen.at_ticks = 0;
	rc = stk_service_launch(service, service->start, err);
	service->started = rc == 0;
	return rc;
}

static bool has_failed(const struct stk_guard *guard)
{
	return guard->first_ended &&
	       !(WIFEXITED(guard->first_status) && WEXITSTATUS(guard->first_status) == 0);
}

bool stk_service_alive(struct stk_service *service)
{
	if (!service->started)
		return false;
	(void)stk_guard_poll(&service->guard, 0); /* whether there was news is all the same */
	return !service->guard.ended && !has_failed(&service->guard);
}

int stk_service_fail_ended(const struct stk_service *service, const char *what, struct stk_err *err)
{
	const struct stk_guard *guard = &service->guard;
	struct stk_proc_status status = {-1, 0};
	struct stk_buf how = STK_BUF_INIT(256), tail = STK_BUF_INIT(STK_ERR_HINT_MAX * 16);

	if (guard->first_ended && WIFEXITED(guard->first_status))
		status.exit_code = WEXITSTATUS(guard->first_status);
	else if (guard->first_ended)
		status.signal_no = WTERMSIG(guard->first_status);
	stk_proc_format_status(&status, &how);
	stk_err_set(err, STK_E_IO, "service '%s' %s: %s", service->name, what, how.ptr);
	stk_service_log_tail(service, 8, &tail);
	if (tail.len > 0) {
		/* the end matters most */
		size_t skip =
			tail.len > STK_ERR_HINT_MAX - 40 ? tail.len - STK_ERR_HINT_MAX + 40 : 0;
		stk_err_hint(err, "its last lines:\n%s", tail.ptr + skip);
	} else if (service->log_path) {
		stk_err_hint(err, "it wrote nothing");
	}
	stk_buf_release(&how);
	stk_buf_release(&tail);
	return STK_E_IO;
}

int stk_service_check(struct stk_service *service, struct stk_err *err)
{
	if (stk_service_alive(service))
		return 0;
	if (!service->started)
		return stk_err_set(
			err, STK_E_NOT_FOUND, "service '%s' was not started", service->name);
	return stk_service_fail_ended(service, "ended", err);
}

/* Until nothing is left or the time is over; false then. */
static bool await_end(struct stk_service *service)
{
	int64_t until = stk_clock_mono(service->clock) + service->stop_timeout_ns;

	while (!service->guard.ended && stk_clock_mono(service->clock) < until)
		(void)stk_guard_poll(&service->guard, POLL_MS); /* its state tells */
	return service->guard.ended;
}

#define STOP_COMMAND_NS (60 * STK_NS_PER_S)

/* Run the stop command and wait for it; the service's own end is not waited for. */
static int run_stop(struct stk_service *service, struct stk_err *err)
{
	struct stk_guard *guard = &service->guard;
	int64_t limit = service->stop_timeout_ns > STOP_COMMAND_NS ? service->stop_timeout_ns
								   : STOP_COMMAND_NS;
	int64_t until = stk_clock_mono(service->clock) + limit;

	stk_guard_run_stop(guard);
	while (!guard->stop_ended && !guard->ended && stk_clock_mono(service->clock) < until)
		(void)stk_guard_poll(guard, POLL_MS); /* its state tells */
	if (guard->stop_ended && WIFEXITED(guard->stop_status) &&
		WEXITSTATUS(guard->stop_status) == 0)
		return 0;
	return stk_err_set(err, STK_E_IO, "service '%s': its stop command %s", service->name,
		guard->stop_ended ? "failed" : "takes too long");
}

int stk_service_stop(struct stk_service *service, struct stk_err *err)
{
	int rc = 0;

	if (!service->started)
		return 0;
	/* keep the last figures: the processes take theirs with them */
	(void)!stk_service_read_usage(service, &service->last, NULL);
	if (service->stop && !service->guard.ended)
		rc = run_stop(service, err);
	stk_guard_signal(&service->guard, service->stop_signal);
	if (!await_end(service)) {
		stk_guard_kill(&service->guard);
		rc = stk_err_set(err, STK_E_TIMEOUT,
			"service '%s' did not end within %lld s of %s and was killed",
			service->name, (long long)(service->stop_timeout_ns / STK_NS_PER_S),
			sigabbrev_np(service->stop_signal));
	}
	if (service->guard.reaped_cpu_ns > service->last.cpu_ns && service->last.cpu_ns >= 0)
		service->last.cpu_ns = service->guard.reaped_cpu_ns;
	service->last.rss_bytes = 0;
	service->last.processes = 0;
	service->started = false;
	return rc;
}

pid_t stk_service_pid(const struct stk_service *service)
{
	return service->guard.first_pid;
}

const char *stk_service_url(const struct stk_service *service)
{
	return service->url;
}

uint16_t stk_service_port(const struct stk_service *service, int n)
{
	return n >= 1 && n <= STK_SERVICE_PORTS ? service->values.ports[n - 1] : 0;
}

int stk_service_expand(
	struct stk_service *service, const char *text, struct stk_buf *out, struct stk_err *err)
{
	return stk_placeholder_expand(&service->values, text, out, err);
}

int stk_service_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0) /* more than 1,024 CPUs */
		return (int)sysconf(_SC_NPROCESSORS_ONLN);
	return CPU_COUNT(&set);
}

void stk_service_free(struct stk_service *service)
{
	if (!service)
		return;
	(void)!stk_service_stop(service, NULL); /* a kill is all the same here */
	stk_guard_kill(&service->guard);
	stk_vec_release(&service->seen.processes);
	stk_vec_release(&service->pids);
	stk_proc_free_env(service->env);
	stk_arena_release(&service->arena);
	free(service);
}
