/* flame: from a query to a tree of function names, and from there to what is answered. */
#ifndef STK_CORE_SERVER_FLAME_H
#define STK_CORE_SERVER_FLAME_H

#include "core/profile/flamebearer.h"
#include "core/server/call.h"

#define STK_FLAME_NODES_DEFAULT 8192
#define STK_FLAME_NODES_MAX     1048576
#define STK_FLAME_SEGMENTS_MAX  64

/* max_nodes as upstream reads it: 0 is the default; STK_E_INVAL when out of range. */
int stk_flame_nodes(int64_t asked, size_t *out, struct stk_err *err) STK_MUST_CHECK;
struct stk_flame_query {
	const struct stk_store_query *query;
	const struct stk_query_stack_selector
		*call_site; /* only stacks that begin so; may be NULL */
	size_t max_nodes;
};

/* The samples of a query added up by function names; tree is initialised, finished on success. With
 * more than max_nodes it is cut as upstream does on its way: twice per segment, once for the merge;
 * the final rule is that of stk_flamebearer_set_tree. A segment is a push, or everything when there
 * are more than STK_FLAME_SEGMENTS_MAX of them. */
int stk_flame_tree(struct stk_call *call, const struct stk_flame_query *ask, struct stk_tree *tree,
	struct stk_err *err) STK_MUST_CHECK;
/* Levels as a list for the wire messages; the values are the flame's. */
struct stk_wire_list stk_flame_levels(struct stk_call *call, const struct stk_flamebearer *flame);
/* Append the bytes of PROFILE_FORMAT_TREE; nothing for an empty tree. */
void stk_flame_write_tree(const struct stk_tree *tree, struct stk_buf *out);

#endif
