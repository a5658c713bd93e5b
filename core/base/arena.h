/* arena: memory for build-once data, released as a whole. */
#ifndef STK_CORE_BASE_ARENA_H
#define STK_CORE_BASE_ARENA_H

#include <stddef.h>

#include "core/base/str.h"

struct stk_arena_chunk;

struct stk_arena {
	struct stk_arena_chunk *chunks;
	size_t used_bytes; /* handed out in all */
};

#define STK_ARENA_INIT                                                                             \
	{                                                                                          \
		NULL, 0                                                                            \
	}

void stk_arena_release(struct stk_arena *arena);
/* Aligned for any type, uninitialised / zeroed; never NULL. */
void *stk_arena_alloc(struct stk_arena *arena, size_t size);
void *stk_arena_zalloc(struct stk_arena *arena, size_t count, size_t size);
/* NUL-terminated copies. */
char *stk_arena_str(struct stk_arena *arena, struct stk_str text);
char *stk_arena_dup(struct stk_arena *arena, const char *text); /* NULL stays NULL */
char *stk_arena_printf(struct stk_arena *arena, const char *fmt, ...) STK_PRINTF(2, 3);

#endif
