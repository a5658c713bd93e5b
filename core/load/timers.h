/* timers: the VUs that sleep, the one to wake first on top. */
#ifndef STK_CORE_LOAD_TIMERS_H
#define STK_CORE_LOAD_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/vec.h"

/* Part of what sleeps. place is 0 while it does not, else its position + 1. */
struct stk_timer {
	int64_t at_ns;
	size_t place;
};

struct stk_timers {
	STK_VEC(struct stk_timer *) heap;
};

void stk_timers_release(struct stk_timers *timers);
/* timer must not be in a heap; it stays the caller's. */
void stk_timers_add(struct stk_timers *timers, struct stk_timer *timer, int64_t at_ns);
void stk_timers_remove(struct stk_timers *timers, struct stk_timer *timer); /* not in it: nothing */
/* The earliest; NULL if none sleeps. */
struct stk_timer *stk_timers_first(const struct stk_timers *timers);

#endif
