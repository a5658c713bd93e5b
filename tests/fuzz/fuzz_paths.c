/* fuzz_paths: lines of any text as a file name, a function, a root, a go.mod and files of a commit;
 * what is found is one of those files. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/git/paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct stk_str next_line(struct stk_str *rest)
{
	struct stk_str line = STK_STR("");

	(void)stk_str_cut(rest, '\n', &line);
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_str rest = stk_str_n((const char *)data, size), line;
	struct stk_str file = next_line(&rest), function = next_line(&rest);
	char *root = stk_str_dup(next_line(&rest));
	struct stk_paths paths;
	const char *found;

	stk_paths_init(&paths);
	stk_paths_set_root(&paths, root);
	stk_paths_add_go_mod(&paths, STK_STR("svc/"), next_line(&rest));
	while (stk_str_cut(&rest, '\n', &line))
		stk_paths_add(&paths, line);
	found = stk_paths_find(&paths, file, function);
	if (found && stk_paths_get(&paths, stk_str_of(found)) != found)
		abort();
	if (stk_paths_find(&paths, file, function) != found)
		abort();
	(void)stk_paths_trim(&paths, file);
	stk_paths_release(&paths);
	free(root);
	return 0;
}
