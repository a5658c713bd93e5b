/* live: latencies by request name of the last seconds, for a terminal to show while load runs. */
#ifndef STK_CORE_LOAD_LIVE_H
#define STK_CORE_LOAD_LIVE_H

#include <pthread.h>

#include "core/base/vec.h"
#include "core/load/names.h"
#include "core/stats/hist.h"

#define STK_LIVE_WINDOW_SECONDS 5

struct stk_live_name {
	const struct stk_name *name;
	struct stk_hist now, before; /* this window, the one before */
};

/* One writer (its worker), one reader: a lock that nobody else wants, on terminals only. */
struct stk_live {
	pthread_mutex_t mutex;
	STK_VEC(struct stk_live_name) names;
	size_t last; /* where the latest one stood */
	int seconds;
};

void stk_live_init(struct stk_live *live);
void stk_live_release(struct stk_live *live);
void stk_live_add(struct stk_live *live, const struct stk_name *name, double ms);
/* Once a second: after some, the window before is forgotten. */
void stk_live_second(struct stk_live *live);

#endif
