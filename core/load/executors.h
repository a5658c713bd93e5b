/* executors: the table entries; a new executor is one file, one line here and one in executor.c. */
#ifndef STK_CORE_LOAD_EXECUTORS_H
#define STK_CORE_LOAD_EXECUTORS_H

#include "core/load/executor.h"

extern const struct stk_executor_ops stk_executor_constant_vus;
extern const struct stk_executor_ops stk_executor_ramping_vus;
extern const struct stk_executor_ops stk_executor_constant_arrival_rate;
extern const struct stk_executor_ops stk_executor_ramping_arrival_rate;
extern const struct stk_executor_ops stk_executor_shared_iterations;
extern const struct stk_executor_ops stk_executor_per_vu_iterations;

#endif
