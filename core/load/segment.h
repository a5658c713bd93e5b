/* segment: the part of a plan that one of several processes runs, striped as k6 does it.
 *
 * Segments cut the unit interval: 0:1/2, 1/2:3/4, 3/4:1. What a plan numbers from 0 (VUs,
 * iterations, starts) is dealt to them in a fixed pattern, so that all of them together do
 * everything once (reference k6 8.6). */
#ifndef STK_CORE_LOAD_SEGMENT_H
#define STK_CORE_LOAD_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"

#define STK_SEGMENTS_MAX 1000
/* Longest pattern: more digits in the borders than it takes to give everyone a whole number. */
#define STK_SEGMENT_PERIOD_MAX 10000000

/* Which indices are one's own: own of each period, at these offsets. Zeroed: all of them. */
struct stk_stripe {
	const int64_t *offsets;
	int64_t own, period;
};

/* How many indices below total are own. */
int64_t stk_stripe_count(const struct stk_stripe *stripe, int64_t total);
/* The index that is own number local, from 0; INT64_MAX if there is none. */
int64_t stk_stripe_global(const struct stk_stripe *stripe, int64_t local);
/* The own number of an index, -1 if it is another's. */
int64_t stk_stripe_local(const struct stk_stripe *stripe, int64_t global);

/* Zeroed: the whole plan. Memory belongs to the arena it was parsed with. */
struct stk_segment {
	const char *text;     /* "1/3:2/3", reduced; NULL: the whole */
	const char *sequence; /* "0,1/3,2/3,1" */
	const int64_t *shares;
	size_t len, index;
	int64_t period; /* the shares add up to it */
};

/* segment: "a:b" or "b" for 0:b; sequence: all borders, or NULL: 0, a, b, 1. A border is 1/3, 0.25
 * or 25%. STK_E_INVAL says what is wrong with which text. */
int stk_segment_parse(const char *segment, const char *sequence, struct stk_arena *arena,
	struct stk_segment *out, struct stk_err *err) STK_MUST_CHECK;
/* The indices of a segment. */
void stk_segment_stripe(
	const struct stk_segment *segment, struct stk_arena *arena, struct stk_stripe *out);
/* The same with shares in proportion to what each segment has of total: starts go to where the VUs
 * are. STK_E_INVAL: the pattern is too long. */
int stk_segment_derive(const struct stk_segment *segment, int64_t total, struct stk_arena *arena,
	struct stk_stripe *out, struct stk_err *err) STK_MUST_CHECK;

#endif
