/* flame: from a query to a tree of function names, and from there to what is answered. */
#ifndef STK_CORE_SERVER_FLAME_H
#define STK_CORE_SERVER_FLAME_H

#include "core/profile/flamebearer.h"
#include "core/server/call.h"

#define STK_FLAME_NODES_DEFAULT 8192
#define STK_FLAME_NODES_MAX     1048576

/* max_nodes as upstream reads it: 0 is the default; STK_E_INVAL when out of range. */
int stk_flame_nodes(int64_t asked, size_t *out, struct stk_err *err) STK_MUST_CHECK;
/* The samples of a query added up by function names; tree is initialised, finished on success.
 * Stacks that do not begin with call_site (root first) are left out. */
int stk_flame_tree(struct stk_call *call, const struct stk_store_query *query,
	const struct stk_query_stack_selector *call_site, struct stk_tree *tree,
	struct stk_err *err) STK_MUST_CHECK;
/* Cut as upstream does on its way through segments and merges: three times. The final rule is that
 * of stk_flamebearer_set_tree. */
void stk_flame_cut(struct stk_tree *tree, size_t max_nodes);
/* Levels as a list for the wire messages; the values are the flame's. */
struct stk_wire_list stk_flame_levels(struct stk_call *call, const struct stk_flamebearer *flame);
/* Append the bytes of PROFILE_FORMAT_TREE; nothing for an empty tree. */
void stk_flame_write_tree(const struct stk_tree *tree, struct stk_buf *out);

#endif
