/* pool: small blocks of one thread, by size, without a header of their own. */
#ifndef STK_CORE_BASE_POOL_H
#define STK_CORE_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define STK_POOL_IS_USED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STK_POOL_IS_USED 0
#else
#define STK_POOL_IS_USED 1
#endif
#else
#define STK_POOL_IS_USED 1
#endif

/* Larger blocks are malloc's. */
#define STK_POOL_BLOCK_MAX 512
#define STK_POOL_STEP      16

struct stk_pool_chunk;

/* Blocks that are given back wait in lists by size for the next one; chunks go at release only.
 * Zeroed it is empty. In builds with AddressSanitizer every block is malloc's, so that it sees
 * each of them. */
struct stk_pool {
	void *free[STK_POOL_BLOCK_MAX / STK_POOL_STEP];
	char *at, *end; /* what is left of the newest chunk */
	struct stk_pool_chunk *chunks;
};

/* As realloc, by one who knows the old size: ptr NULL (old is 0) makes a block, size 0 gives it
 * back and returns NULL. Aligned for any type, uninitialised. NULL: no memory, ptr stays as it
 * was. */
void *stk_pool_resize(struct stk_pool *pool, void *ptr, size_t old, size_t size);

/* The two ends of most blocks' lives, in line; size 1 to STK_POOL_BLOCK_MAX and never where
 * STK_POOL_IS_USED is 0: stk_pool_is_small says so. */
static inline bool stk_pool_is_small(size_t size)
{
	return STK_POOL_IS_USED && size - 1 < STK_POOL_BLOCK_MAX;
}
void *stk_pool_take_fresh(struct stk_pool *pool, size_t size); /* when none waits */
static inline void *stk_pool_take(struct stk_pool *pool, size_t size)
{
	void **list = &pool->free[(size - 1) / STK_POOL_STEP], *block = *list;

	if (!block)
		return stk_pool_take_fresh(pool, size);
	memcpy(list, block, sizeof *list);
	/* it lies where nobody was for long: let it come while this one is used */
	__builtin_prefetch(*list, 1);
	return block;
}
static inline void stk_pool_give(struct stk_pool *pool, void *block, size_t size)
{
	void **list = &pool->free[(size - 1) / STK_POOL_STEP];

	memcpy(block, list, sizeof *list);
	*list = block;
}

/* Frees the small blocks; larger ones must have been given back. */
void stk_pool_release(struct stk_pool *pool);

#endif
