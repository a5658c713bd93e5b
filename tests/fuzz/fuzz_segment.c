/* fuzz_segment: two lines as a segment and its sequence; the parts deal out every index once. */
#include <stdlib.h>
#include <string.h>

#include "core/load/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Longer patterns are right too, only slow to walk through. */
enum { WALKED_MAX = 5000, INDICES = 64 };

static void check_stripe(const struct stk_stripe *stripe)
{
	for (int64_t local = 0; local < INDICES; local++) {
		int64_t global = stk_stripe_global(stripe, local);

		if (global == INT64_MAX)
			return;
		if (stk_stripe_local(stripe, global) != local ||
			stk_stripe_count(stripe, global) != local ||
			stk_stripe_count(stripe, global + 1) != local + 1)
			abort();
	}
}

static void check_all_parts(const struct stk_segment *mine)
{
	int64_t owners[INDICES] = {0};

	for (size_t index = 0; index < mine->len && mine->len < INDICES; index++) {
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_segment part = *mine;
		struct stk_stripe stripe = {NULL, 0, 0};

		part.index = index;
		stk_segment_stripe(&part, &arena, &stripe);
		check_stripe(&stripe);
		for (int64_t i = 0; i < INDICES; i++)
			owners[i] += stk_stripe_local(&stripe, i) >= 0;
		if (stk_segment_derive(&part, 7, &arena, &stripe, NULL) == 0)
			check_stripe(&stripe);
		stk_arena_release(&arena);
	}
	for (int64_t i = 0; i < INDICES && mine->len > 0 && mine->len < INDICES; i++)
		if (owners[i] != 1)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_str rest = {(const char *)data, size}, first;
	struct stk_segment segment = {NULL, NULL, NULL, 0, 0, 0};
	bool has_second = stk_str_cut(&rest, '\n', &first) && rest.len > 0;
	const char *second = has_second ? stk_arena_str(&arena, rest) : NULL;

	if (stk_segment_parse(stk_arena_str(&arena, first), second, &arena, &segment, NULL) == 0) {
		int64_t sum = 0;

		for (size_t i = 0; i < segment.len; i++)
			sum += segment.shares[i];
		if (segment.len > STK_SEGMENTS_MAX || (segment.len > 0 && sum != segment.period) ||
			segment.period > STK_SEGMENT_PERIOD_MAX)
			abort();
		if (segment.period <= WALKED_MAX)
			check_all_parts(&segment);
	}
	stk_arena_release(&arena);
	return 0;
}
