/* links: adds up the cost of all stacks by how they meet the change. */
#include "core/diff/links.h"

#include <stdlib.h>

#include "core/diff/links_priv.h"
#include "core/profile/profile.h"

/* Frames between a function and the changed one that it "calls" (reference regression 3.12). */
enum { CALLS_DEPTH = 3 };

static bool is_same_way(const struct stk_links_way *a, const struct stk_links_way *b)
{
	return a->kind == b->kind && a->function == b->function && a->via == b->via &&
	       a->line == b->line;
}

struct way_lookup {
	const struct stk_links *links;
	const struct stk_links_way *way;
};

static bool way_is(const void *ctx, uint32_t number)
{
	const struct way_lookup *lookup = ctx;

	return is_same_way(&lookup->links->ways.items[number], lookup->way);
}

static void add_way(
	struct stk_links *links, const struct stk_links_way *way, int side, double value)
{
	struct way_lookup lookup = {links, way};
	uint64_t hash =
		stk_index_mix(stk_index_mix(stk_index_mix(way->kind + 1, way->function), way->via),
			(uint64_t)way->line);
	uint32_t at = stk_index_find(&links->index, hash, way_is, &lookup);

	if (at == STK_INDEX_NONE) {
		at = (uint32_t)links->ways.len;
		stk_vec_push(&links->ways, *way);
		stk_index_add(&links->index, hash, at);
	}
	links->ways.items[at].value[side] += value;
}

/* True if a frame is of the change; *line_out: its line, when that is a changed one of head. */
static bool is_of_change(
	const struct stk_links *links, int side, uint32_t number, int64_t line, int64_t *line_out)
{
	const struct stk_links_mark *mark = &links->marks[number];
	const struct stk_changes_file *file = mark->file[side];
	int commit = stk_diff_input_commit(links->input, side);

	*line_out = 0;
	if (file && line > 0 && stk_changes_touch(file, commit, line, line)) {
		*line_out = commit == STK_SIDE_HEAD ? line : 0;
		return true;
	}
	return mark->is_changed && !mark->is_common;
}

static void add_stack(struct stk_links *links, const struct stk_diff_profile *from, size_t sample,
	const struct stk_stack *stack)
{
	struct stk_links_way self = {
		.kind = STK_LINKS_SELF, .function = STK_LINKS_NOBODY, .via = STK_LINKS_NOBODY};
	double value = (double)stk_profile_value(from->profile, sample, from->type);
	uint32_t changed = STK_LINKS_NOBODY; /* the nearest below */
	size_t changed_at = 0;

	for (size_t i = 0; i < stack->len; i++) {
		uint32_t number = from->numbers[stack->items[i].function];
		int64_t line;

		if (is_of_change(links, from->side, number, stack->items[i].line, &line)) {
			if (self.via == STK_LINKS_NOBODY) {
				self.via = number;
				self.line = line;
			}
			changed = number;
			changed_at = i;
		} else if (changed != STK_LINKS_NOBODY && i - changed_at <= CALLS_DEPTH) {
			struct stk_links_way calls = {
				.kind = STK_LINKS_CALLS, .function = number, .via = changed};

			add_way(links, &calls, from->side, value);
		}
	}
	links->all[from->side] += value;
	if (self.via != STK_LINKS_NOBODY)
		links->through[from->side] += value;
	if (stack->len == 0 || !stk_diff_input_has_leaf(from->profile, sample))
		return;
	self.function = from->numbers[stack->items[0].function];
	add_way(links, &self, from->side, value);
}

static void add_profile(
	struct stk_links *links, const struct stk_diff_profile *from, struct stk_stack *stack)
{
	for (size_t i = 0; i < from->profile->samples.len; i++) {
		if (stk_profile_value(from->profile, i, from->type) <= 0)
			continue;
		stk_profile_stack(from->profile, i, stack);
		if (stack->len == 0 || !stk_diff_input_is_other(links->input,
					       from->numbers[stack->items[0].function]))
			add_stack(links, from, i, stack);
	}
}

/* By function, then kind and via, so that what belongs together stands together. */
static int compare_ways(const void *a, const void *b)
{
	const struct stk_links_way *x = a, *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->via != y->via)
		return x->via < y->via ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

struct stk_links *stk_links_new(const struct stk_matrix *matrix)
{
	struct stk_stack stack = STK_VEC_INIT;
	struct stk_links *links;

	if (!matrix->input->changes)
		return NULL;
	links = stk_xcalloc(1, sizeof *links);
	links->matrix = matrix;
	links->input = matrix->input;
	stk_links_mark(links);
	for (size_t i = 0; i < links->input->profiles.len; i++)
		add_profile(links, &links->input->profiles.items[i], &stack);
	if (links->ways.len > 1)
		qsort(links->ways.items, links->ways.len, sizeof *links->ways.items, compare_ways);
	stk_index_release(&links->index); /* numbers are others now */
	stk_vec_release(&stack);
	return links;
}

void stk_links_free(struct stk_links *links)
{
	if (!links)
		return;
	stk_vec_release(&links->ways);
	stk_index_release(&links->index);
	free(links->marks);
	free(links);
}
