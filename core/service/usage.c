/* usage: CPU time, memory and number of all processes below one process, from /proc. */
#include "core/service/usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/vec.h"

enum { STAT_BYTES = 1024 };

/* Fields of /proc/PID/stat that follow the name, counted from the state (proc(5) calls it 3). */
enum {
	FIELD_STATE = 0,
	FIELD_PPID = 1,
	FIELD_CUTIME = 13,
	FIELD_CSTIME = 14,
	FIELD_START = 19,
	FIELD_RSS = 21
};

enum { OLD_S = 5, SEEN_MAX = 4096 };

struct process {
	pid_t pid, parent;
	bool inside, zombie;
	int64_t reaped_ticks, start_ticks, rss_pages;
	char name[16];
};
STK_VEC_TYPE(processes, struct process);

/* The name may hold blanks and brackets, hence the last bracket. */
static bool parse_stat(struct stk_str text, struct process *out)
{
	ptrdiff_t end = stk_str_rfind_byte(text, ')'), open = stk_str_find_byte(text, '(');
	struct stk_str rest = stk_str_skip(text, (size_t)(end + 2)), word;
	int64_t value;

	if (end < 0 || open < 0 || open > end)
		return false;
	(void)snprintf(
		out->name, sizeof out->name, "%.*s", (int)(end - open - 1), text.ptr + open + 1);
	for (int field = 0; field <= FIELD_RSS; field++) {
		if (!stk_str_cut(&rest, ' ', &word))
			return false;
		if (field == FIELD_STATE) {
			out->zombie = stk_str_is(word, "Z") || stk_str_is(word, "X");
			continue;
		}
		if (stk_str_to_i64(word, &value, NULL) < 0)
			continue; /* a counter over 63 bits, none of ours */
		if (field == FIELD_PPID)
			out->parent = (pid_t)value;
		else if (field == FIELD_CUTIME || field == FIELD_CSTIME)
			out->reaped_ticks += value;
		else if (field == FIELD_START)
			out->start_ticks = value;
		else if (field == FIELD_RSS)
			out->rss_pages = value;
	}
	return true;
}

static bool read_stat(int proc_fd, const char *name, struct process *out)
{
	char path[300], text[STAT_BYTES];
	int fd;
	ssize_t len;

	(void)snprintf(path, sizeof path, "%s/stat", name); /* a name has at most 255 bytes */
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false; /* it has just ended */
	len = read(fd, text, sizeof text);
	close(fd);
	return len > 0 && parse_stat(stk_str_n(text, (size_t)len), out);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *p = a, *q = b;

	return (p->pid > q->pid) - (p->pid < q->pid);
}

static int list(struct processes *all, struct stk_err *err)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int64_t pid;

	if (!dir)
		return stk_err_set_errno(err, STK_E_IO, errno, "'/proc'");
	while ((entry = readdir(dir))) {
		struct process one = {0};

		if (stk_str_to_i64(stk_str_of(entry->d_name), &pid, NULL) < 0)
			continue;
		one.pid = (pid_t)pid;
		if (read_stat(dirfd(dir), entry->d_name, &one))
			stk_vec_push(all, one);
	}
	closedir(dir);
	if (all->len > 0)
		qsort(all->items, all->len, sizeof *all->items, by_pid);
	return 0;
}

/* Parents may have larger numbers than children: repeat until nothing is added. */
static void mark(struct processes *all, pid_t root)
{
	bool any = true;

	while (any) {
		any = false;
		for (size_t i = 0; i < all->len; i++) {
			struct process key = {.pid = all->items[i].parent}, *parent;

			if (all->items[i].inside)
				continue;
			parent = bsearch(&key, all->items, all->len, sizeof *all->items, by_pid);
			if (key.pid == root || (parent && parent->inside))
				any = all->items[i].inside = true;
		}
	}
}

/* User and system time with all threads, to the nanosecond; 0 if it has just been reaped. */
static int64_t cpu_ns(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
		return 0;
	return (int64_t)time.tv_sec * STK_NS_PER_S + time.tv_nsec;
}

static int64_t ticks_now(void)
{
	struct timespec now = {0, 0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now); /* cannot fail */
	return ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) * sysconf(_SC_CLK_TCK) / 1000;
}

static void see(struct stk_usage_seen *seen, const struct process *process)
{
	struct stk_usage_process one = {.pid = process->pid, .start_ticks = process->start_ticks};

	memcpy(one.name, process->name, sizeof one.name);
	stk_vec_push(&seen->processes, one);
}

int stk_usage_read(const struct stk_usage_query *query, struct stk_usage_seen *seen,
	struct stk_service_usage *out, struct stk_err *err)
{
	int64_t tick_ns = STK_NS_PER_S / sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
	struct stk_service_usage sum = {.throttled_ns = -1, .restarts = -1};
	struct processes all = STK_VEC_INIT;
	int rc = list(&all, err);

	if (rc < 0)
		goto out;
	if (seen) {
		seen->at_ticks = ticks_now();
		stk_vec_clear(&seen->processes);
	}
	mark(&all, query->root);
	for (size_t i = 0; i < all.len; i++) {
		const struct process *one = &all.items[i];

		if (!one->inside && !(query->with_root && one->pid == query->root))
			continue;
		sum.cpu_ns += cpu_ns(one->pid) + one->reaped_ticks * tick_ns;
		sum.rss_bytes += one->rss_pages * page;
		sum.processes += !one->zombie;
		if (seen && !one->zombie)
			see(seen, one);
	}
	*out = sum;
out:
	stk_vec_release(&all);
	return rc;
}

static bool has_process(const struct stk_usage_seen *seen, const struct stk_usage_process *wanted)
{
	for (size_t i = 0; i < seen->processes.len; i++)
		if (seen->processes.items[i].pid == wanted->pid &&
			seen->processes.items[i].start_ticks == wanted->start_ticks)
			return true;
	return false;
}

/* Those of this name that only one of both lists has, and that began before `limit`. */
static int count_only(const struct stk_usage_seen *in, const struct stk_usage_seen *other,
	const char *name, int64_t limit)
{
	int count = 0;

	for (size_t i = 0; i < in->processes.len; i++) {
		const struct stk_usage_process *one = &in->processes.items[i];

		count += strcmp(one->name, name) == 0 && one->start_ticks <= limit &&
			 !has_process(other, one);
	}
	return count;
}

static bool is_first_of_name(const struct stk_usage_seen *seen, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(seen->processes.items[i].name, seen->processes.items[at].name) == 0)
			return false;
	return true;
}

int stk_usage_count_restarts(
	const struct stk_usage_seen *before, const struct stk_usage_seen *after)
{
	int64_t limit = before->at_ticks - OLD_S * sysconf(_SC_CLK_TCK);
	int count = 0;

	if (before->processes.len > SEEN_MAX || after->processes.len > SEEN_MAX)
		return 0;
	for (size_t i = 0; i < before->processes.len; i++) {
		const char *name = before->processes.items[i].name;
		int gone, new_ones;

		if (!is_first_of_name(before, i))
			continue;
		gone = count_only(before, after, name, limit);
		new_ones = count_only(after, before, name, INT64_MAX);
		count += gone < new_ones ? gone : new_ones;
	}
	return count;
}
