/* walk: the text files of a repository, one after the other: bounded, without ignored ones. */
#ifndef STK_CORE_INIT_WALK_H
#define STK_CORE_INIT_WALK_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/str.h"

/* Where a walk ends: a look at a repository is over in a blink, also in a large one. */
#define STK_WALK_DEPTH_MAX   16
#define STK_WALK_ENTRIES_MAX 20000
#define STK_WALK_FILE_MAX    ((size_t)512 << 10)
#define STK_WALK_BYTES_MAX   ((size_t)64 << 20)

struct stk_walk_opts {
	/* Is the file's text wanted? path is relative to the root. */
	bool (*wants)(const char *path, void *ctx);
	/* One wanted file; path and text are borrowed for the call. Text over STK_WALK_FILE_MAX is
	 * left out: the file comes with an empty one. */
	void (*file)(const char *path, struct stk_str text, void *ctx);
	void *ctx;
};

/* Every file below root in order of its name, folder by folder, files before folders. Links are not
 * followed, .git and what .gitignore files leave out are skipped, and folders of other people's
 * code (node_modules, vendor, …). *cut_out: a limit ended it early. STK_E_IO when root cannot be
 * read; a folder below that cannot is skipped. */
int stk_walk_files(const char *root, const struct stk_walk_opts *opts, bool *cut_out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
