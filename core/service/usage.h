/* usage: CPU time, memory and number of all processes below one process. */
#ifndef STK_CORE_SERVICE_USAGE_H
#define STK_CORE_SERVICE_USAGE_H

#include "core/service/service.h"

/* The sum over the living descendants of root (without root), each with what it reaped itself.
 * STK_E_IO when /proc cannot be read. */
int stk_usage_read(pid_t root, struct stk_service_usage *out, struct stk_err *err) STK_MUST_CHECK;

#endif
