/* run_merge: the records of all segments of one plan, put together to the record of the whole. */
#ifndef STK_CORE_RECORD_RUN_MERGE_H
#define STK_CORE_RECORD_RUN_MERGE_H

#include "core/base/err.h"
#include "core/record/run.h"

/* Merge len records of `stoker load` into out (empty): counters add, histograms merge by bucket,
 * rates are taken over the time from the first start to the last end; nothing is averaged. Gauges:
 * vus and vus_max add, others keep the value written last. Thresholds are copied as the first
 * record has them, to be judged again. STK_E_INVAL when the records are of different plans, or
 * their segments overlap or leave a gap; STK_E_FORMAT when two metrics of a name do not fit. */
int stk_run_merge(const struct stk_run *const *runs, size_t len, struct stk_run *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
