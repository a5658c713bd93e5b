/* test_map: keys to values, in the order they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/map.h"

static void map_put__finds_ten_thousand_again(void **state)
{
	struct stk_map map = STK_MAP_INIT;
	char key[32];
	bool ok = true, added;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(key, sizeof key, "key %d", i);
		stk_map_put(&map, stk_str_of(key), &added)->num = (uint64_t)i;
		ok = ok && added;
	}
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(key, sizeof key, "key %d", i);
		ok = ok && stk_map_find(&map, stk_str_of(key))->num == (uint64_t)i;
		ok = ok && map.entries[i].value.num == (uint64_t)i;
	}
	assert_true(ok);
	assert_int_equal(map.len, 10000);
	assert_null(stk_map_find(&map, STK_STR("key 10000")));
	stk_map_release(&map);
	assert_null(stk_map_find(&map, STK_STR("key 1")));
}

static void map_put__of_a_known_key_is_the_same_slot(void **state)
{
	struct stk_map map = STK_MAP_INIT;
	bool added = true;

	(void)state;
	stk_map_put(&map, STK_STR("a"), NULL)->num = 7;
	assert_int_equal(stk_map_put(&map, STK_STR("a"), &added)->num, 7);
	assert_false(added);
	assert_int_equal(map.len, 1);
	stk_map_release(&map);
}

static void map_put__takes_empty_keys_and_zero_bytes(void **state)
{
	struct stk_map map = STK_MAP_INIT;

	(void)state;
	stk_map_put(&map, stk_str_n("a\0b", 3), NULL)->num = 1;
	stk_map_put(&map, stk_str_n("a\0c", 3), NULL)->num = 2;
	stk_map_put(&map, stk_str_of(NULL), NULL)->num = 3;
	assert_int_equal(stk_map_find(&map, stk_str_n("a\0c", 3))->num, 2);
	assert_int_equal(stk_map_find(&map, STK_STR(""))->num, 3);
	assert_null(stk_map_find(&map, STK_STR("a")));
	stk_map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_put__finds_ten_thousand_again),
		cmocka_unit_test(map_put__of_a_known_key_is_the_same_slot),
		cmocka_unit_test(map_put__takes_empty_keys_and_zero_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
