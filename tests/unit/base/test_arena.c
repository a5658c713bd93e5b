/* test_arena: memory released as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/arena.h"

static void arena_alloc__is_aligned_and_apart(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	bool aligned = true;
	char *last = NULL;

	(void)state;
	for (size_t i = 1; i < 3000; i++) {
		char *at = stk_arena_alloc(&arena, i % 300 + 1);

		memset(at, (int)(i & 0xff), i % 300 + 1);
		aligned = aligned && (uintptr_t)at % _Alignof(max_align_t) == 0;
		if (last)
			assert_int_equal((unsigned char)last[(i - 1) % 300], (i - 1) & 0xff);
		last = at;
	}
	assert_true(aligned);
	stk_arena_release(&arena);
	assert_null(arena.chunks);
}

static void arena_alloc__of_a_big_one_does_not_waste_the_chunk(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	char *small = stk_arena_dup(&arena, "small"), *big = stk_arena_alloc(&arena, 1 << 20);

	(void)state;
	memset(big, 1, 1 << 20);
	assert_string_equal(small, "small");
	assert_true(arena.used_bytes >= (1 << 20) + 6);
	stk_arena_release(&arena);
}

static void arena_str__copies_and_terminates(void **state)
{
	struct stk_arena arena = STK_ARENA_INIT;
	int *zeros = stk_arena_zalloc(&arena, 100, sizeof *zeros);

	(void)state;
	assert_string_equal(stk_arena_str(&arena, stk_str_n("abc", 2)), "ab");
	assert_string_equal(stk_arena_str(&arena, stk_str_of(NULL)), "");
	assert_null(stk_arena_dup(&arena, NULL));
	assert_string_equal(stk_arena_printf(&arena, "%s %d", "n", 12), "n 12");
	for (int i = 0; i < 100; i++)
		assert_int_equal(zeros[i], 0);
	stk_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_alloc__is_aligned_and_apart),
		cmocka_unit_test(arena_alloc__of_a_big_one_does_not_waste_the_chunk),
		cmocka_unit_test(arena_str__copies_and_terminates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
