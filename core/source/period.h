/* period: how much one sample of a CPU or wall profile stands for, told from its values. */
#ifndef STK_CORE_SOURCE_PERIOD_H
#define STK_CORE_SOURCE_PERIOD_H

#include "core/source/source.h"

/* A Pyroscope answers a guess by the profile's name as period (1 s for process_cpu, whatever the
 * agent's rate was). Every value of a sampled time is a whole number of periods, so the period is
 * their greatest common divisor, over all slices of one type from number `first` on: it is written
 * into these profiles. Values that are no such multiples (measured times) leave 0, unknown.
 * Profiles whose values are not in the unit of their period are left alone. */
void stk_period_from_values(struct stk_source_slices *slices, size_t first);

#endif
