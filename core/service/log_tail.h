/* log_tail: the last lines of a log. */
#ifndef STK_CORE_SERVICE_LOG_TAIL_H
#define STK_CORE_SERVICE_LOG_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/* Append the last max_lines lines of a file (of at most its last 4 KiB) that stand at or behind
 * byte from. A file that is not there, or NULL, gives nothing. */
void stk_log_tail(const char *path, int64_t from, size_t max_lines, struct stk_buf *out);

#endif
