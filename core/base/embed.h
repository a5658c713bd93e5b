/* embed: files of the repository that are part of the program. */
#ifndef STK_CORE_BASE_EMBED_H
#define STK_CORE_BASE_EMBED_H

#include <stddef.h>

/* path is as in the repository, "lua-lib/stoker/flows/idle.lua"; text is NUL-terminated. Tables of
 * them are generated (tests/lint/embed.sh), sorted by path, and end with a NULL path. */
struct stk_embedded_file {
	const char *path;
	const char *text;
	size_t len;
};

#endif
