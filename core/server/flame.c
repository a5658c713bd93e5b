/* flame: from a query to a tree of function names, and from there to what is answered. */
#include "core/server/flame.h"

#include <stdlib.h>

#include "core/base/proto.h"

int stk_flame_nodes(int64_t asked, size_t *out, struct stk_err *err)
{
	if (asked < 0)
		return stk_err_set(err, STK_E_INVAL, "max flamegraph nodes limit %lld is negative",
			(long long)asked);
	if (asked > STK_FLAME_NODES_MAX)
		return stk_err_set(err, STK_E_INVAL,
			"max flamegraph nodes limit %lld is greater than allowed %d",
			(long long)asked, STK_FLAME_NODES_MAX);
	*out = asked ? (size_t)asked : STK_FLAME_NODES_DEFAULT;
	return 0;
}

/* The child of a node by name, STK_TREE_NONE if absent. */
static uint32_t find_child(const struct stk_tree *tree, uint32_t parent, struct stk_str name)
{
	uint32_t child = tree->nodes.items[parent].first_child;

	while (child != STK_TREE_NONE && !stk_str_eq(stk_tree_name(tree, child), name))
		child = tree->nodes.items[child].next;
	return child;
}

/* Zero the self values of everything that is not below (or at) node keep. */
static void keep_below(struct stk_tree *tree, uint32_t keep)
{
	for (uint32_t i = 0; i < tree->nodes.len; i++) {
		uint32_t up = i;

		while (up != STK_TREE_NONE && up != keep && up != 0)
			up = tree->nodes.items[up].parent;
		if (up != keep)
			tree->nodes.items[i].self = 0;
	}
}

/* Rebuild a tree from the nodes that still have a value. */
static void copy_valued(struct stk_tree *to, const struct stk_tree *from)
{
	STK_VEC(uint32_t) path = STK_VEC_INIT;

	for (uint32_t i = 1; i < from->nodes.len; i++) {
		if (!from->nodes.items[i].self)
			continue;
		stk_vec_clear(&path);
		for (uint32_t up = i; up != 0; up = from->nodes.items[up].parent)
			stk_vec_push(&path, stk_tree_intern(to, stk_tree_name(from, up)));
		for (size_t a = 0; a < path.len / 2; a++) {
			uint32_t other = path.items[a];

			path.items[a] = path.items[path.len - 1 - a];
			path.items[path.len - 1 - a] = other;
		}
		stk_tree_add(to, path.items, path.len, from->nodes.items[i].self);
	}
	stk_vec_release(&path);
}

static void select_call_site(struct stk_tree *tree, const struct stk_wire_list *call_site)
{
	const struct stk_query_location *names = call_site->items;
	struct stk_tree kept;
	uint32_t node = 0;

	for (size_t i = 0; i < call_site->len && node != STK_TREE_NONE; i++)
		node = find_child(tree, node, names[i].name);
	keep_below(tree, node);
	stk_tree_init(&kept);
	copy_valued(&kept, tree);
	stk_tree_finish(&kept);
	stk_tree_release(tree);
	*tree = kept;
}

/* Add points to a tree; cut it twice as a segment if max_nodes says so. */
static int add_points(struct stk_call *call, const struct stk_store_points *points,
	const struct stk_flame_query *ask, bool cut, struct stk_tree *tree, struct stk_err *err)
{
	struct stk_profile *profile = NULL;
	int rc = stk_store_merge(call->store, points, &profile, err);

	if (rc < 0)
		return rc;
	if (profile)
		stk_tree_add_profile(tree, profile, 0);
	stk_profile_free(profile);
	stk_tree_finish(tree);
	if (ask->call_site && ask->call_site->call_site.len)
		select_call_site(tree, &ask->call_site->call_site);
	for (int i = 0; cut && i < 2; i++)
		stk_tree_cut(tree, ask->max_nodes);
	return 0;
}

static int cmp_push(const void *a, const void *b)
{
	const struct stk_store_point *x = a, *y = b;

	return x->profile_id < y->profile_id ? -1 : x->profile_id > y->profile_id;
}

static size_t count_pushes(const struct stk_store_points *points)
{
	size_t count = points->points.len > 0;

	for (size_t i = 1; i < points->points.len; i++)
		count += points->points.items[i].profile_id !=
			 points->points.items[i - 1].profile_id;
	return count;
}

/* The tree again, segment by segment; points are sorted by push. */
static int add_segments(struct stk_call *call, const struct stk_store_points *points,
	const struct stk_flame_query *ask, struct stk_tree *tree, struct stk_err *err)
{
	bool single = count_pushes(points) > STK_FLAME_SEGMENTS_MAX;
	size_t end;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < points->points.len; i = end) {
		struct stk_store_points part = {.series = points->series};
		struct stk_tree segment;

		for (end = i + 1; end < points->points.len; end++)
			if (!single &&
				cmp_push(&points->points.items[i], &points->points.items[end]) != 0)
				break;
		part.points.items = points->points.items + i;
		part.points.len = end - i;
		stk_tree_init(&segment);
		rc = add_points(call, &part, ask, true, &segment, err);
		if (rc == 0)
			stk_tree_merge(tree, &segment);
		stk_tree_release(&segment);
	}
	stk_tree_finish(tree);
	stk_tree_cut(tree, ask->max_nodes);
	return rc;
}

int stk_flame_tree(struct stk_call *call, const struct stk_flame_query *ask, struct stk_tree *tree,
	struct stk_err *err)
{
	struct stk_store_points points = {0};
	int rc = stk_store_select(call->store, ask->query, &points, err);

	if (rc == 0)
		rc = add_points(call, &points, ask, false, tree, err);
	if (rc == 0 && stk_tree_len(tree) > ask->max_nodes) {
		stk_tree_release(tree);
		stk_tree_init(tree);
		qsort(points.points.items, points.points.len, sizeof *points.points.items,
			cmp_push);
		rc = add_segments(call, &points, ask, tree, err);
	}
	stk_store_points_release(&points);
	return rc;
}

struct stk_wire_list stk_flame_levels(struct stk_call *call, const struct stk_flamebearer *flame)
{
	struct stk_query_level *levels =
		stk_arena_zalloc(&call->arena, flame->levels.len + 1, sizeof *levels);

	for (size_t i = 0; i < flame->levels.len; i++)
		levels[i].values = (struct stk_wire_list){
			flame->levels.items[i].values, flame->levels.items[i].len};
	return (struct stk_wire_list){levels, flame->levels.len};
}

static uint64_t count_children(const struct stk_tree *tree, uint32_t node)
{
	uint64_t count = 0;

	for (uint32_t c = tree->nodes.items[node].first_child; c != STK_TREE_NONE;
		c = tree->nodes.items[c].next)
		count++;
	return count;
}

void stk_flame_write_tree(const struct stk_tree *tree, struct stk_buf *out)
{
	STK_VEC(uint32_t) stack = STK_VEC_INIT;

	if (!stk_tree_len(tree))
		return;
	stk_vec_push(&stack, 0);
	while (stack.len) {
		uint32_t node = stack.items[--stack.len];
		struct stk_str name = node ? stk_tree_name(tree, node) : stk_str_n("", 0);

		stk_proto_add_varint(out, name.len);
		stk_buf_add_str(out, name);
		stk_proto_add_varint(out, (uint64_t)(node ? tree->nodes.items[node].self : 0));
		stk_proto_add_varint(out, count_children(tree, node));
		/* pushed in order, so taken last first */
		for (uint32_t c = tree->nodes.items[node].first_child; c != STK_TREE_NONE;
			c = tree->nodes.items[c].next)
			stk_vec_push(&stack, c);
	}
	stk_vec_release(&stack);
}
