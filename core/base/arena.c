/* arena: memory for build-once data, released as a whole. */
#include "core/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#define CHUNK_BYTES ((size_t)64 << 10)
#define ALIGN       (alignof(max_align_t))

struct stk_arena_chunk {
	struct stk_arena_chunk *next;
	size_t len, cap;
	alignas(max_align_t) char bytes[];
};

void stk_arena_release(struct stk_arena *arena)
{
	struct stk_arena_chunk *chunk = arena->chunks;

	while (chunk) {
		struct stk_arena_chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
	*arena = (struct stk_arena)STK_ARENA_INIT;
}

/* A big one gets a chunk of its own behind the current, which goes on being filled. */
static struct stk_arena_chunk *add_chunk(struct stk_arena *arena, size_t cap)
{
	struct stk_arena_chunk *chunk = stk_xmalloc(sizeof *chunk + cap);

	chunk->len = 0;
	chunk->cap = cap;
	if (arena->chunks && cap > CHUNK_BYTES) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk;
}

void *stk_arena_alloc(struct stk_arena *arena, size_t size)
{
	struct stk_arena_chunk *chunk = arena->chunks;
	size_t need;
	void *ptr;

	if (size > SIZE_MAX / 2)
		STK_BUG("an allocation of %zu bytes", size);
	need = (size + ALIGN - 1) / ALIGN * ALIGN;
#ifdef STK_ARENA_DEBUG
	chunk = add_chunk(arena, CHUNK_BYTES + need); /* one each, so that ASan sees overruns */
#else
	if (!chunk || chunk->cap - chunk->len < need)
		chunk = add_chunk(arena, need > CHUNK_BYTES / 4 ? CHUNK_BYTES + need : CHUNK_BYTES);
#endif
	ptr = chunk->bytes + chunk->len;
	chunk->len += need;
	arena->used_bytes += size;
	return ptr;
}

void *stk_arena_zalloc(struct stk_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	void *ptr;

	if (__builtin_mul_overflow(count, size, &bytes))
		STK_BUG("%zu items of %zu bytes", count, size);
	ptr = stk_arena_alloc(arena, bytes);
	memset(ptr, 0, bytes);
	return ptr;
}

char *stk_arena_str(struct stk_arena *arena, struct stk_str text)
{
	char *copy = stk_arena_alloc(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *stk_arena_dup(struct stk_arena *arena, const char *text)
{
	return text ? stk_arena_str(arena, stk_str_of(text)) : NULL;
}

char *stk_arena_printf(struct stk_arena *arena, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		STK_BUG("format '%s'", fmt);
	text = stk_arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, fmt, again); /* measured just above */
	va_end(again);
	va_end(args);
	return text;
}
