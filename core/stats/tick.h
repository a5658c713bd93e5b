/* tick: the error that the kernel's clock tick puts into profiles of CPU-time timers. */
#ifndef STK_CORE_STATS_TICK_H
#define STK_CORE_STATS_TICK_H

/* A thread's CPU-time timer that has run out is seen at the next clock tick only, and the sample
 * goes to what runs then. Where a request's CPU time is about as long as a tick this charges what
 * comes first in it too little and what comes last too much, by up to a half; a function that gets
 * dearer moves all that comes behind it.
 *
 * Standard error, as a log ratio, that this puts into the change of a small function. tick_ns: the
 * tick; 0 = the profile does not go by it, and neither does the error. request_ns: CPU time of a
 * request, a mean of both sides. total: log ratio of the sides' CPU time per request: where
 * nothing has changed both sides are wrong alike. Source: simulated and measured, see
 * docs/decisions/0015-clock-tick.md. */
double stk_tick_error(double tick_ns, double request_ns, double total);

/* Degrees of freedom to count the error with: a rule of thumb, not a measurement of this run. */
#define STK_TICK_DF 10.0

#endif
