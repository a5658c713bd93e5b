/* stacks: SelectMergeStacktraces and Diff: flame graphs of queries. */
#include <string.h>

#include "core/server/flame.h"
#include "core/server/handlers.h"

/* What one side of a request asks for, checked. */
static int check_request(struct stk_call *call, const struct stk_query_stacks_request *request,
	struct stk_store_query *query, size_t *nodes, struct stk_err *err)
{
	int rc = stk_call_query(call, request->type_id, request->selector, query, err);

	if (rc == 0)
		rc = stk_call_window(request->start, request->end, query, err);
	if (rc == 0)
		rc = stk_flame_nodes(request->max_nodes, nodes, err);
	if (rc == 0 && (request->profile_ids.len || request->trace_ids.len || request->spans.len))
		rc = stk_err_set(err, STK_E_UNIMPLEMENTED,
			"selectors of profiles, traces and spans are not there");
	if (rc == 0 && request->stack_selector && request->stack_selector->go_pgo)
		rc = stk_err_set(err, STK_E_UNIMPLEMENTED, "stackTraceSelector.goPgo is not there");
	return rc;
}

static void answer_flame(struct stk_call *call, struct stk_tree *tree, size_t nodes)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_query_flame graph = {.total = 0};
	struct stk_query_stacks_response response = {.flamegraph = &graph};

	stk_flamebearer_set_tree(&flame, tree, nodes);
	graph.names = (struct stk_wire_list){flame.names.items, flame.names.len};
	graph.levels = stk_flame_levels(call, &flame);
	graph.total = flame.total;
	graph.max_self = flame.max_self;
	stk_call_answer(call, &stk_query_stacks_response_wire, &response);
	stk_flamebearer_release(&flame);
}

static void answer_tree(struct stk_call *call, const struct stk_tree *tree)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_query_stacks_response response = {.flamegraph = NULL};

	stk_flame_write_tree(tree, &bytes);
	response.tree = stk_buf_str(&bytes);
	stk_call_answer(call, &stk_query_stacks_response_wire, &response);
	stk_buf_release(&bytes);
}

int stk_handlers_stacks(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_stacks_request *request = message;
	struct stk_store_query query = {0};
	struct stk_tree tree;
	size_t nodes = 0;
	int rc;

	stk_tree_init(&tree);
	rc = check_request(call, request, &query, &nodes, err);
	if (rc == 0 && (request->format == STK_QUERY_FORMAT_DOT ||
			       request->format == STK_QUERY_FORMAT_PPROF))
		rc = stk_err_set(err, STK_E_UNIMPLEMENTED,
			request->format == STK_QUERY_FORMAT_DOT
				? "format DOT is not there: ask for FLAMEGRAPH or TREE"
				: "format PPROF is not there: use SelectMergeProfile");
	if (rc == 0)
		rc = stk_flame_tree(call,
			&(struct stk_flame_query){&query, request->stack_selector, nodes}, &tree,
			err);
	if (rc == 0 && request->format == STK_QUERY_FORMAT_TREE)
		answer_tree(call, &tree);
	else if (rc == 0)
		answer_flame(call, &tree, nodes);
	stk_tree_release(&tree);
	stk_call_selectors_free(&query);
	return rc;
}

static int read_side(struct stk_call *call, const struct stk_query_stacks_request *request,
	int64_t max_nodes, struct stk_tree *tree, struct stk_err *err)
{
	static const struct stk_query_stacks_request none = {.start = 0};
	struct stk_store_query query = {0};
	size_t nodes = 0;
	int rc;

	if (!request)
		request = &none;
	rc = check_request(call, request, &query, &nodes, err);
	if (rc == 0)
		rc = stk_flame_nodes(max_nodes, &nodes, err);
	if (rc == 0)
		rc = stk_flame_tree(call,
			&(struct stk_flame_query){&query, request->stack_selector, nodes}, tree,
			err);
	stk_call_selectors_free(&query);
	return rc;
}

static void answer_diff(
	struct stk_call *call, struct stk_tree *left, struct stk_tree *right, size_t nodes)
{
	struct stk_flamebearer flame = STK_FLAMEBEARER_INIT;
	struct stk_query_flame_diff graph = {.total = 0};
	struct stk_query_diff_response response = {&graph};

	stk_flamebearer_set_trees(&flame, left, right, nodes);
	graph.names = (struct stk_wire_list){flame.names.items, flame.names.len};
	graph.levels = stk_flame_levels(call, &flame);
	graph.total = flame.total;
	graph.max_self = flame.max_self;
	graph.left_ticks = flame.left_ticks;
	graph.right_ticks = flame.right_ticks;
	stk_call_answer(call, &stk_query_diff_response_wire, &response);
	stk_flamebearer_release(&flame);
}

int stk_handlers_diff(struct stk_call *call, const void *message, struct stk_err *err)
{
	const struct stk_query_diff_request *request = message;
	struct stk_tree left, right;
	int64_t asked = 0;
	size_t nodes = 0;
	int rc;

	/* the larger one counts, so that 4 and absent are 4 */
	if (request->left && request->right)
		asked = request->left->max_nodes > request->right->max_nodes
				? request->left->max_nodes
				: request->right->max_nodes;
	stk_tree_init(&left);
	stk_tree_init(&right);
	rc = read_side(call, request->left, asked, &left, err);
	if (rc == 0)
		rc = read_side(call, request->right, asked, &right, err);
	if (rc == 0)
		rc = stk_flame_nodes(asked, &nodes, err);
	if (rc == 0)
		answer_diff(call, &left, &right, nodes);
	stk_tree_release(&left);
	stk_tree_release(&right);
	return rc;
}
