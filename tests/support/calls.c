/* calls: a diff input from a few stacks with exact values, for what depends on who calls whom. */
#include "tests/support/calls.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

enum { DEPTH_MAX = 16 };

static uint32_t number_of(struct stk_diff_input *input, struct stk_str frame, int side)
{
	ptrdiff_t at = stk_str_find_byte(frame, '@');
	char *name = stk_str_dup(at < 0 ? frame : stk_str_sub(frame, 0, (size_t)at));
	char *file = stk_str_dup(at < 0 ? stk_str_of("") : stk_str_skip(frame, (size_t)at + 1));
	struct stk_function function = {name, file, 0, NULL};
	uint32_t number = 0;

	if (stk_diff_input_function(input, &function, side, &number, NULL) < 0)
		STK_BUG("function refused");
	free(name);
	free(file);
	return number;
}

static void add_stack(
	struct stk_diff_input *input, struct stk_diff_slice *slice, const char *text, int64_t value)
{
	struct stk_str rest = stk_str_of(text);
	uint32_t numbers[DEPTH_MAX];
	size_t depth = 0;

	while (rest.len > 0 && depth < DEPTH_MAX) {
		ptrdiff_t cut = stk_str_find_byte(rest, ';');
		struct stk_str frame = cut < 0 ? rest : stk_str_sub(rest, 0, (size_t)cut);

		numbers[depth++] = number_of(input, frame, slice->side);
		rest = cut < 0 ? stk_str_of("") : stk_str_skip(rest, (size_t)cut + 1);
	}
	for (size_t i = 0; i < depth; i++) {
		bool is_leaf = i + 1 == depth;
		struct stk_diff_value cell = {numbers[i], is_leaf ? value : 0, value,
			is_leaf ? (double)value : 0.0, (double)value};

		stk_diff_slice_add(slice, &cell);
		if (!is_leaf)
			stk_diff_input_edge(input, numbers[i], numbers[i + 1], slice->side, value);
	}
	slice->total += value;
	slice->samples += (double)value;
}

void calls_fill(struct stk_diff_input *input, const struct calls_stack *stacks, int pairs)
{
	stk_diff_input_init(input, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", NULL, NULL);
	input->period = 1.0;
	for (int side = 0; side < STK_SIDES; side++) {
		for (int pair = 0; pair < pairs; pair++) {
			struct stk_diff_slice *slice =
				stk_diff_input_slice(input, side, pair, 100.0);

			for (const struct calls_stack *one = stacks; one->stack; one++) {
				if (one->value[side] > 0)
					add_stack(input, slice, one->stack, one->value[side]);
			}
		}
	}
}
