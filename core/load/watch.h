/* watch: looks at workers from outside: one that does not come back from a VU's code is told to. */
#ifndef STK_CORE_LOAD_WATCH_H
#define STK_CORE_LOAD_WATCH_H

#include <stdatomic.h>
#include <stdint.h>

struct stk_engine;
struct stk_vu;
struct stk_worker;

/* The driver's call that a worker is in. Written by the worker, read by the watch: a few plain
 * stores for each call, nothing else. */
struct stk_watch_call {
	atomic_uint number;              /* odd: inside of one */
	atomic_llong limit_ns, grace_ns; /* when it must be over; after a stop it may take grace */
	atomic_int stop;                 /* from this enum stk_stop on it may take nothing */
	atomic_uint target;              /* the call that was asked to end */
	unsigned seen;                   /* the watch's own */
	int64_t seen_ns;
};

/* Around start, resume and opening of a VU, on the worker's thread. */
void stk_watch_enter(struct stk_worker *worker, const struct stk_vu *vu);
void stk_watch_leave(struct stk_worker *worker);
/* On a worker's own thread, before its first call. */
void stk_watch_adopt(struct stk_worker *worker);

/* How long the controlling thread waits between two looks. */
#define STK_WATCH_EVERY_NS ((int64_t)100000000)
/* One look at all workers, by the controlling thread. */
void stk_watch_look(struct stk_engine *engine);
/* Once per process: the signal by which a worker is reached. */
void stk_watch_init(void);

#endif
