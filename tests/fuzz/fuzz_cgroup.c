/* fuzz_cgroup: files of the kernel about control groups, and git status, taken apart. */
#include <stdlib.h>

#include "core/git/dirty.h"
#include "core/service/cgroup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const controllers[] = {"", "cpu", "memory"};
	struct stk_str text = stk_str_n((const char *)data, size);
	struct stk_cgroup_mount mount;
	struct stk_dirty dirty;

	for (size_t i = 0; i < 3; i++) {
		if (stk_cgroup_path(text, controllers[i]).len > size)
			abort();
		if (stk_cgroup_find_mount(text, controllers[i], &mount) && mount.point.len == 0)
			abort();
	}
	if (stk_cgroup_value(text, "throttled_usec") < -1)
		abort();
	stk_dirty_parse(text, &dirty);
	if (dirty.tracked < 0 || (size_t)(dirty.tracked + dirty.untracked) > size)
		abort();
	return 0;
}
