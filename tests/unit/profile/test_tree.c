/* test_tree: totals, order of siblings, merging, and what a cut leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/profile/tree.h"

/* Add a stack "root;caller;leaf". */
static void add(struct stk_tree *tree, const char *stack, int64_t value)
{
	struct stk_str rest = stk_str_of(stack), name;
	uint32_t names[16];
	size_t len = 0;

	while (stk_str_cut(&rest, ';', &name))
		names[len++] = stk_tree_intern(tree, name);
	stk_tree_add(tree, names, len, value);
}

static void write_node(const struct stk_tree *tree, uint32_t number, struct stk_buf *out)
{
	const struct stk_tree_node *node = &tree->nodes.items[number];

	stk_buf_addf(out, "%.*s %lld/%lld", STK_STR_ARG(stk_tree_name(tree, number)),
		(long long)node->self, (long long)node->total);
	if (node->first_child == STK_TREE_NONE)
		return;
	stk_buf_add_byte(out, '(');
	for (uint32_t at = node->first_child; at != STK_TREE_NONE;
		at = tree->nodes.items[at].next) {
		if (at != node->first_child)
			stk_buf_add_byte(out, ' ');
		write_node(tree, at, out);
	}
	stk_buf_add_byte(out, ')');
}

/* The tree as "name self/total(children)". */
static void assert_tree(const struct stk_tree *tree, const char *want)
{
	struct stk_buf text = STK_BUF_EMPTY;

	write_node(tree, 0, &text);
	assert_string_equal(text.ptr, want);
	stk_buf_release(&text);
}

static void tree_finish__sums_up_and_sorts_by_name(void **state)
{
	struct stk_tree tree;

	(void)state;
	stk_tree_init(&tree);
	add(&tree, "main;b;leaf", 3);
	add(&tree, "main;a", 4);
	add(&tree, "main", 1);
	add(&tree, "init", 2);
	add(&tree, "main;b;leaf", 5);
	stk_tree_finish(&tree);
	assert_tree(&tree, " 0/15(init 2/2 main 1/13(a 4/4 b 0/8(leaf 8/8)))");
	assert_int_equal(stk_tree_len(&tree), 5);
	stk_tree_release(&tree);
}

static void tree_merge__is_the_same_as_adding_all_to_one(void **state)
{
	struct stk_tree a, b;

	(void)state;
	stk_tree_init(&a);
	stk_tree_init(&b);
	add(&a, "main;f", 1);
	add(&b, "boot;f", 2);
	add(&b, "main;f;g", 4);
	stk_tree_merge(&a, &b);
	stk_tree_finish(&a);
	assert_tree(&a, " 0/7(boot 0/2(f 2/2) main 0/5(f 1/5(g 4/4)))");
	stk_tree_release(&a);
	stk_tree_release(&b);
}

static void tree_finish__stops_at_the_end_of_the_type(void **state)
{
	struct stk_tree tree;

	(void)state;
	stk_tree_init(&tree);
	add(&tree, "main;a", INT64_MAX);
	add(&tree, "main;b", 1);
	stk_tree_finish(&tree);
	assert_true(tree.nodes.items[0].total == INT64_MAX);
	stk_tree_release(&tree);
}

static void fill(struct stk_tree *tree)
{
	stk_tree_init(tree);
	add(tree, "main;hot;deep", 70);
	add(tree, "main;hot;rare", 2);
	add(tree, "main;warm", 20);
	add(tree, "main;cold;x", 3);
	add(tree, "main;cool", 4);
	add(tree, "init", 1);
	stk_tree_finish(tree);
}

static void tree_threshold__is_the_nth_largest_total(void **state)
{
	struct stk_tree tree;

	(void)state;
	fill(&tree);
	/* 99 main, 72 hot, 70 deep, 20 warm, 4 cool, 3 cold, 3 x, 2 rare, 1 init */
	assert_int_equal(stk_tree_threshold(&tree, 1), 99);
	assert_int_equal(stk_tree_threshold(&tree, 4), 20);
	assert_int_equal(stk_tree_threshold(&tree, 8), 2);
	assert_int_equal(stk_tree_threshold(&tree, 9), 0);
	assert_int_equal(stk_tree_threshold(&tree, 0), 0);
	stk_tree_release(&tree);
}

static void tree_cut__moves_the_small_with_what_is_below_into_other(void **state)
{
	struct stk_tree tree;

	(void)state;
	fill(&tree);
	stk_tree_cut(&tree, 4);
	assert_tree(&tree, " 0/100(main 0/99(hot 0/72(deep 70/70 other 2/2) other 7/7 warm 20/20)"
			   " other 1/1)");
	stk_tree_release(&tree);
}

static void tree_cut__leaves_a_tree_alone_that_is_small_enough(void **state)
{
	struct stk_tree tree;

	(void)state;
	for (size_t max = 0; max <= 9; max += 9) {
		fill(&tree);
		stk_tree_cut(&tree, max);
		assert_int_equal(stk_tree_len(&tree), 9);
		stk_tree_release(&tree);
	}
}

/* A server cuts each part before it merges them, and what was cut must not be lost again. */
static void tree_cut__keeps_other_and_adds_to_it(void **state)
{
	struct stk_tree tree;

	(void)state;
	stk_tree_init(&tree);
	add(&tree, "main;a", 50);
	add(&tree, "main;b", 3);
	add(&tree, "main;other", 2);
	stk_tree_finish(&tree);
	stk_tree_cut(&tree, 2);
	assert_tree(&tree, " 0/55(main 0/55(a 50/50 other 5/5))");
	stk_tree_release(&tree);
}

static void tree_cut__never_changes_the_total(void **state)
{
	struct stk_tree tree;

	(void)state;
	for (size_t max = 1; max < 9; max++) {
		fill(&tree);
		stk_tree_cut(&tree, max);
		assert_int_equal(tree.nodes.items[0].total, 100);
		stk_tree_release(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_finish__sums_up_and_sorts_by_name),
		cmocka_unit_test(tree_merge__is_the_same_as_adding_all_to_one),
		cmocka_unit_test(tree_finish__stops_at_the_end_of_the_type),
		cmocka_unit_test(tree_threshold__is_the_nth_largest_total),
		cmocka_unit_test(tree_cut__moves_the_small_with_what_is_below_into_other),
		cmocka_unit_test(tree_cut__leaves_a_tree_alone_that_is_small_enough),
		cmocka_unit_test(tree_cut__keeps_other_and_adds_to_it),
		cmocka_unit_test(tree_cut__never_changes_the_total),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
