/* drawn_plan: valid scenarios of every executor, drawn by a seed. */
#ifndef STK_TESTS_SUPPORT_DRAWN_PLAN_H
#define STK_TESTS_SUPPORT_DRAWN_PLAN_H

#include "core/load/plan.h"

enum { DRAWN_CONSTANT_VUS, DRAWN_RAMPING_VUS, DRAWN_CONSTANT_RATE, DRAWN_RAMPING_RATE, DRAWN_SHARED, DRAWN_PER_VU, DRAWN_KINDS };

/* A scenario of executor seed % DRAWN_KINDS, two seconds or up to three stages long; one that ramps VUs lets none
 * finish. With arrivals all of 40 VUs are there from the start. */
struct stk_scenario *drawn_plan_add(struct stk_plan *plan, const char *name, uint64_t seed);

/* VUs that the stages of a ramping-vus scenario allow at an offset from its start, by the formula of reference k6
 * 1.5: an up-ramp's VU k from S + D (k - a) / (b - a) on, a down-ramp's down to k from S + D (a - k) / (a - b) on. */
int64_t drawn_plan_ramp_at(const struct stk_scenario *scenario, int64_t offset_ns);

#endif
