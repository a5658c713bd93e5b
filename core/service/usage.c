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
enum { FIELD_STATE = 0, FIELD_PPID = 1, FIELD_CUTIME = 13, FIELD_CSTIME = 14, FIELD_RSS = 21 };

struct process {
	pid_t pid, parent;
	bool inside, zombie;
	int64_t reaped_ticks, rss_pages;
};
STK_VEC_TYPE(processes, struct process);

/* The name may hold blanks and brackets, hence the last bracket. */
static bool parse_stat(struct stk_str text, struct process *out)
{
	ptrdiff_t end = stk_str_rfind_byte(text, ')');
	struct stk_str rest = stk_str_skip(text, (size_t)(end + 2)), word;
	int64_t value;

	if (end < 0)
		return false;
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

int stk_usage_read(pid_t root, struct stk_service_usage *out, struct stk_err *err)
{
	int64_t tick_ns = STK_NS_PER_S / sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
	struct stk_service_usage sum = {0, 0, 0};
	struct processes all = STK_VEC_INIT;
	int rc = list(&all, err);

	if (rc < 0)
		goto out;
	mark(&all, root);
	for (size_t i = 0; i < all.len; i++) {
		const struct process *one = &all.items[i];

		if (!one->inside)
			continue;
		sum.cpu_ns += cpu_ns(one->pid) + one->reaped_ticks * tick_ns;
		sum.rss_bytes += one->rss_pages * page;
		sum.processes += !one->zombie;
	}
	*out = sum;
out:
	stk_vec_release(&all);
	return rc;
}
