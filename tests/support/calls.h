/* calls: a diff input from a few stacks with exact values, for what depends on who calls whom. */
#ifndef STK_TESTS_SUPPORT_CALLS_H
#define STK_TESTS_SUPPORT_CALLS_H

#include "core/diff/input.h"

/* "main;serve;cart.sum" from the root, as "name@file"; values per slice of base and head. */
struct calls_stack {
	const char *stack;
	int64_t value[STK_SIDES];
};

/* An initialised CPU input: pairs of one slice a side, 100 requests each, all alike, one sample
 * for a value of 1. Ends with a NULL stack. */
void calls_fill(struct stk_diff_input *input, const struct calls_stack *stacks, int pairs);

#endif
