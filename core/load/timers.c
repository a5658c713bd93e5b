/* timers: a binary heap whose elements know their place, so that any can be taken out. */
#include "core/load/timers.h"

void stk_timers_release(struct stk_timers *timers)
{
	stk_vec_release(&timers->heap);
}

static void put(struct stk_timers *timers, size_t at, struct stk_timer *timer)
{
	timers->heap.items[at] = timer;
	timer->place = at + 1;
}

static void rise(struct stk_timers *timers, size_t at, struct stk_timer *timer)
{
	while (at > 0 && timers->heap.items[(at - 1) / 2]->at_ns > timer->at_ns) {
		put(timers, at, timers->heap.items[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(timers, at, timer);
}

static void sink(struct stk_timers *timers, size_t at, struct stk_timer *timer)
{
	size_t len = timers->heap.len;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < len &&
			timers->heap.items[child + 1]->at_ns < timers->heap.items[child]->at_ns)
			child++;
		if (child >= len || timers->heap.items[child]->at_ns >= timer->at_ns)
			break;
		put(timers, at, timers->heap.items[child]);
		at = child;
	}
	put(timers, at, timer);
}

void stk_timers_add(struct stk_timers *timers, struct stk_timer *timer, int64_t at_ns)
{
	timer->at_ns = at_ns;
	stk_vec_push(&timers->heap, timer);
	rise(timers, timers->heap.len - 1, timer);
}

void stk_timers_remove(struct stk_timers *timers, struct stk_timer *timer)
{
	struct stk_timer *last;
	size_t at;

	if (timer->place == 0)
		return;
	at = timer->place - 1;
	timer->place = 0;
	last = timers->heap.items[--timers->heap.len];
	if (last == timer)
		return;
	if (at > 0 && timers->heap.items[(at - 1) / 2]->at_ns > last->at_ns)
		rise(timers, at, last);
	else
		sink(timers, at, last);
}

struct stk_timer *stk_timers_first(const struct stk_timers *timers)
{
	return timers->heap.len > 0 ? timers->heap.items[0] : NULL;
}
