/* measure: what a service uses: its own processes, and those that others run for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/proc.h"
#include "core/service/cgroup.h"
#include "core/service/service_priv.h"

#define PIDS_TIMEOUT_NS (30 * STK_NS_PER_S)

enum { PIDS_MAX = 256, PIDS_BYTES = 1 << 16 };

static int parse_pids(struct stk_service *service, struct stk_str text, struct stk_err *err)
{
	struct stk_str line;
	int64_t pid;

	while (stk_str_cut(&text, '\n', &line)) {
		line = stk_str_trim(line);
		if (line.len == 0)
			continue;
		if (stk_str_to_i64(line, &pid, NULL) < 0 || pid < 1 || pid > INT32_MAX ||
			service->pids.len >= PIDS_MAX)
			return stk_err_set(err, STK_E_FORMAT,
				"a process id a line is wanted (at most %d), not '%.*s'", PIDS_MAX,
				STK_STR_ARG(stk_str_sub(line, 0, 60)));
		stk_vec_push(&service->pids, (pid_t)pid);
	}
	return service->pids.len > 0 ? 0
				     : stk_err_set(err, STK_E_FORMAT, "it printed no process id");
}

int stk_service_ask_pids(struct stk_service *service, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(PIDS_BYTES);
	struct stk_proc_opts opts = {.argv = (const char *const *)service->pids_command,
		.env = (const char *const *)service->env,
		.cwd = service->cwd,
		.err_path = "/dev/null",
		.interrupts = service->interrupts};
	int rc;

	stk_vec_clear(&service->pids);
	if (!service->pids_command)
		return 0;
	rc = stk_proc_run(&opts, PIDS_TIMEOUT_NS, &text, err);
	if (rc == 0)
		rc = parse_pids(service, stk_buf_str(&text), err);
	if (rc < 0)
		(void)stk_err_wrap(
			err, "service '%s': its pids command", service->name); /* rc is the same */
	stk_buf_release(&text);
	return rc;
}

/* The groups of the processes that were told, each once; ours is everybody's. */
struct groups {
	char ours[512];
	char paths[PIDS_MAX][512];
	size_t len;
};

static bool is_new(struct groups *groups, const char *path)
{
	for (size_t i = 0; i < groups->len; i++)
		if (strcmp(groups->paths[i], path) == 0)
			return false;
	(void)snprintf(groups->paths[groups->len++], sizeof groups->paths[0], "%s", path);
	return true;
}

static void add_told(struct groups *groups, pid_t pid, struct stk_service_usage *sum)
{
	struct stk_usage_query query = {pid, true};
	struct stk_service_usage one;
	struct stk_cgroup group;

	if (stk_cgroup_read("", pid, &group, NULL) < 0)
		return; /* it has ended */
	if (group.path[0] && strcmp(group.path, groups->ours) != 0 && group.cpu_ns >= 0) {
		if (!is_new(groups, group.path))
			return;
		sum->cpu_ns += group.cpu_ns;
		sum->rss_bytes += group.memory_bytes > 0 ? group.memory_bytes : 0;
		sum->processes++;
		return;
	}
	if (stk_usage_read(&query, NULL, &one, NULL) < 0)
		return;
	sum->cpu_ns += one.cpu_ns;
	sum->rss_bytes += one.rss_bytes;
	sum->processes += one.processes;
}

static void add_all_told(struct stk_service *service, struct stk_service_usage *sum)
{
	struct groups *groups;
	struct stk_cgroup ours;

	if (service->pids.len == 0)
		return;
	groups = stk_xcalloc(1, sizeof *groups);
	if (stk_cgroup_read("", getpid(), &ours, NULL) == 0)
		memcpy(groups->ours, ours.path, sizeof groups->ours);
	for (size_t i = 0; i < service->pids.len; i++)
		add_told(groups, service->pids.items[i], sum);
	free(groups);
}

/* Of the service's first process, or of the first one that it told. */
static int64_t throttled_ns(const struct stk_service *service)
{
	pid_t pid = service->pids.len > 0 ? service->pids.items[0] : service->guard.first_pid;
	struct stk_cgroup group;

	return stk_cgroup_read("", pid, &group, NULL) == 0 ? group.throttled_ns : -1;
}

static int count_restarts(struct stk_service *service, struct stk_usage_seen *now)
{
	int count = service->last.restarts;

	if (service->seen.at_ticks > 0)
		count += stk_usage_count_restarts(&service->seen, now);
	stk_vec_release(&service->seen.processes);
	service->seen = *now;
	return count;
}

static int look(struct stk_service *service, struct stk_err *err)
{
	struct stk_usage_query query = {service->guard.guard_pid, false};
	struct stk_usage_seen seen = {0, STK_VEC_INIT};
	struct stk_service_usage now;
	int rc = stk_usage_read(&query, &seen, &now, err);

	if (rc < 0) {
		stk_vec_release(&seen.processes);
		return rc;
	}
	(void)stk_guard_poll(&service->guard, 0); /* what has been reaped meanwhile */
	now.restarts = count_restarts(service, &seen);
	now.throttled_ns = throttled_ns(service);
	now.cpu_ns += service->guard.reaped_cpu_ns;
	add_all_told(service, &now);
	if (now.throttled_ns < service->last.throttled_ns)
		now.throttled_ns = service->last.throttled_ns;
	/* between its end and the guard's message a process counts nowhere */
	if (now.cpu_ns < service->last.cpu_ns)
		now.cpu_ns = service->last.cpu_ns;
	if (now.processes == 0 && service->stop) /* others run it */
		now.cpu_ns = now.rss_bytes = -1;
	service->last = now;
	return 0;
}

int stk_service_read_usage(
	struct stk_service *service, struct stk_service_usage *out, struct stk_err *err)
{
	int rc = 0;

	if (service->guard.first_pid == 0)
		return stk_err_set(
			err, STK_E_NOT_FOUND, "service '%s' was not started", service->name);
	if (service->started && !service->guard.ended)
		rc = look(service, err);
	if (rc == 0)
		*out = service->last;
	return rc;
}
