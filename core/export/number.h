/* number: values and moments as outputs write them. */
#ifndef STK_CORE_EXPORT_NUMBER_H
#define STK_CORE_EXPORT_NUMBER_H

#include <stdint.h>

#include "core/base/buf.h"

/* The shortest decimal form that reads back as the same double; NaN and infinities as 0. */
void stk_number_add(struct stk_buf *buf, double value);
/* RFC 3339 in UTC, with as many digits behind the second as it needs, up to nine. */
void stk_number_add_time(struct stk_buf *buf, int64_t wall_ns);

#endif
