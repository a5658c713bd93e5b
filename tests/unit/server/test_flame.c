/* test_flame: limits of nodes, query windows, and the bytes of a tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/server/call.h"
#include "core/server/flame.h"

static void flame_nodes__are_checked(void **state)
{
	size_t nodes = 0;

	(void)state;
	assert_int_equal(stk_flame_nodes(0, &nodes, NULL), 0);
	assert_int_equal(nodes, 8192);
	assert_int_equal(stk_flame_nodes(1048576, &nodes, NULL), 0);
	assert_int_equal(stk_flame_nodes(1048577, &nodes, NULL), STK_E_INVAL);
	assert_int_equal(stk_flame_nodes(-1, &nodes, NULL), STK_E_INVAL);
}

static void flame_write_tree__gives_the_recorded_bytes(void **state)
{
	/* main 20, main;parse 30, main;render;draw 50 */
	static const char want[] = "\0\0\1\4main\x14\2\6render\0\1\4draw\x32\0\5parse\x1e\0";
	struct stk_tree tree;
	struct stk_buf out = STK_BUF_EMPTY;
	uint32_t path[3];

	(void)state;
	stk_tree_init(&tree);
	stk_flame_write_tree(&tree, &out);
	assert_int_equal(out.len, 0);
	path[0] = stk_tree_intern(&tree, STK_STR("main"));
	stk_tree_add(&tree, path, 1, 20);
	path[1] = stk_tree_intern(&tree, STK_STR("parse"));
	stk_tree_add(&tree, path, 2, 30);
	path[1] = stk_tree_intern(&tree, STK_STR("render"));
	path[2] = stk_tree_intern(&tree, STK_STR("draw"));
	stk_tree_add(&tree, path, 3, 50);
	stk_tree_finish(&tree);
	stk_flame_write_tree(&tree, &out);
	assert_int_equal(out.len, sizeof want - 1);
	assert_memory_equal(out.ptr, want, sizeof want - 1);
	stk_buf_release(&out);
	stk_tree_release(&tree);
}

static void call_window__wants_both_ends_in_order(void **state)
{
	struct stk_store_query query = {0};

	(void)state;
	assert_int_equal(stk_call_window(0, 5, &query, NULL), STK_E_INVAL);
	assert_int_equal(stk_call_window(5, 0, &query, NULL), STK_E_INVAL);
	assert_int_equal(stk_call_window(6, 5, &query, NULL), STK_E_INVAL);
	assert_int_equal(stk_call_window(5, 5, &query, NULL), 0);
	assert_int_equal(query.from_ns, 5000000);
	assert_int_equal(stk_call_window(INT64_MIN, INT64_MAX, &query, NULL), 0);
	assert_true(query.to_ns == INT64_MAX && query.from_ns == INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flame_nodes__are_checked),
		cmocka_unit_test(flame_write_tree__gives_the_recorded_bytes),
		cmocka_unit_test(call_window__wants_both_ends_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
