/* tree: stacks of names added up into one tree with self and total per node. */
#ifndef STK_CORE_PROFILE_TREE_H
#define STK_CORE_PROFILE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/profile/profile.h"

#define STK_TREE_NONE  UINT32_MAX
#define STK_TREE_OTHER "other" /* the node that holds what was cut off */

/* Children hang in a list: first_child, then next. A node's number never changes. */
struct stk_tree_node {
	uint32_t name; /* number of a text, see stk_tree_name */
	uint32_t parent, first_child, next;
	int64_t self, total; /* total is right once stk_tree_finish was called */
};

/* Node 0 is the root: name "", above all stacks. One thread at a time. */
struct stk_tree {
	struct stk_arena arena;
	STK_VEC(struct stk_str) names; /* 0 is "" */
	STK_VEC(struct stk_tree_node) nodes;
	struct stk_map name_index;
	uint32_t *child_index; /* hash of (parent, name) to node + 1 */
	size_t child_index_cap;
};

void stk_tree_init(struct stk_tree *tree);
void stk_tree_release(struct stk_tree *tree);

/* Number of a text, added if new (copied). */
uint32_t stk_tree_intern(struct stk_tree *tree, struct stk_str name);
struct stk_str stk_tree_name(const struct stk_tree *tree, uint32_t node);
/* The child of that name, added with zero values if absent. */
uint32_t stk_tree_child(struct stk_tree *tree, uint32_t parent, uint32_t name);
/* Add value to the self of the node at the end of a path of texts, root first. */
void stk_tree_add(struct stk_tree *tree, const uint32_t *names, size_t len, int64_t value);

/* Add one sample type of a profile by function names; inlined functions are frames of their own,
 * a location without functions gives no frame. Samples for which nothing is left are not added, nor
 * are zero and negative values, as a Pyroscope has it. */
void stk_tree_add_profile(struct stk_tree *tree, const struct stk_profile *profile, size_t type);
/* Add all of from. */
void stk_tree_merge(struct stk_tree *tree, const struct stk_tree *from);

/* Compute totals and sort siblings by name (bytes). Call it after adding, before reading. */
void stk_tree_finish(struct stk_tree *tree);

/* Nodes without the root. */
size_t stk_tree_len(const struct stk_tree *tree);

/* The value that a node must reach so that about max_nodes are left: the max_nodes-th largest total
 * among those without the root, 0 when there are no more than that (or max_nodes is 0). */
int64_t stk_tree_threshold(const struct stk_tree *tree, size_t max_nodes);

/* Cut to about max_nodes as a server does while it still merges: a child stays if its total reaches
 * the threshold or its name is "other"; the rest becomes, with its subtrees, part of the sibling
 * "other". The tree is finished before and after. */
void stk_tree_cut(struct stk_tree *tree, size_t max_nodes);

#endif
