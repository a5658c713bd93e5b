/* blocks: the order of sides in a paired run, how long a block is, and which slices count. */
#ifndef STK_CORE_FLOW_BLOCKS_H
#define STK_CORE_FLOW_BLOCKS_H

#include "core/record/run.h"

/* Side of block number i: base head head base base head … (ABBA), so that a drift of the
 * machine meets both sides alike. Its pair is i / 2. */
int stk_blocks_side(int block);

/* k + 1 slices, k = 2, or 3 when a slice is 5 s or less. */
int64_t stk_blocks_length_ns(int64_t slice_ns);

/* How far a slice may stick out of its block and still lie inside it: agents cut their
 * slices by a timer, some milliseconds beside the grid. */
int64_t stk_blocks_tolerance_ns(int64_t slice_ns);

/* How many slices lie wholly inside a block however they are cut: 0 when it is shorter than two
 * slices. `slice_ns`, as measured, may be some milliseconds longer than what the agent was told. */
int64_t stk_blocks_whole_slices(int64_t block_ns, int64_t slice_ns);

/* Decide for every slice of run from number `first` on whether it counts: wholly inside a
 * block of its side, or inside two adjoining ones (then it belongs to the one that holds
 * more of it). Fills pair, counted, why_not and requests (from the series). */
void stk_blocks_place_slices(struct stk_run *run, size_t first);

/* The same for a single window of mode idle: counted if it lies inside, requests likewise. */
bool stk_blocks_in_window(const struct stk_slice *slice, const struct stk_window *window);

#endif
