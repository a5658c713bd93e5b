/* rename: which function of base is which function of head under another name. */
#ifndef STK_CORE_DIFF_RENAME_H
#define STK_CORE_DIFF_RENAME_H

#include "core/diff/matrix.h"

/* Join rows that are absent on opposite sides and are the same function by reference
 * regression 6.11: the same name in another file, a similar name (0.8), or the same file with
 * the same callers and callees (0.7). Best pairs first; a joined pair counts as one
 * neighbour for the next. Returns the number joined. */
size_t stk_rename_join(struct stk_matrix *matrix);

/* 1 for equal names, 0 for names without a letter in common; by edit distance over the
 * last part of the name (behind the last '.' or ':'), if what stands before agrees. */
double stk_rename_similarity(const char *a, const char *b);

/* The same callers and callees, 0..1: weighted Jaccard of where a row's cost comes from and
 * goes to, base side of row a against head side of row b. */
double stk_rename_neighbours(const struct stk_matrix *matrix, size_t a, size_t b);

#endif
