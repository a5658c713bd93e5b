/* edges: one walk over the frames in pre-order with the path to the root. */
#include "core/bot/edges.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	const struct stk_flame *flame;
	const char *function;
	int32_t path[STK_FLAME_DEPTH_MAX + 1];   /* names by level */
	bool is_inside[STK_FLAME_DEPTH_MAX + 1]; /* the function lies on the path to here */
	uint32_t *callers, *callees;             /* by names and one more, for add_edge */
	struct stk_edges *edges;
};

static bool is_name(const struct stk_flame *flame, int32_t name, const char *function)
{
	const struct stk_flame_name *known;

	if (name < 0 || (size_t)name >= flame->names.len)
		return false;
	known = &flame->names.items[name];
	return (known->function.name && strcmp(known->function.name, function) == 0) ||
	       (known->was && strcmp(known->was, function) == 0);
}

static void add_cost(
	const struct stk_flame *flame, const struct stk_flame_node *node, double cost[STK_SIDES])
{
	for (int side = 0; side < STK_SIDES; side++)
		cost[side] += (double)node->value[side] / flame->divisor[side];
}

/* Add a frame's cost to the edge of a name; names that are none (the root's, many small frames)
 * share one. at: of each name the number of its edge + 1, as a flame may hold very many. */
static void add_edge(struct walk *walk, struct stk_edge_list *list, uint32_t *at, int32_t name,
	const struct stk_flame_node *node)
{
	size_t slot = name >= 0 && (size_t)name < walk->flame->names.len ? (size_t)name
									 : walk->flame->names.len;
	const char *text =
		slot < walk->flame->names.len ? walk->flame->names.items[slot].function.name : NULL;

	if (at[slot] == 0) {
		struct stk_edge *edge = stk_vec_push_new(list);

		edge->name = text ? text : "";
		at[slot] = (uint32_t)list->len;
	}
	add_cost(walk->flame, node, list->items[at[slot] - 1].cost);
}

static void visit(struct walk *walk, const struct stk_flame_node *node)
{
	uint32_t level = node->level;
	bool is_it = is_name(walk->flame, node->name, walk->function);
	bool was_inside = level > 0 && walk->is_inside[level - 1];
	bool parent_is_it =
		level > 0 && is_name(walk->flame, walk->path[level - 1], walk->function);

	walk->path[level] = node->name;
	walk->is_inside[level] = was_inside || is_it;
	if (is_it && !parent_is_it)
		add_edge(walk, &walk->edges->callers, walk->callers,
			level > 1 ? walk->path[level - 1] : -1, node);
	if (is_it && !was_inside) {
		walk->edges->found = true;
		add_cost(walk->flame, node, walk->edges->cost);
	}
	if (parent_is_it && !is_it)
		add_edge(walk, &walk->edges->callees, walk->callees, node->name, node);
}

static double dearer(const struct stk_edge *edge)
{
	return edge->cost[0] > edge->cost[1] ? edge->cost[0] : edge->cost[1];
}

static int by_cost(const void *a, const void *b)
{
	double x = dearer(a), y = dearer(b);

	return x > y ? -1 : x < y;
}

void stk_edges_init(struct stk_edges *edges, const struct stk_flame *flame, const char *function)
{
	struct walk *walk = stk_xcalloc(1, sizeof *walk);

	memset(edges, 0, sizeof *edges);
	*walk = (struct walk){.flame = flame,
		.function = function,
		.callers = stk_xcalloc(flame->names.len + 1, sizeof *walk->callers),
		.callees = stk_xcalloc(flame->names.len + 1, sizeof *walk->callees),
		.edges = edges};
	for (size_t i = 0; i < flame->nodes.len; i++)
		if (flame->nodes.items[i].level <= STK_FLAME_DEPTH_MAX)
			visit(walk, &flame->nodes.items[i]);
	if (edges->callers.len)
		qsort(edges->callers.items, edges->callers.len, sizeof *edges->callers.items,
			by_cost);
	if (edges->callees.len)
		qsort(edges->callees.items, edges->callees.len, sizeof *edges->callees.items,
			by_cost);
	free(walk->callers);
	free(walk->callees);
	free(walk);
}

void stk_edges_release(struct stk_edges *edges)
{
	stk_vec_release(&edges->callers);
	stk_vec_release(&edges->callees);
}
