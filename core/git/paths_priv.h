/* paths_priv: between keeping the files of a commit and matching names against them. */
#ifndef STK_CORE_GIT_PATHS_PRIV_H
#define STK_CORE_GIT_PATHS_PRIV_H

#include "core/git/paths.h"

/* A longer name in a profile is nobody's file. */
#define STK_PATHS_NAME_MAX ((size_t)4096)

/* What stands behind the last '/'. */
struct stk_str stk_paths_base_name(struct stk_str path);

/* stk_paths_find without its memory. */
const char *stk_paths_look_up(
	struct stk_paths *paths, struct stk_str file, struct stk_str function);

#endif
