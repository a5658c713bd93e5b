/* fuzz_ci_event: an event file of Actions: a stranger's pull request decides what is in it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/publish/ci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *path;
	const char *environ_[] = {"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/shop", NULL, NULL};
	struct stk_env env = {.environ_ = environ_};
	char variable[256];
	char *folder = NULL;
	struct stk_ci ci;

	if (!path && stk_fs_mkdtemp("stk-fuzz", &folder, NULL) == 0)
		path = stk_fs_join(folder, "event");
	free(folder);
	if (!path || stk_fs_write(path, stk_str_n((const char *)data, size), NULL) < 0)
		abort();
	(void)snprintf(variable, sizeof variable, "GITHUB_EVENT_PATH=%s", path);
	environ_[2] = variable;
	stk_ci_init(&ci, &env);
	if (ci.number < 0 || (ci.head_sha && !stk_ci_is_sha(stk_str_of(ci.head_sha))) ||
		(ci.head_repository && !stk_ci_is_repository(stk_str_of(ci.head_repository))) ||
		(ci.head_ref && strpbrk(ci.head_ref, "\n\r\x1b")))
		abort();
	stk_ci_release(&ci);
	return 0;
}
