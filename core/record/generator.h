/* generator: whether the load generator itself was what limited a run. */
#ifndef STK_CORE_RECORD_GENERATOR_H
#define STK_CORE_RECORD_GENERATOR_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/record/run.h"

/* From these on latencies say more about the generator than about the service. */
#define STK_GENERATOR_BUSY    0.85 /* of a processor, its busiest worker */
#define STK_GENERATOR_LATE_MS 10.0 /* p99 of starts behind their time */
#define STK_GENERATOR_LAG_MS  10.0 /* p99 of a round of its loops */

/* True: it was the bottleneck; the measured reasons are appended, with ", " between. */
bool stk_generator_bottleneck(const struct stk_generator_info *info, struct stk_buf *why);

#endif
