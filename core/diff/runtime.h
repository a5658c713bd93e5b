/* runtime: rows that are a runtime's own housekeeping: shown, but never accused. */
#ifndef STK_CORE_DIFF_RUNTIME_H
#define STK_CORE_DIFF_RUNTIME_H

#include <stdbool.h>

/* Collector, scheduler, idling, compiler threads, and frames such as [native]: their cost moves
 * with the load's timing more than with anybody's code (reference regression 6.19). What a
 * change makes them cost is in the total, and in the functions that allocate or block. */
bool stk_runtime_is_own(const char *function);

#endif
