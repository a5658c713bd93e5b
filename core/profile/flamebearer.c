/* flamebearer: trees laid out as levels of a flame graph, and levels read back into a tree. */
#include "core/profile/flamebearer.h"

#include <stdlib.h>

#define SINGLE 4 /* values per node */
#define DOUBLE 7

void stk_flamebearer_release(struct stk_flamebearer *flame)
{
	for (size_t i = 0; i < flame->levels.len; i++)
		free(flame->levels.items[i].values);
	stk_vec_release(&flame->levels);
	stk_vec_release(&flame->names);
	stk_arena_release(&flame->arena);
	*flame = (struct stk_flamebearer)STK_FLAMEBEARER_INIT;
}

/* A node under way: where it stands on each side. left, right: its number in each tree,
 * STK_TREE_NONE where it is not there or is a bundle of what was cut off. */
struct place {
	uint32_t left, right;
	struct stk_str name;
	int64_t x[2], total[2], self[2];
	bool is_leaf;
};

STK_VEC_TYPE(places, struct place);

struct layout {
	struct stk_flamebearer *flame;
	const struct stk_tree *tree[2]; /* the second NULL for a single one */
	struct stk_map names;
	int64_t threshold;
	bool bundles_other; /* every real child called "other" goes into the bundle */
};

static int64_t name_number(struct layout *layout, struct stk_str name)
{
	bool added;
	union stk_map_value *value = stk_map_put(&layout->names, name, &added);

	if (added) {
		struct stk_str copy = {stk_arena_str(&layout->flame->arena, name), name.len};
		value->num = layout->flame->names.len;
		stk_vec_push(&layout->flame->names, copy);
	}
	return (int64_t)value->num;
}

/* Write one level: gaps count from the end of the node before. */
static void put_level(struct layout *layout, const struct places *places)
{
	struct stk_flamebearer *flame = layout->flame;
	size_t width = flame->is_diff ? DOUBLE : SINGLE;
	int64_t *values = stk_xreallocarray(NULL, places->len * width + 1, sizeof *values);
	int64_t end[2] = {0, 0}, *to = values;

	for (size_t i = 0; i < places->len; i++) {
		const struct place *place = &places->items[i];
		for (int side = 0; side < (flame->is_diff ? 2 : 1); side++) {
			*to++ = place->x[side] - end[side];
			*to++ = place->total[side];
			*to++ = place->self[side];
			end[side] = stk_profile_plus(place->x[side], place->total[side]);
			if (place->self[side] > flame->max_self)
				flame->max_self = place->self[side];
		}
		*to++ = flame->levels.len == 0 ? 0 : name_number(layout, place->name);
	}
	stk_vec_push(&flame->levels, (struct stk_flamebearer_level){values, places->len * width});
}

static void set_side(struct place *place, const struct layout *layout, int side, uint32_t node)
{
	const struct stk_tree_node *at = &layout->tree[side]->nodes.items[node];

	*(side == 0 ? &place->left : &place->right) = node;
	place->name = stk_tree_name(layout->tree[side], node);
	place->total[side] = at->total;
	place->self[side] = at->self;
}

static uint32_t first_child(const struct layout *layout, int side, uint32_t node)
{
	return node == STK_TREE_NONE ? STK_TREE_NONE
				     : layout->tree[side]->nodes.items[node].first_child;
}

static uint32_t next_sibling(const struct layout *layout, int side, uint32_t node)
{
	return layout->tree[side]->nodes.items[node].next;
}

static int compare_heads(const struct layout *layout, uint32_t left, uint32_t right)
{
	if (left == STK_TREE_NONE)
		return right == STK_TREE_NONE ? 0 : 1;
	if (right == STK_TREE_NONE)
		return -1;
	return stk_str_cmp(
		stk_tree_name(layout->tree[0], left), stk_tree_name(layout->tree[1], right));
}

/* Take the next child by name off both sorted lists. */
static struct place take_child(const struct layout *layout, uint32_t *left, uint32_t *right)
{
	struct place child = {.left = STK_TREE_NONE, .right = STK_TREE_NONE};
	int order = compare_heads(layout, *left, *right);

	if (order >= 0) {
		set_side(&child, layout, 1, *right);
		*right = next_sibling(layout, 1, *right);
	}
	if (order <= 0) {
		set_side(&child, layout, 0, *left);
		*left = next_sibling(layout, 0, *left);
	}
	return child;
}

/* Whether a child is bundled into "other". */
static bool is_cut(const struct layout *layout, const struct place *child)
{
	if (child->total[0] < layout->threshold && child->total[1] < layout->threshold)
		return true;
	return layout->bundles_other && stk_str_is(child->name, STK_TREE_OTHER);
}

/* Put a node's children behind places; the bundle of those that were cut comes last. */
static void put_children(
	const struct layout *layout, const struct place *parent, struct places *places)
{
	uint32_t left = first_child(layout, 0, parent->left);
	uint32_t right = first_child(layout, 1, parent->right);
	int64_t x[2] = {stk_profile_plus(parent->x[0], parent->self[0]),
		stk_profile_plus(parent->x[1], parent->self[1])};
	struct place other = {
		.left = STK_TREE_NONE, .right = STK_TREE_NONE, .name = STK_STR(STK_TREE_OTHER)};
	bool has_other = false;

	while (left != STK_TREE_NONE || right != STK_TREE_NONE) {
		struct place child = take_child(layout, &left, &right);
		bool cut = is_cut(layout, &child);

		has_other |= cut;
		for (int side = 0; side < 2; side++) {
			if (cut) {
				other.total[side] =
					stk_profile_plus(other.total[side], child.total[side]);
				other.self[side] = other.total[side];
				continue;
			}
			child.x[side] = x[side];
			x[side] = stk_profile_plus(x[side], child.total[side]);
		}
		if (!cut)
			stk_vec_push(places, child);
	}
	other.x[0] = x[0];
	other.x[1] = x[1];
	if (has_other)
		stk_vec_push(places, other);
}

static void lay_out(struct layout *layout)
{
	struct places now = STK_VEC_INIT, below = STK_VEC_INIT;
	struct place root = {.left = STK_TREE_NONE, .right = STK_TREE_NONE};

	for (int side = 0; side < (layout->flame->is_diff ? 2 : 1); side++)
		set_side(&root, layout, side, 0);
	/* the root's own value belongs to no frame: it is not shown */
	for (int side = 0; side < 2; side++) {
		root.total[side] -= root.self[side];
		root.self[side] = 0;
	}
	root.name = STK_STR("total");
	/* the root's name has number 0; which other name shares it differs by kind */
	(void)name_number(layout, STK_STR("total"));
	if (layout->flame->is_diff) {
		stk_map_release(&layout->names);
		stk_map_put(&layout->names, STK_STR(""), NULL)->num = 0;
	}
	stk_vec_push(&now, root);
	while (now.len > 0) {
		put_level(layout, &now);
		stk_vec_clear(&below);
		for (size_t i = 0; i < now.len; i++)
			put_children(layout, &now.items[i], &below);
		struct places swap = now;
		now = below;
		below = swap;
	}
	stk_vec_release(&now);
	stk_vec_release(&below);
	stk_map_release(&layout->names);
}

static int64_t root_total(const struct stk_tree *tree)
{
	return tree->nodes.items[0].total - tree->nodes.items[0].self;
}

void stk_flamebearer_set_tree(
	struct stk_flamebearer *flame, const struct stk_tree *tree, size_t max_nodes)
{
	struct layout layout = {.flame = flame,
		.tree = {tree, NULL},
		.threshold = stk_tree_threshold(tree, max_nodes),
		.bundles_other = max_nodes > 0};

	flame->is_diff = false;
	flame->total = root_total(tree);
	lay_out(&layout);
}

/* --- difference ---------------------------------------------------------------------------- */

static int by_size_down(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

/* The larger side's total of every node of both trees, the root among them. */
static int64_t diff_threshold(
	const struct stk_tree *left, const struct stk_tree *right, size_t max_nodes)
{
	struct layout layout = {
		.flame = &(struct stk_flamebearer){.is_diff = true}, .tree = {left, right}};
	struct places all = STK_VEC_INIT;
	struct place root = {.left = 0, .right = 0};
	int64_t *sizes, threshold = 0;

	if (max_nodes == 0)
		return 0;
	set_side(&root, &layout, 0, 0);
	set_side(&root, &layout, 1, 0);
	stk_vec_push(&all, root);
	for (size_t i = 0; i < all.len; i++) {
		struct place parent = all.items[i]; /* the array moves while it grows */
		put_children(&layout, &parent, &all);
	}
	sizes = stk_xreallocarray(NULL, all.len, sizeof *sizes);
	for (size_t i = 0; i < all.len; i++)
		sizes[i] = all.items[i].total[0] > all.items[i].total[1] ? all.items[i].total[0]
									 : all.items[i].total[1];
	qsort(sizes, all.len, sizeof *sizes, by_size_down);
	if (all.len > max_nodes)
		threshold = sizes[max_nodes - 1];
	free(sizes);
	stk_vec_release(&all);
	return threshold;
}

void stk_flamebearer_set_trees(struct stk_flamebearer *flame, const struct stk_tree *left,
	const struct stk_tree *right, size_t max_nodes)
{
	struct layout layout = {.flame = flame,
		.tree = {left, right},
		.threshold = diff_threshold(left, right, max_nodes)};

	flame->is_diff = true;
	flame->left_ticks = root_total(left);
	flame->right_ticks = root_total(right);
	flame->total = stk_profile_plus(flame->left_ticks, flame->right_ticks);
	lay_out(&layout);
}

/* --- back to a tree ------------------------------------------------------------------------- */

/* A node of the level above: where its children may stand. */
struct shelf {
	int64_t x, total;
	uint32_t node;
};
STK_VEC_TYPE(shelves, struct shelf);

/* The node above whose interval holds x, NULL if there is none. Nodes of a level are in order of
 * x, so the search goes on from the last one found. */
static const struct shelf *find_parent(const struct shelves *above, int64_t x, size_t *from)
{
	for (size_t i = *from; i < above->len; i++) {
		const struct shelf *parent = &above->items[i];
		if (parent->x <= x && x - parent->x < parent->total) {
			*from = i;
			return parent;
		}
	}
	return NULL;
}

/* Where the next node stands; false for values that no tree has. */
static bool read_place(const int64_t *value, int64_t *end, struct shelf *out)
{
	out->total = value[1];
	return value[0] >= 0 && value[1] >= 0 && !__builtin_add_overflow(*end, value[0], &out->x) &&
	       !__builtin_add_overflow(out->x, value[1], end);
}

/* Add one level's nodes below those of shelves[0]; shelves[1] becomes that level. Nodes that have
 * no width on the side are not part of its tree. */
static bool add_level(const struct stk_flamebearer *flame, size_t depth, int side,
	struct stk_tree *tree, struct shelves *shelves)
{
	const struct stk_flamebearer_level *level = &flame->levels.items[depth];
	struct shelves *above = &shelves[0], *now = &shelves[1];
	size_t width = flame->is_diff ? DOUBLE : SINGLE, from = 0;
	int64_t end = 0;

	stk_vec_clear(now);
	for (size_t i = 0; i + width <= level->len; i += width) {
		const int64_t *value = &level->values[i + (size_t)side * 3];
		struct shelf at;

		if (!read_place(value, &end, &at))
			return false;
		if (at.total == 0)
			continue;
		const struct shelf *parent = find_parent(above, at.x, &from);
		if (!parent)
			return false;
		struct stk_str name = flame->names.items[level->values[i + width - 1]];
		at.node = stk_tree_child(tree, parent->node, stk_tree_intern(tree, name));
		struct stk_tree_node *node = &tree->nodes.items[at.node];
		node->self = stk_profile_plus(node->self, value[2]);
		stk_vec_push(now, at);
	}
	return true;
}

int stk_flamebearer_get_tree(
	const struct stk_flamebearer *flame, int side, struct stk_tree *tree, struct stk_err *err)
{
	struct shelves shelves[2] = {STK_VEC_INIT, STK_VEC_INIT};
	int rc = 0;

	if (flame->levels.len > 0 && flame->levels.items[0].len > 0) {
		const int64_t *root = &flame->levels.items[0].values[side * 3];
		stk_vec_push(&shelves[0], (struct shelf){root[0], root[1], 0});
	}
	for (size_t depth = 1; rc == 0 && depth < flame->levels.len; depth++) {
		if (!add_level(flame, depth, side, tree, shelves))
			rc = stk_err_set(err, STK_E_FORMAT,
				"flame graph: level %zu: a node has no parent", depth);
		struct shelves swap = shelves[0];
		shelves[0] = shelves[1];
		shelves[1] = swap;
	}
	stk_tree_finish(tree);
	stk_vec_release(&shelves[0]);
	stk_vec_release(&shelves[1]);
	return rc;
}
