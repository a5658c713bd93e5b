/* blocks: the order of sides in a paired run, how long a block is, and which slices count. */
#include "core/flow/blocks.h"

#include "core/base/clock.h"

int stk_blocks_side(int block)
{
	int pair = block / 2;
	bool base_first = pair % 2 == 0;

	return (block % 2 == 0) == base_first ? STK_SIDE_BASE : STK_SIDE_HEAD;
}

int64_t stk_blocks_length_ns(int64_t slice_ns)
{
	return slice_ns <= 5 * STK_NS_PER_S ? 4 * slice_ns : 3 * slice_ns;
}

int64_t stk_blocks_tolerance_ns(int64_t slice_ns)
{
	int64_t tolerance = slice_ns / 20;

	return tolerance < 20 * STK_NS_PER_MS ? 20 * STK_NS_PER_MS : tolerance;
}

int64_t stk_blocks_whole_slices(int64_t block_ns, int64_t slice_ns)
{
	int64_t slices = (block_ns + stk_blocks_tolerance_ns(slice_ns)) / slice_ns;

	return slices > 1 ? slices - 1 : 0;
}

static int64_t overlap_ns(const struct stk_slice *slice, const struct stk_window *window)
{
	int64_t from = slice->start_ns > window->start_ns ? slice->start_ns : window->start_ns;
	int64_t to = slice->end_ns < window->end_ns ? slice->end_ns : window->end_ns;

	return to > from ? to - from : 0;
}

bool stk_blocks_in_window(const struct stk_slice *slice, const struct stk_window *window)
{
	int64_t slack = stk_blocks_tolerance_ns(slice->end_ns - slice->start_ns);

	return slice->start_ns >= window->start_ns - slack &&
	       slice->end_ns <= window->end_ns + slack;
}

/* The block that follows in time on the same side without a turn of the other between. */
static const struct stk_window *adjoining(const struct stk_run *run, size_t number)
{
	const struct stk_window *window = &run->windows.items[number];

	if (number + 1 >= run->windows.len)
		return NULL;
	const struct stk_window *next = window + 1;
	bool joined = next->kind == STK_WINDOW_BLOCK && next->side == window->side &&
		      next->start_ns - window->end_ns <= STK_NS_PER_S;
	return joined ? next : NULL;
}

/* The block a slice belongs to, or NULL. */
static const struct stk_window *find_block(const struct stk_run *run, const struct stk_slice *slice)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind != STK_WINDOW_BLOCK || window->side != slice->side)
			continue;
		if (stk_blocks_in_window(slice, window))
			return window;
		const struct stk_window *next = adjoining(run, i);
		if (!next)
			continue;
		struct stk_window both = *window;
		both.end_ns = next->end_ns;
		if (stk_blocks_in_window(slice, &both))
			return overlap_ns(slice, window) >= overlap_ns(slice, next) ? window : next;
	}
	return NULL;
}

/* Why a slice does not count: for people, so only the three cases that they can act on. */
static const char *reason_against(const struct stk_run *run, const struct stk_slice *slice)
{
	bool in_block = false, in_warmup = false, has_blocks = false;

	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];
		has_blocks = has_blocks || window->kind == STK_WINDOW_BLOCK;
		if (overlap_ns(slice, window) == 0)
			continue;
		in_warmup = in_warmup || window->kind == STK_WINDOW_WARMUP;
		in_block = in_block ||
			   (window->kind == STK_WINDOW_BLOCK && window->side == slice->side);
	}
	if (in_block)
		return "holds a switch";
	if (!has_blocks)
		return "no comparison wanted it";
	return in_warmup ? "warm-up" : "the other side's turn";
}

void stk_blocks_place_slices(struct stk_run *run, size_t first)
{
	for (size_t i = first; i < run->slices.len; i++) {
		struct stk_slice *slice = &run->slices.items[i];
		const struct stk_window *block = find_block(run, slice);

		slice->requests = stk_series_sum(
			&run->series, slice->side, NULL, NULL, slice->start_ns, slice->end_ns);
		slice->counted = block != NULL;
		slice->pair = block ? block->pair : -1;
		slice->why_not = block ? NULL : reason_against(run, slice);
	}
}
