/* edges: who calls a function and whom it calls, added up over a flame graph. */
#ifndef STK_CORE_BOT_EDGES_H
#define STK_CORE_BOT_EDGES_H

#include "core/base/vec.h"
#include "core/record/flame.h"

struct stk_edge {
	const char *name;       /* the flame's; "" stands for the root or for many small ones */
	double cost[STK_SIDES]; /* per request (levels: on average) */
};

STK_VEC_TYPE(stk_edge_list, struct stk_edge);

struct stk_edges {
	struct stk_edge_list callers, callees; /* dearest first, by the dearer side */
	double cost[STK_SIDES]; /* of the function with all it calls, recursion counted once */
	bool found;
};

/* Add up the frames of a function (its name, or its name at base). A flame that was read is sound:
 * levels grow by one at most. */
void stk_edges_init(struct stk_edges *edges, const struct stk_flame *flame, const char *function);
void stk_edges_release(struct stk_edges *edges);

#endif
