/* environment: what machine a run was measured on, as facts in the record. */
#ifndef STK_CORE_FLOW_ENVIRONMENT_H
#define STK_CORE_FLOW_ENVIRONMENT_H

#include "core/record/run.h"

/* Write processor, cores, memory, kernel, CPU limit of the cgroup and load average into
 * run->environment. What cannot be read is left out. */
void stk_environment_read(struct stk_run *run);

#endif
