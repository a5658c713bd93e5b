/* test_edges: callers and callees of a small graph, worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/bot/edges.h"

/* f calls itself once; -2 stands for two frames that were too small. */
static void fill(struct stk_flame *flame)
{
	static const char *const names[] = {"root", "main", "f", "g", "h"};
	static const struct {
		int32_t name;
		uint32_t level;
		int64_t base, head;
	} rows[] = {{0, 0, 100, 200}, {1, 1, 60, 120}, {2, 2, 50, 100}, {2, 3, 20, 40},
		{3, 4, 10, 30}, {4, 3, 5, 10}, {2, 1, 30, 60}, {-2, 2, 3, 6}, {4, 2, 1, 2}};

	stk_flame_init(flame);
	flame->divisor[STK_SIDE_BASE] = 10;
	flame->divisor[STK_SIDE_HEAD] = 10;
	for (size_t i = 0; i < 5; i++)
		stk_vec_push(&flame->names, (struct stk_flame_name){{.name = names[i]}, NULL});
	flame->names.items[2].was = "old.f";
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		stk_vec_push(&flame->nodes, (struct stk_flame_node){rows[i].name, rows[i].level,
						    {rows[i].base, rows[i].head}});
}

static void check(const struct stk_edge *edge, const char *name, double base, double head)
{
	assert_string_equal(edge->name, name);
	assert_true(edge->cost[STK_SIDE_BASE] == base);
	assert_true(edge->cost[STK_SIDE_HEAD] == head);
}

static void edges_init__counts_recursion_once(void **state)
{
	struct stk_flame flame;
	struct stk_edges edges;

	(void)state;
	fill(&flame);
	stk_edges_init(&edges, &flame, "f");
	assert_true(edges.found);
	assert_true(edges.cost[STK_SIDE_BASE] == 8.0 && edges.cost[STK_SIDE_HEAD] == 16.0);
	assert_int_equal(edges.callers.len, 2);
	check(&edges.callers.items[0], "main", 5.0, 10.0);
	check(&edges.callers.items[1], "", 3.0, 6.0);
	assert_int_equal(edges.callees.len, 3);
	check(&edges.callees.items[0], "g", 1.0, 3.0);
	check(&edges.callees.items[1], "h", 0.6, 1.2);
	check(&edges.callees.items[2], "", 0.3, 0.6);
	stk_edges_release(&edges);
	/* by the name it had at base */
	stk_edges_init(&edges, &flame, "old.f");
	assert_true(edges.found);
	stk_edges_release(&edges);
	stk_edges_init(&edges, &flame, "nobody");
	assert_false(edges.found);
	assert_int_equal(edges.callers.len + edges.callees.len, 0);
	stk_edges_release(&edges);
	stk_flame_release(&flame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_init__counts_recursion_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
