/* tick: the error that the kernel's clock tick puts into profiles of CPU-time timers. */
#include "core/stats/tick.h"

#include <math.h>

/* A tenth of a request that nobody touched seems to change by about as much as the total did (root
 * mean square), but few rows are so near the dear one, and larger ones change less: with six tenths
 * one simulated run in thirty accuses somebody. */
#define SIZE 0.6
/* Between a quarter of a tick and four; shorter requests share a tick with many others, longer ones
 * have most of their time between two ticks of their own. */
#define REACH 4.0

double stk_tick_error(double tick_ns, double request_ns, double total)
{
	double ticks = request_ns / tick_ns;

	if (!(tick_ns > 0.0) || !(request_ns > 0.0) || !isfinite(total))
		return 0.0;
	return SIZE * fabs(total) * fmin(1.0, REACH * fmin(ticks, 1.0 / ticks));
}
