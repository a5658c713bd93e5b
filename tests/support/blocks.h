/* blocks: a made-up paired run: windows, requests and CPU time, quiet unless told otherwise. */
#ifndef STK_TESTS_SUPPORT_BLOCKS_H
#define STK_TESTS_SUPPORT_BLOCKS_H

#include "core/record/run.h"

#define TEST_CPU_TYPE "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

/* An initialised run of `pairs` ABBA pairs of 12 s blocks, 400 requests a second, 1 ms CPU
 * per request with 0.5 % ripple, p95 10 ms, requests counted in the series, one CPU comparison
 * with all pairs and its slices (4 s, two counted per block), a quiet generator. */
void blocks_init(struct stk_run *run, int pairs);
/* A row in the run's first comparison. */
struct stk_row *blocks_add_row(struct stk_run *run, const char *name, enum stk_verdict verdict);
const struct stk_total *blocks_total(const struct stk_run *run, const char *name);
/* State of a precondition; -1 if it was not looked at. */
int blocks_state(const struct stk_run *run, const char *name);

#endif
