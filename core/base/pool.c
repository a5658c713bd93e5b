/* pool: free lists by size over chunks that only grow. */
#include "core/base/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 << 10)

#if defined(__SANITIZE_ADDRESS__)
enum { IS_POOLED = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { IS_POOLED = 0 };
#else
enum { IS_POOLED = 1 };
#endif
#else
enum { IS_POOLED = 1 };
#endif

struct stk_pool_chunk {
	struct stk_pool_chunk *next;
	max_align_t bytes[];
};

static bool is_small(size_t size)
{
	return IS_POOLED && size <= STK_POOL_BLOCK_MAX;
}

static size_t list_of(size_t size)
{
	return (size - 1) / STK_POOL_STEP;
}

static bool add_chunk(struct stk_pool *pool)
{
	struct stk_pool_chunk *chunk = malloc(sizeof *chunk + CHUNK_BYTES);

	if (!chunk)
		return false;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	pool->at = (char *)chunk->bytes;
	pool->end = pool->at + CHUNK_BYTES;
	return true;
}

static void *take(struct stk_pool *pool, size_t size)
{
	size_t list = list_of(size), whole = (list + 1) * STK_POOL_STEP;
	void *block = pool->free[list];

	if (block) {
		memcpy(&pool->free[list], block, sizeof(void *));
		/* it lies where nobody was for long: let it come while this one is used */
		__builtin_prefetch(pool->free[list], 1);
		return block;
	}
	if ((size_t)(pool->end - pool->at) < whole && !add_chunk(pool))
		return NULL;
	block = pool->at;
	pool->at += whole;
	return block;
}

static void give(struct stk_pool *pool, void *block, size_t size)
{
	size_t list = list_of(size);

	memcpy(block, &pool->free[list], sizeof(void *));
	pool->free[list] = block;
}

/* To another size class, or between the pool and malloc. */
static void *move(struct stk_pool *pool, void *ptr, size_t old, size_t size)
{
	void *block = is_small(size) ? take(pool, size) : malloc(size);

	if (!block)
		return NULL;
	memcpy(block, ptr, old < size ? old : size);
	if (is_small(old))
		give(pool, ptr, old);
	else
		free(ptr);
	return block;
}

void *stk_pool_resize(struct stk_pool *pool, void *ptr, size_t old, size_t size)
{
	if (!ptr || old == 0)
		return size == 0 ? NULL : is_small(size) ? take(pool, size) : malloc(size);
	if (size == 0) {
		if (is_small(old))
			give(pool, ptr, old);
		else
			free(ptr);
		return NULL;
	}
	if (is_small(old) && is_small(size) && list_of(old) == list_of(size))
		return ptr;
	if (!is_small(old) && !is_small(size))
		return realloc(ptr, size);
	return move(pool, ptr, old, size);
}

void stk_pool_release(struct stk_pool *pool)
{
	while (pool->chunks) {
		struct stk_pool_chunk *next = pool->chunks->next;

		free(pool->chunks);
		pool->chunks = next;
	}
	memset(pool, 0, sizeof *pool);
}
