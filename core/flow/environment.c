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
	value = stk_str_trim(stk_buf_str(&text));
	if (key && !find_value(stk_buf_str(&text), key, &value))
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

/* cgroup v2 says "200000 100000" or "max 100000"; v1 has the quota in a file of its own. */
static void add_cpu_limit(struct stk_run *run)
{
	add_from_file(run, "cpu limit", "/sys/fs/cgroup/cpu.max", NULL);
	add_from_file(run, "cpu limit (v1)", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", NULL);
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
	add_from_file(run, "load average at start", "/proc/loadavg", NULL);
}
