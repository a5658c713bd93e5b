/* compared: a made-up world taken through the paired comparison, and looking into the result. */
#ifndef STK_TESTS_SUPPORT_COMPARED_H
#define STK_TESTS_SUPPORT_COMPARED_H

#include "core/diff/compare.h"
#include "tests/support/world.h"

#define TEST_CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

struct compared {
	struct stk_run run;
	struct stk_comparison result;
};

/* Fails the running test if the comparison cannot be made. */
void compared_init(struct compared *compared, struct world *world);
void compared_init_as(struct compared *compared, struct world *world, const char *type_id);
void compared_release(struct compared *compared);
/* Row of a function, NULL if there is none. */
const struct stk_row *compared_find(const struct compared *compared, const char *name);
size_t compared_count(const struct compared *compared, enum stk_verdict verdict);

#endif
