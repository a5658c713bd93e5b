/* cgroup: what the kernel counts for the control group of a process, versions 1 and 2. */
#ifndef STK_CORE_SERVICE_CGROUP_H
#define STK_CORE_SERVICE_CGROUP_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/str.h"

/* -1 where there is no such figure. */
struct stk_cgroup {
	char path[512];       /* of its group, as /proc/PID/cgroup has it; "" unknown */
	int64_t cpu_ns;       /* user and system time of all that ever was in it */
	int64_t memory_bytes; /* charged now, with page cache */
	int64_t throttled_ns; /* held back by its CPU quota and those of the groups above it */
};

/* Read the group of a process. root is "" (another folder in tests: it stands before /proc and
 * before the mount points). STK_E_NOT_FOUND when the process or its group is not there. */
int stk_cgroup_read(
	const char *root, pid_t pid, struct stk_cgroup *out, struct stk_err *err) STK_MUST_CHECK;

/* The figure of a key in a file of lines "key value", such as cpu.stat; -1 if absent or no number.
 */
int64_t stk_cgroup_value(struct stk_str text, const char *key);

/* The group of /proc/PID/cgroup for a controller of version 1, or "" for version 2: "/a/b". Empty:
 * the process is in none. */
struct stk_str stk_cgroup_path(struct stk_str text, const char *controller);

/* One mount of /proc/PID/mountinfo that shows groups. */
struct stk_cgroup_mount {
	struct stk_str root, point; /* what of the hierarchy it shows, and where */
};
/* The mount of a controller of version 1, or of version 2 for ""; false: there is none. */
bool stk_cgroup_find_mount(
	struct stk_str text, const char *controller, struct stk_cgroup_mount *out);

#endif
