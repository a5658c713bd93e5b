/* pool: free lists by size over chunks that only grow. */
#include "core/base/pool.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 << 10)

struct stk_pool_chunk {
	struct stk_pool_chunk *next;
	max_align_t bytes[];
};

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

void *stk_pool_take_fresh(struct stk_pool *pool, size_t size)
{
	size_t whole = (size + STK_POOL_STEP - 1) / STK_POOL_STEP * STK_POOL_STEP;
	void *block;

	if ((size_t)(pool->end - pool->at) < whole && !add_chunk(pool))
		return NULL;
	block = pool->at;
	pool->at += whole;
	return block;
}

static void *take(struct stk_pool *pool, size_t size)
{
	return stk_pool_is_small(size) ? stk_pool_take(pool, size) : malloc(size);
}

static void give(struct stk_pool *pool, void *block, size_t size)
{
	if (stk_pool_is_small(size))
		stk_pool_give(pool, block, size);
	else
		free(block);
}

static bool is_one_class(size_t a, size_t b)
{
	return stk_pool_is_small(a) && stk_pool_is_small(b) &&
	       (a - 1) / STK_POOL_STEP == (b - 1) / STK_POOL_STEP;
}

/* To another size class, or between the pool and malloc. */
static void *move(struct stk_pool *pool, void *ptr, size_t old, size_t size)
{
	void *block = take(pool, size);

	if (!block)
		return NULL;
	memcpy(block, ptr, old < size ? old : size);
	give(pool, ptr, old);
	return block;
}

void *stk_pool_resize(struct stk_pool *pool, void *ptr, size_t old, size_t size)
{
	if (!ptr || old == 0)
		return size == 0 ? NULL : take(pool, size);
	if (size == 0) {
		give(pool, ptr, old);
		return NULL;
	}
	if (is_one_class(old, size))
		return ptr;
	if (!stk_pool_is_small(old) && !stk_pool_is_small(size))
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
