/* profiles: slices of samplers as pprof: CPU, and memory. */
#ifndef STK_CORE_DEMO_PROFILES_H
#define STK_CORE_DEMO_PROFILES_H

#include "core/base/buf.h"
#include "core/script/sampler.h"

/* Append a gzip'd pprof of what several samplers (threads) saw between start and end.
 * CPU: samples:count and cpu:nanoseconds; the period is the measured one, CPU time by ticks.
 * Memory: alloc_objects, alloc_space, inuse_objects, inuse_space; the period is the mean of bytes
 * between two samples. Appends nothing when there is no sample. */
int stk_demo_profiles_cpu(const struct stk_sampler_slice *slices, size_t len, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;
int stk_demo_profiles_memory(const struct stk_sampler_slice *slices, size_t len, int64_t start_ns,
	int64_t end_ns, struct stk_buf *out, struct stk_err *err) STK_MUST_CHECK;

#endif
