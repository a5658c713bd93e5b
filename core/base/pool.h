/* pool: small blocks of one thread, by size, without a header of their own. */
#ifndef STK_CORE_BASE_POOL_H
#define STK_CORE_BASE_POOL_H

#include <stddef.h>

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
/* Frees the small blocks; larger ones must have been given back. */
void stk_pool_release(struct stk_pool *pool);

#endif
