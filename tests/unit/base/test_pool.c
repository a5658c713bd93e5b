/* test_pool: small blocks by size, moved, given back, released. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/pool.h"
#include "core/base/rand.h"

struct block {
	unsigned char *at;
	size_t size;
	unsigned char mark;
};

static bool is_whole(const struct block *block)
{
	for (size_t i = 0; i < block->size; i++)
		if (block->at[i] != block->mark)
			return false;
	return true;
}

static void resize(struct stk_pool *pool, struct block *block, size_t size, unsigned char mark)
{
	size_t kept = block->size < size ? block->size : size;

	block->at = stk_pool_resize(pool, block->at, block->size, size);
	for (size_t i = 0; i < kept; i++)
		assert_int_equal(block->at[i], block->mark);
	block->size = size;
	block->mark = mark;
	if (size > 0)
		memset(block->at, mark, size);
}

static void pool_resize__keeps_what_every_block_holds(void **state)
{
	struct stk_pool pool = {0};
	struct block blocks[64] = {0};
	struct stk_rand rng;

	(void)state;
	stk_rand_init(&rng, 7, 1);
	for (int round = 0; round < 20000; round++) {
		struct block *block = &blocks[stk_rand_range(&rng, 0, 63)];
		size_t size = (size_t)stk_rand_range(&rng, -300, 1200);

		if (size > 1200)
			size = 0;
		assert_true(is_whole(block));
		resize(&pool, block, size, (unsigned char)round);
		assert_true(size > 0 ? (uintptr_t)block->at % _Alignof(max_align_t) == 0
				     : block->at == NULL);
	}
	for (size_t i = 0; i < 64; i++) {
		assert_true(is_whole(&blocks[i]));
		resize(&pool, &blocks[i], 0, 0);
	}
	stk_pool_release(&pool);
}

static void pool_resize__hands_out_what_was_given_back(void **state)
{
	struct stk_pool pool = {0};
	void *first = stk_pool_resize(&pool, NULL, 0, 40);
	const char *end;

	(void)state;
	(void)stk_pool_resize(&pool, first, 40, 0);
	first = stk_pool_resize(&pool, NULL, 0, 33); /* of the same class as 40 */
	end = pool.at;
	for (int i = 0; i < 1000; i++) {
		(void)stk_pool_resize(&pool, first, 33, 0);
		first = stk_pool_resize(&pool, NULL, 0, 48);
		first = stk_pool_resize(&pool, first, 48, 33);
	}
	assert_ptr_equal(pool.at, end); /* nothing new was cut off */
	(void)stk_pool_resize(&pool, first, 33, 0);
	stk_pool_release(&pool);
	assert_null(pool.chunks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_resize__keeps_what_every_block_holds),
		cmocka_unit_test(pool_resize__hands_out_what_was_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
