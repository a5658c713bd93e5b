/* flame: builds the flame graph of both sides from profiles. */
#include "core/diff/flame.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/names.h"

/* Renamed rows, not those whose cost only sits elsewhere now. */
static bool is_renamed(const struct stk_row *row)
{
	return row->partner.name && !(row->reason && strcmp(row->reason, "moved") == 0);
}

void stk_flame_build_init(struct stk_flame_build *build, const struct stk_comparison *comparison)
{
	memset(build, 0, sizeof *build);
	stk_tree_init(&build->tree);
	stk_vec_push_new(&build->functions); /* of the text "" */
	build->comparison = comparison;
	for (size_t i = 0; comparison && i < comparison->rows.len; i++)
		if (is_renamed(&comparison->rows.items[i]))
			stk_map_put(&build->renamed,
				stk_str_of(comparison->rows.items[i].partner.name), NULL)
				->num = i;
}

void stk_flame_build_release(struct stk_flame_build *build)
{
	stk_tree_release(&build->tree);
	stk_vec_release(&build->functions);
	stk_vec_release(&build->sums);
	stk_map_release(&build->renamed);
}

/* Number of a function in the tree's names: by name, a NUL, and the last part of its file. */
static uint32_t intern(struct stk_flame_build *build, const struct stk_function *function)
{
	struct stk_str file = stk_str_of(function->file);
	struct stk_buf key = STK_BUF_EMPTY;
	uint32_t number;

	stk_buf_add_text(&key, function->name);
	stk_buf_add_byte(&key, '\0');
	stk_buf_add_str(&key, stk_str_skip(file, (size_t)(stk_str_rfind_byte(file, '/') + 1)));
	number = stk_tree_intern(&build->tree, stk_buf_str(&key));
	if (number == build->functions.len)
		stk_vec_push(&build->functions,
			(struct stk_function){
				.name = stk_arena_dup(&build->tree.arena, function->name),
				.file = stk_arena_dup(&build->tree.arena, function->file),
				.line = function->line});
	stk_buf_release(&key);
	return number;
}

static uint32_t number_of(struct stk_flame_build *build, const struct stk_profile *profile,
	uint32_t function, int side)
{
	const struct stk_profile_function *from = &profile->functions.items[function];
	char *file = stk_str_dup(stk_profile_string(profile, from->file));
	struct stk_buf name = STK_BUF_EMPTY;
	const union stk_map_value *row = NULL;
	struct stk_function one = {.file = file, .line = from->start_line};
	uint32_t number;

	stk_names_normalise(
		stk_profile_string(profile, from->name ? from->name : from->system_name), &name);
	one.name = name.ptr;
	if (side == STK_SIDE_BASE)
		row = stk_map_find(&build->renamed, stk_buf_str(&name));
	if (row)
		one = build->comparison->rows.items[row->num].function;
	number = intern(build, &one);
	free(file);
	stk_buf_release(&name);
	return number;
}

/* The node at the end of a stack, root first. */
static uint32_t find_leaf(struct stk_flame_build *build, const struct stk_profile *profile,
	const struct stk_stack *stack, uint32_t *numbers, int side)
{
	uint32_t node = 0, level = 1;

	for (size_t i = stack->len; i-- > 0 && level < STK_FLAME_DEPTH_MAX; level++) {
		uint32_t *number = &numbers[stack->items[i].function];
		if (*number == 0)
			*number = number_of(build, profile, stack->items[i].function, side);
		node = stk_tree_child(&build->tree, node, *number);
	}
	return node;
}

void stk_flame_build_add(struct stk_flame_build *build, const struct stk_profile *profile,
	size_t sample_type, int side)
{
	uint32_t *numbers = stk_xcalloc(profile->functions.len + 1, sizeof *numbers);
	struct stk_stack stack = STK_VEC_INIT;

	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, sample_type);
		if (value <= 0)
			continue;
		stk_profile_stack(profile, i, &stack);
		uint32_t node = find_leaf(build, profile, &stack, numbers, side);
		while (build->sums.len <= node)
			(void)stk_vec_push_new(&build->sums);
		int64_t *self = &build->sums.items[node].self[side];
		*self = stk_profile_plus(*self, value);
	}
	stk_vec_release(&stack);
	free(numbers);
}

/* A node is always younger than its parent. */
static void add_up(struct stk_flame_build *build)
{
	struct stk_flame_sums *sums;

	while (build->sums.len < build->tree.nodes.len)
		(void)stk_vec_push_new(&build->sums);
	sums = build->sums.items;
	for (size_t i = build->sums.len; i-- > 0;)
		for (int side = 0; side < STK_SIDES; side++) {
			sums[i].total[side] =
				stk_profile_plus(sums[i].total[side], sums[i].self[side]);
			if (i == 0)
				continue;
			int64_t *above = &sums[build->tree.nodes.items[i].parent].total[side];
			*above = stk_profile_plus(*above, sums[i].total[side]);
		}
}

/* --- writing ------------------------------------------------------------------------------ */

struct writing {
	struct stk_flame_build *build;
	struct stk_flame *out;
	double least;   /* cost of the smallest frame that has a node */
	int32_t *names; /* of the tree's names in out, + 1 */
};

static double weight(const struct writing *writing, uint32_t node)
{
	const int64_t *total = writing->build->sums.items[node].total;

	return (double)total[STK_SIDE_BASE] / writing->out->divisor[STK_SIDE_BASE] +
	       (double)total[STK_SIDE_HEAD] / writing->out->divisor[STK_SIDE_HEAD];
}

static int larger_first(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static double find_least(const struct writing *writing, size_t nodes_max)
{
	size_t len = writing->build->tree.nodes.len;
	double *weights, least;

	if (len <= nodes_max)
		return 0;
	weights = stk_xreallocarray(NULL, len, sizeof *weights);
	for (uint32_t i = 0; i < len; i++)
		weights[i] = weight(writing, i);
	qsort(weights, len, sizeof *weights, larger_first);
	least = weights[nodes_max];
	free(weights);
	return least;
}

/* What a renamed function was called at base; NULL for the others. */
static const char *former_name(const struct writing *writing, const char *name)
{
	const struct stk_comparison *comparison = writing->build->comparison;

	for (size_t i = 0; comparison && i < comparison->rows.len; i++)
		if (is_renamed(&comparison->rows.items[i]) &&
			strcmp(comparison->rows.items[i].function.name, name) == 0)
			return comparison->rows.items[i].partner.name;
	return NULL;
}

static int32_t name_of(struct writing *writing, uint32_t number)
{
	const struct stk_function *function = &writing->build->functions.items[number];
	struct stk_flame *out = writing->out;

	if (writing->names[number] == 0) {
		struct stk_flame_name *name = stk_vec_push_new(&out->names);
		name->function = (struct stk_function){
			.name = stk_arena_dup(&out->arena, function->name ? function->name : ""),
			.file = stk_arena_dup(&out->arena, function->file),
			.line = function->line};
		name->was = stk_arena_dup(&out->arena, former_name(writing, name->function.name));
		writing->names[number] = (int32_t)out->names.len;
	}
	return writing->names[number] - 1;
}

static void add_node(struct writing *writing, int32_t name, uint32_t level, const int64_t *value)
{
	stk_vec_push(&writing->out->nodes,
		(struct stk_flame_node){name, level, {value[STK_SIDE_BASE], value[STK_SIDE_HEAD]}});
}

/* The children that are too small for a node each, as one. */
static void add_smaller(struct writing *writing, uint32_t parent, uint32_t level)
{
	const struct stk_tree_node *nodes = writing->build->tree.nodes.items;
	int64_t value[STK_SIDES] = {0, 0};
	int32_t count = 0;

	for (uint32_t i = nodes[parent].first_child; i != STK_TREE_NONE; i = nodes[i].next) {
		if (weight(writing, i) > writing->least)
			continue;
		for (int side = 0; side < STK_SIDES; side++)
			value[side] = stk_profile_plus(
				value[side], writing->build->sums.items[i].total[side]);
		count++;
	}
	if (count > 0 && (value[STK_SIDE_BASE] > 0 || value[STK_SIDE_HEAD] > 0))
		add_node(writing, -count, level, value);
}

/* In pre-order without recursion: stacks come from outside. */
static void write_nodes(struct writing *writing)
{
	const struct stk_tree *tree = &writing->build->tree;
	STK_VEC(struct stk_flame_node) todo = STK_VEC_INIT; /* name: the tree's node */
	size_t kept = 0;

	stk_vec_push(&todo, (struct stk_flame_node){0, 0, {0, 0}});
	while (todo.len > 0) {
		uint32_t at = (uint32_t)todo.items[todo.len - 1].name;
		uint32_t level = todo.items[--todo.len].level;
		size_t first = todo.len;

		add_node(writing, name_of(writing, tree->nodes.items[at].name), level,
			writing->build->sums.items[at].total);
		kept++;
		if (writing->least > 0)
			add_smaller(writing, at, level + 1);
		for (uint32_t i = tree->nodes.items[at].first_child; i != STK_TREE_NONE;
			i = tree->nodes.items[i].next)
			if (weight(writing, i) > writing->least)
				stk_vec_push(&todo,
					(struct stk_flame_node){(int32_t)i, level + 1, {0, 0}});
		for (size_t a = first, b = todo.len; a + 1 < b; a++, b--) {
			struct stk_flame_node swap = todo.items[a];
			todo.items[a] = todo.items[b - 1];
			todo.items[b - 1] = swap;
		}
	}
	writing->out->merged = (int64_t)(tree->nodes.len - kept);
	stk_vec_release(&todo);
}

void stk_flame_build_write(struct stk_flame_build *build, size_t nodes_max, struct stk_flame *out)
{
	struct writing writing = {.build = build, .out = out};

	add_up(build);
	stk_tree_finish(&build->tree); /* for the order of siblings */
	writing.names = stk_xcalloc(build->functions.len + 1, sizeof *writing.names);
	writing.least = find_least(&writing, nodes_max);
	write_nodes(&writing);
	free(writing.names);
}
