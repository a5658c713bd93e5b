/* tree: stacks of names added up into one tree with self and total per node. */
#include "core/profile/tree.h"

#include <stdlib.h>
#include <string.h>

#define INDEX_FIRST_CAP ((size_t)256) /* a power of two, like all of them */

static uint32_t new_node(struct stk_tree *tree, uint32_t name, uint32_t parent)
{
	struct stk_tree_node node = {name, parent, STK_TREE_NONE, STK_TREE_NONE, 0, 0};

	stk_vec_push(&tree->nodes, node);
	return (uint32_t)tree->nodes.len - 1;
}

void stk_tree_init(struct stk_tree *tree)
{
	memset(tree, 0, sizeof *tree);
	(void)stk_tree_intern(tree, STK_STR("")); /* text 0 */
	(void)new_node(tree, 0, STK_TREE_NONE);
}

void stk_tree_release(struct stk_tree *tree)
{
	stk_vec_release(&tree->names);
	stk_vec_release(&tree->nodes);
	stk_map_release(&tree->name_index);
	free(tree->child_index);
	stk_arena_release(&tree->arena);
	memset(tree, 0, sizeof *tree);
}

uint32_t stk_tree_intern(struct stk_tree *tree, struct stk_str name)
{
	bool added;
	union stk_map_value *value = stk_map_put(&tree->name_index, name, &added);

	if (added) {
		struct stk_str copy = {stk_arena_str(&tree->arena, name), name.len};
		value->num = tree->names.len;
		stk_vec_push(&tree->names, copy);
	}
	return (uint32_t)value->num;
}

struct stk_str stk_tree_name(const struct stk_tree *tree, uint32_t node)
{
	return tree->names.items[tree->nodes.items[node].name];
}

static size_t slot_of(const struct stk_tree *tree, uint32_t parent, uint32_t name)
{
	uint64_t hash = ((uint64_t)parent << 32 | name) * UINT64_C(0x9e3779b97f4a7c15);

	hash ^= hash >> 29;
	return (size_t)(hash * UINT64_C(0xbf58476d1ce4e5b9) >> 20) & (tree->child_index_cap - 1);
}

/* The index entry of a child: its number + 1, or 0 where it belongs. */
static uint32_t *find_slot(const struct stk_tree *tree, uint32_t parent, uint32_t name)
{
	size_t slot = slot_of(tree, parent, name);

	for (;; slot = (slot + 1) & (tree->child_index_cap - 1)) {
		uint32_t entry = tree->child_index[slot];
		if (entry == 0)
			return &tree->child_index[slot];
		const struct stk_tree_node *node = &tree->nodes.items[entry - 1];
		if (node->parent == parent && node->name == name)
			return &tree->child_index[slot];
	}
}

static void rebuild_index(struct stk_tree *tree, size_t cap)
{
	free(tree->child_index);
	tree->child_index = stk_xcalloc(cap, sizeof *tree->child_index);
	tree->child_index_cap = cap;
	for (uint32_t i = 1; i < tree->nodes.len; i++)
		*find_slot(tree, tree->nodes.items[i].parent, tree->nodes.items[i].name) = i + 1;
}

uint32_t stk_tree_child(struct stk_tree *tree, uint32_t parent, uint32_t name)
{
	uint32_t *slot, node;

	if (tree->nodes.len * 2 >= tree->child_index_cap)
		rebuild_index(
			tree, tree->child_index_cap ? tree->child_index_cap * 2 : INDEX_FIRST_CAP);
	slot = find_slot(tree, parent, name);
	if (*slot != 0)
		return *slot - 1;
	node = new_node(tree, name, parent);
	*slot = node + 1;
	tree->nodes.items[node].next = tree->nodes.items[parent].first_child;
	tree->nodes.items[parent].first_child = node;
	return node;
}

static void add_self(struct stk_tree *tree, uint32_t node, int64_t value)
{
	tree->nodes.items[node].self = stk_profile_plus(tree->nodes.items[node].self, value);
}

void stk_tree_add(struct stk_tree *tree, const uint32_t *names, size_t len, int64_t value)
{
	uint32_t node = 0;

	for (size_t i = 0; i < len; i++)
		node = stk_tree_child(tree, node, names[i]);
	add_self(tree, node, value);
}

void stk_tree_add_profile(struct stk_tree *tree, const struct stk_profile *profile, size_t type)
{
	/* name of each function in the tree, + 1; translated when first met */
	uint32_t *names = stk_xcalloc(profile->functions.len + 1, sizeof *names);
	struct stk_stack stack = STK_VEC_INIT;

	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, type);
		uint32_t node = 0;

		if (value <= 0)
			continue;
		stk_profile_stack(profile, i, &stack);
		if (stack.len == 0)
			continue;
		for (size_t s = stack.len; s-- > 0;) {
			uint32_t function = stack.items[s].function;
			if (names[function] == 0)
				names[function] =
					1 +
					stk_tree_intern(tree,
						stk_profile_string(profile,
							profile->functions.items[function].name));
			node = stk_tree_child(tree, node, names[function] - 1);
		}
		add_self(tree, node, value);
	}
	stk_vec_release(&stack);
	free(names);
}

void stk_tree_merge(struct stk_tree *tree, const struct stk_tree *from)
{
	/* parents come before their children in from's array: numbers only grow downwards */
	uint32_t *moved = stk_xreallocarray(NULL, from->nodes.len, sizeof *moved);

	moved[0] = 0;
	add_self(tree, 0, from->nodes.items[0].self);
	for (uint32_t i = 1; i < from->nodes.len; i++) {
		const struct stk_tree_node *node = &from->nodes.items[i];
		uint32_t name = stk_tree_intern(tree, from->names.items[node->name]);

		moved[i] = stk_tree_child(tree, moved[node->parent], name);
		add_self(tree, moved[i], node->self);
	}
	free(moved);
}

/* --- order ------------------------------------------------------------------------------- */

struct ranked {
	struct stk_str text;
	uint32_t name;
};

static int by_text(const void *a, const void *b)
{
	return stk_str_cmp(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* The place of each text among all of them: siblings then compare by number. */
static uint32_t *rank_names(const struct stk_tree *tree)
{
	struct ranked *sorted = stk_xreallocarray(NULL, tree->names.len, sizeof *sorted);
	uint32_t *rank = stk_xreallocarray(NULL, tree->names.len, sizeof *rank);

	for (uint32_t i = 0; i < tree->names.len; i++)
		sorted[i] = (struct ranked){tree->names.items[i], i};
	qsort(sorted, tree->names.len, sizeof *sorted, by_text);
	for (uint32_t i = 0; i < tree->names.len; i++)
		rank[sorted[i].name] = i;
	free(sorted);
	return rank;
}

struct placed {
	uint32_t parent, rank, node;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void sort_children(struct stk_tree *tree)
{
	size_t len = tree->nodes.len - 1;
	struct placed *order = stk_xreallocarray(NULL, len + 1, sizeof *order);
	uint32_t *rank = rank_names(tree);

	for (uint32_t i = 0; i < len; i++) {
		const struct stk_tree_node *node = &tree->nodes.items[i + 1];
		order[i] = (struct placed){node->parent, rank[node->name], i + 1};
	}
	if (len > 0)
		qsort(order, len, sizeof *order, by_place);
	for (size_t i = len; i-- > 0;) {
		struct stk_tree_node *node = &tree->nodes.items[order[i].node];
		bool is_last = i + 1 == len || order[i + 1].parent != node->parent;
		node->next = is_last ? STK_TREE_NONE : order[i + 1].node;
		tree->nodes.items[node->parent].first_child = order[i].node;
	}
	free(rank);
	free(order);
}

void stk_tree_finish(struct stk_tree *tree)
{
	for (size_t i = 0; i < tree->nodes.len; i++)
		tree->nodes.items[i].total = tree->nodes.items[i].self;
	for (size_t i = tree->nodes.len; i-- > 1;) {
		struct stk_tree_node *parent = &tree->nodes.items[tree->nodes.items[i].parent];
		parent->total = stk_profile_plus(parent->total, tree->nodes.items[i].total);
	}
	sort_children(tree);
}

/* --- cutting ------------------------------------------------------------------------------ */

size_t stk_tree_len(const struct stk_tree *tree)
{
	return tree->nodes.len - 1;
}

static int by_size_down(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

int64_t stk_tree_threshold(const struct stk_tree *tree, size_t max_nodes)
{
	size_t len = stk_tree_len(tree);
	int64_t *totals, threshold;

	if (max_nodes == 0 || len <= max_nodes)
		return 0;
	totals = stk_xreallocarray(NULL, len, sizeof *totals);
	for (size_t i = 0; i < len; i++)
		totals[i] = tree->nodes.items[i + 1].total;
	qsort(totals, len, sizeof *totals, by_size_down);
	threshold = totals[max_nodes - 1];
	free(totals);
	return threshold;
}

void stk_tree_cut(struct stk_tree *tree, size_t max_nodes)
{
	int64_t threshold = stk_tree_threshold(tree, max_nodes);
	uint32_t *moved;
	struct stk_tree cut;

	if (threshold <= 0)
		return;
	stk_tree_init(&cut);
	/* where a node's children go; STK_TREE_NONE: it was cut off, its value is in "other" */
	moved = stk_xreallocarray(NULL, tree->nodes.len, sizeof *moved);
	moved[0] = 0;
	cut.nodes.items[0].self = tree->nodes.items[0].self;
	uint32_t other = stk_tree_intern(&cut, STK_STR(STK_TREE_OTHER));
	for (uint32_t i = 1; i < tree->nodes.len; i++) {
		const struct stk_tree_node *node = &tree->nodes.items[i];
		struct stk_str name = tree->names.items[node->name];
		bool keep = node->total >= threshold || stk_str_is(name, STK_TREE_OTHER);
		uint32_t parent = moved[node->parent];

		moved[i] = STK_TREE_NONE;
		if (parent == STK_TREE_NONE)
			continue;
		uint32_t to =
			stk_tree_child(&cut, parent, keep ? stk_tree_intern(&cut, name) : other);
		add_self(&cut, to, keep ? node->self : node->total);
		if (keep)
			moved[i] = to;
	}
	free(moved);
	stk_tree_finish(&cut);
	stk_tree_release(tree);
	*tree = cut;
}
