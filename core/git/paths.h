/* paths: the files of one commit, and which of them a profile means by a file name.
 *
 * Profiles name files as their build or runtime saw them: /tmp/x/work/abc/internal/a.go,
 * example.com/mod/internal/a.go (go build -trimpath), ./a.py, webpack:///./src/a.ts, Foo.java.
 * A name is matched from its end; what fits two files equally well fits none. */
#ifndef STK_CORE_GIT_PATHS_H
#define STK_CORE_GIT_PATHS_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/map.h"
#include "core/base/str.h"
#include "core/base/vec.h"

/* A Go module: names that begin with it lie in this folder ("" = top). */
struct stk_paths_module {
	const char *name, *dir;
};

struct stk_paths_file {
	const char *path; /* relative to the top of the repository, with '/' */
	uint32_t next;    /* number + 1 of another file with this base name, 0 = none */
};

/* One thread at a time, also for finding: answers are kept. */
struct stk_paths {
	struct stk_arena arena;
	const char *root; /* folder that the commit was built in, without '/' at its end; NULL
			     unknown */
	STK_VEC(struct stk_paths_file) files;
	STK_VEC(struct stk_paths_module) modules;
	struct stk_map by_name; /* base name to number + 1 of its latest file */
	struct stk_map answers; /* "file\0function" to number + 1, 0 = none */
};

void stk_paths_init(struct stk_paths *paths);
void stk_paths_release(struct stk_paths *paths);

/* The folder that this commit was built in; NULL or "" = unknown. Copied. */
void stk_paths_set_root(struct stk_paths *paths, const char *root);
/* A file of the commit. Add all before the first look-up. */
void stk_paths_add(struct stk_paths *paths, struct stk_str path);
/* Take the module's name from the text of a go.mod in folder dir. Text without one adds nothing. */
void stk_paths_add_go_mod(struct stk_paths *paths, struct stk_str dir, struct stk_str text);

/* The file of the commit with exactly this path, NULL if there is none. Borrowed. */
const char *stk_paths_get(const struct stk_paths *paths, struct stk_str path);

/* The file of the commit that a profile means by `file` in the frame of `function` (its full name,
 * may be ""), NULL when it is not one of the commit's or cannot be told. Borrowed.
 *
 * Under the root, and within a Go module, the place is exact. Else the longest common end decides,
 * then what the function's package says. Files of libraries (node_modules, site-packages, module
 * caches, toolchains) are only found if the repository has that folder in it. */
const char *stk_paths_find(struct stk_paths *paths, struct stk_str file, struct stk_str function);

/* `file` without the root, if it lies under it: what two builds in different folders have in
 * common. A view into file. */
struct stk_str stk_paths_trim(const struct stk_paths *paths, struct stk_str file);

#endif
