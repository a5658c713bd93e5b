/* input: what a comparison is made of: slices with cost per function, told apart by side and pair.
 */
#include "core/diff/input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/profile/names.h"

/* The word of a type id at a position, "process_cpu:cpu:nanoseconds:cpu:nanoseconds". */
static struct stk_str type_word(const char *type_id, int position)
{
	struct stk_str rest = stk_str_of(type_id), word = STK_STR("");

	for (int i = 0; i <= position; i++) {
		if (!stk_str_cut(&rest, ':', &word))
			return STK_STR("");
	}
	return word;
}

void stk_diff_input_init(
	struct stk_diff_input *input, const char *type_id, const char *short_name, const char *unit)
{
	struct stk_str sample = type_word(type_id, 1);

	*input = (struct stk_diff_input){.arena = STK_ARENA_INIT,
		.function_index = STK_MAP_INIT,
		.edge_index = STK_MAP_INIT};
	input->type_id = stk_arena_dup(&input->arena, type_id);
	input->short_name = short_name ? stk_arena_dup(&input->arena, short_name)
				       : stk_arena_str(&input->arena, sample);
	input->unit = unit ? stk_arena_dup(&input->arena, unit)
			   : stk_arena_str(&input->arena, type_word(type_id, 2));
	input->is_level = stk_str_starts(sample, "inuse_");
}

void stk_diff_input_release(struct stk_diff_input *input)
{
	for (size_t i = 0; i < input->slices.len; i++)
		stk_vec_release(&input->slices.items[i].values);
	for (size_t i = 0; i < input->profiles.len; i++)
		free(input->profiles.items[i].numbers);
	stk_vec_release(&input->profiles);
	stk_vec_release(&input->slices);
	stk_vec_release(&input->functions);
	stk_vec_release(&input->edges);
	stk_map_release(&input->function_index);
	stk_map_release(&input->edge_index);
	stk_arena_release(&input->arena);
	*input = (struct stk_diff_input){0};
}

static void note_place(struct stk_diff_input *input, struct stk_diff_function *known, int side,
	const struct stk_function *function)
{
	int64_t *line = &known->line[side == STK_SIDE_HEAD];
	const char **path = &known->path[side == STK_SIDE_HEAD];

	if (function->line > 0 && (*line == 0 || function->line < *line))
		*line = function->line;
	if (!*path)
		*path = stk_arena_dup(&input->arena, function->path);
}

int stk_diff_input_function(struct stk_diff_input *input, const struct stk_function *function,
	int side, uint32_t *out, struct stk_err *err)
{
	const char *file = function->file ? function->file : "";
	struct stk_buf key = STK_BUF_EMPTY;
	union stk_map_value *slot;
	struct stk_diff_function *kept;
	size_t name_len;
	bool added;

	stk_names_normalise(stk_str_of(function->name), &key);
	name_len = key.len;
	stk_buf_add_byte(&key, '\0');
	stk_buf_add_text(&key, file);
	slot = stk_map_put(&input->function_index, stk_buf_str(&key), &added);
	if (added && input->functions.len >= STK_DIFF_FUNCTIONS_MAX) {
		stk_buf_release(&key);
		return stk_err_set(err, STK_E_TOO_LARGE, "more than %u functions in a comparison",
			STK_DIFF_FUNCTIONS_MAX);
	}
	if (added) {
		slot->num = input->functions.len;
		kept = stk_vec_push_new(&input->functions);
		kept->name = stk_arena_str(&input->arena, stk_str_n(key.ptr, name_len));
		kept->file = stk_arena_dup(&input->arena, file);
	}
	note_place(input, &input->functions.items[slot->num], side, function);
	*out = (uint32_t)slot->num;
	stk_buf_release(&key);
	return 0;
}

struct stk_function stk_diff_input_describe(
	const struct stk_diff_input *input, uint32_t number, int side, struct stk_run *run)
{
	const struct stk_diff_function *known = &input->functions.items[number];
	int64_t line = known->line[side] ? known->line[side] : known->line[!side];
	const char *path = known->path[side] ? known->path[side] : known->path[!side];

	return (struct stk_function){stk_run_text(run, known->name), stk_run_text(run, known->file),
		line, stk_run_text(run, path)};
}

struct stk_diff_slice *stk_diff_input_slice(
	struct stk_diff_input *input, int side, int pair, double requests)
{
	struct stk_diff_slice *slice = stk_vec_push_new(&input->slices);

	slice->side = side;
	slice->pair = pair;
	slice->requests = requests;
	return slice;
}

void stk_diff_slice_add(struct stk_diff_slice *slice, const struct stk_diff_value *value)
{
	stk_vec_push(&slice->values, *value);
}

void stk_diff_input_edge(
	struct stk_diff_input *input, uint32_t caller, uint32_t callee, int side, int64_t value)
{
	uint32_t key[2] = {caller, callee};
	union stk_map_value *slot;
	bool added;

	slot = stk_map_put(&input->edge_index, stk_str_n((const char *)key, sizeof key), &added);
	if (added) {
		struct stk_diff_edge *edge = stk_vec_push_new(&input->edges);

		edge->caller = caller;
		edge->callee = callee;
		slot->num = input->edges.len - 1;
	}
	input->edges.items[slot->num].value[side == STK_SIDE_HEAD] += value;
}
