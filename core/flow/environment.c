/* environment: what machine a run was measured on, as facts in the record. */
#include "core/flow/environment.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/fs.h"
#include "core/base/units.h"

#define PROC_FILE_MAX ((size_t)1 << 20)

/* The value behind "key : value" of the first line that starts with key, trimmed. */
static bool find_value(struct stk_str text, const char *key, struct stk_str *out)
{
	struct stk_str line;

	while (stk_str_cut(&text, '\n', &line)) {
		ptrdiff_t colon = stk_str_find_byte(line, ':');
		if (colon < 0 || !stk_str_starts(line, key))
			continue;
		*out = stk_str_trim(stk_str_skip(line, (size_t)colon + 1));
		return true;
	}
	return false;
}

static void add_from_file(struct stk_run *run, const char *fact, const char *path, const char *key)
{
	struct stk_buf text = STK_BUF_INIT(PROC_FILE_MAX);
	struct stk_str value;

	if (stk_fs_read(path, &text, NULL) < 0)
		goto out;
	if (!find_value(stk_buf_str(&text), key, &value))
		goto out;
	if (value.len > 0 && value.len < 200)
		stk_run_fact(run, fact, stk_arena_str(&run->arena, value));
out:
	stk_buf_release(&text);
}

static void add_memory(struct stk_run *run)
{
	int64_t bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	struct stk_buf text = STK_BUF_EMPTY;

	stk_units_format_bytes(&text, (double)bytes);
	stk_run_fact(run, "memory", text.ptr);
	stk_buf_release(&text);
}

/* CPUs that the cgroup allows: v2 says "200000 100000" or "max 100000", v1 has quota and period
 * in files of their own, and -1 for no limit. Without a limit there is no fact. */
static void add_cpu_limit(struct stk_run *run)
{
	struct stk_buf text = STK_BUF_INIT(PROC_FILE_MAX);
	struct stk_str rest, word;
	int64_t quota = -1, period = 100000;

	if (stk_fs_read("/sys/fs/cgroup/cpu.max", &text, NULL) == 0) {
		rest = stk_str_trim(stk_buf_str(&text));
		if (stk_str_cut(&rest, ' ', &word) && stk_str_to_i64(word, &quota, NULL) == 0 &&
			stk_str_to_i64(rest, &period, NULL) < 0)
			quota = -1;
	} else if (stk_fs_read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", &text, NULL) == 0) {
		if (stk_str_to_i64(stk_str_trim(stk_buf_str(&text)), &quota, NULL) < 0)
			quota = -1;
	}
	if (quota > 0 && period > 0)
		stk_run_fact(run, "cpu limit",
			stk_arena_printf(&run->arena, "%.2f CPUs", (double)quota / (double)period));
	stk_buf_release(&text);
}

/* The first three figures of "0.42 2.09 2.91 2/92 17950". */
static void add_load_average(struct stk_run *run)
{
	struct stk_buf text = STK_BUF_INIT(PROC_FILE_MAX);
	size_t blanks = 0, len = 0;

	if (stk_fs_read("/proc/loadavg", &text, NULL) == 0) {
		for (; len < text.len && blanks < 3; len++)
			blanks += text.ptr[len] == ' ';
		stk_run_fact(run, "load average at start",
			stk_arena_str(&run->arena,
				stk_str_trim(stk_str_sub(stk_buf_str(&text), 0, len))));
	}
	stk_buf_release(&text);
}

void stk_environment_read(struct stk_run *run)
{
	struct utsname name;

	add_from_file(run, "processor", "/proc/cpuinfo", "model name");
	stk_run_fact(
		run, "cores", stk_arena_printf(&run->arena, "%ld", sysconf(_SC_NPROCESSORS_ONLN)));
	add_memory(run);
	if (uname(&name) == 0)
		stk_run_fact(run, "kernel",
			stk_arena_printf(
				&run->arena, "%s %s %s", name.sysname, name.release, name.machine));
	add_cpu_limit(run);
	add_load_average(run);
}
