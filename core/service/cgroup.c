/* cgroup: what the kernel counts for the control group of a process, versions 1 and 2. */
#include "core/service/cgroup.h"

#include <stdio.h>
#include <string.h>

#include "core/base/fs.h"

#define FILE_MAX   ((size_t)1 << 20)
#define LEVELS_MAX 64

int64_t stk_cgroup_value(struct stk_str text, const char *key)
{
	struct stk_str line, name;
	int64_t value;

	while (stk_str_cut(&text, '\n', &line)) {
		if (!stk_str_cut(&line, ' ', &name) || !stk_str_is(name, key))
			continue;
		if (stk_str_to_i64(stk_str_trim(line), &value, NULL) == 0 && value >= 0)
			return value;
	}
	return -1;
}

/* Is name one of the words of a list with commas? */
static bool has_word(struct stk_str list, const char *name)
{
	struct stk_str word;

	while (stk_str_cut(&list, ',', &word))
		if (stk_str_is(word, name))
			return true;
	return false;
}

/* "4:cpu,cpuacct:/a/b", version 2 is "0::/a/b". */
struct stk_str stk_cgroup_path(struct stk_str text, const char *controller)
{
	struct stk_str line, number, names;

	while (stk_str_cut(&text, '\n', &line)) {
		if (!stk_str_cut(&line, ':', &number) || !stk_str_cut(&line, ':', &names))
			continue;
		if (controller[0] ? has_word(names, controller)
				  : names.len == 0 && stk_str_is(number, "0"))
			return line;
	}
	return STK_STR("");
}

/* "36 35 0:31 /root /point rw shared:1 - type source options" (proc(5)). */
bool stk_cgroup_find_mount(
	struct stk_str text, const char *controller, struct stk_cgroup_mount *out)
{
	struct stk_str line, word;

	while (stk_str_cut(&text, '\n', &line)) {
		ptrdiff_t dash = stk_str_find(line, STK_STR(" - "));
		struct stk_str tail = stk_str_skip(line, (size_t)dash + 3), type, source;
		struct stk_cgroup_mount mount = {{NULL, 0}, {NULL, 0}};

		if (dash < 0 || !stk_str_cut(&tail, ' ', &type) ||
			!stk_str_cut(&tail, ' ', &source))
			continue;
		if (!stk_str_is(type, controller[0] ? "cgroup" : "cgroup2"))
			continue;
		if (controller[0] && !has_word(tail, controller))
			continue;
		line = stk_str_sub(line, 0, (size_t)dash);
		for (int i = 0; i < 5 && stk_str_cut(&line, ' ', &word); i++) {
			if (i == 3)
				mount.root = word;
			else if (i == 4)
				mount.point = word;
		}
		if (mount.point.len == 0)
			continue;
		*out = mount;
		return true;
	}
	return false;
}

/* --- reading ------------------------------------------------------------------------------ */

struct reading {
	const char *root;
	struct stk_buf groups, mounts;
};

/* The folder of a controller's group and how much of its start is the mount point. A namespace may
 * show another path than the mount has: then the mount's own folder is the group. */
static bool find_folder(
	const struct reading *reading, const char *controller, char folder[1024], size_t *mount_len)
{
	struct stk_str path = stk_cgroup_path(stk_buf_str(&reading->groups), controller);
	struct stk_cgroup_mount mount;
	int len;

	if (path.len == 0 ||
		!stk_cgroup_find_mount(stk_buf_str(&reading->mounts), controller, &mount))
		return false;
	if (!stk_str_is(mount.root, "/") && path.len >= mount.root.len &&
		memcmp(path.ptr, mount.root.ptr, mount.root.len) == 0)
		path = stk_str_skip(path, mount.root.len);
	*mount_len = strlen(reading->root) + mount.point.len;
	len = snprintf(folder, 1024, "%s%.*s%.*s", reading->root, STK_STR_ARG(mount.point),
		STK_STR_ARG(path));
	if (len < 0 || len >= 1024 || stk_str_contains(path, STK_STR("/../")))
		return false;
	if (!stk_fs_is_dir(folder))
		folder[*mount_len] = '\0';
	return stk_fs_is_dir(folder);
}

static bool read_file(const char *folder, const char *name, struct stk_buf *out)
{
	char path[1100];

	stk_buf_clear(out);
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return stk_fs_read(path, out, NULL) == 0;
}

/* A file that holds one number. */
static int64_t read_number(const char *folder, const char *name)
{
	struct stk_buf text = STK_BUF_INIT(FILE_MAX);
	int64_t value = -1;

	if (!read_file(folder, name, &text) ||
		stk_str_to_i64(stk_str_trim(stk_buf_str(&text)), &value, NULL) < 0)
		value = -1;
	stk_buf_release(&text);
	return value;
}

/* A figure of cpu.stat here and in all groups above, -1 if no level has it. */
static int64_t sum_upwards(char *folder, size_t mount_len, const char *key)
{
	struct stk_buf text = STK_BUF_INIT(FILE_MAX);
	int64_t sum = -1;

	for (int i = 0; i < LEVELS_MAX; i++) {
		int64_t value = read_file(folder, "cpu.stat", &text)
					? stk_cgroup_value(stk_buf_str(&text), key)
					: -1;
		char *slash = strrchr(folder + mount_len, '/');

		if (value >= 0)
			sum = sum < 0 ? value : sum + value;
		if (!slash)
			break;
		*slash = '\0';
	}
	stk_buf_release(&text);
	return sum;
}

static int64_t scaled(int64_t value, int64_t scale)
{
	return value < 0 || value > INT64_MAX / scale ? -1 : value * scale;
}

static void read_v2(const struct reading *reading, struct stk_cgroup *out)
{
	struct stk_buf text = STK_BUF_INIT(FILE_MAX);
	char folder[1024];
	size_t mount_len;

	if (!find_folder(reading, "", folder, &mount_len))
		return;
	if (read_file(folder, "cpu.stat", &text))
		out->cpu_ns = scaled(stk_cgroup_value(stk_buf_str(&text), "usage_usec"), 1000);
	out->memory_bytes = read_number(folder, "memory.current");
	out->throttled_ns = scaled(sum_upwards(folder, mount_len, "throttled_usec"), 1000);
	stk_buf_release(&text);
}

/* Controllers may be mounted apart, each with groups of its own. */
static void read_v1(const struct reading *reading, struct stk_cgroup *out)
{
	char folder[1024];
	size_t mount_len;

	if (find_folder(reading, "cpuacct", folder, &mount_len))
		out->cpu_ns = read_number(folder, "cpuacct.usage");
	if (find_folder(reading, "memory", folder, &mount_len))
		out->memory_bytes = read_number(folder, "memory.usage_in_bytes");
	if (find_folder(reading, "cpu", folder, &mount_len))
		out->throttled_ns = sum_upwards(folder, mount_len, "throttled_time");
}

static bool read_proc(const char *root, const char *name, struct stk_buf *out)
{
	char folder[600];

	(void)snprintf(folder, sizeof folder, "%s/proc", root);
	return read_file(folder, name, out);
}

int stk_cgroup_read(const char *root, pid_t pid, struct stk_cgroup *out, struct stk_err *err)
{
	struct reading reading = {root, STK_BUF_INIT(FILE_MAX), STK_BUF_INIT(FILE_MAX)};
	struct stk_cgroup found = {"", -1, -1, -1};
	struct stk_str path;
	char name[64];
	int rc = 0;

	(void)snprintf(name, sizeof name, "%d/cgroup", (int)pid);
	if (!read_proc(root, name, &reading.groups) ||
		!read_proc(root, "self/mountinfo", &reading.mounts)) {
		rc = stk_err_set(err, STK_E_NOT_FOUND, "control group of process %d", (int)pid);
		goto out;
	}
	path = stk_cgroup_path(stk_buf_str(&reading.groups), "cpuacct"); /* v1, or both */
	if (path.len > 0)
		read_v1(&reading, &found);
	else
		path = stk_cgroup_path(stk_buf_str(&reading.groups), "");
	if (found.cpu_ns < 0 && found.throttled_ns < 0)
		read_v2(&reading, &found);
	(void)snprintf(found.path, sizeof found.path, "%.*s", STK_STR_ARG(path));
	*out = found;
out:
	stk_buf_release(&reading.groups);
	stk_buf_release(&reading.mounts);
	return rc;
}
