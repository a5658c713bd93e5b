/* when: the time syntax of /ingest and /pyroscope/render ("now-1h", seconds, ms, ns, YYYYMMDD). */
#ifndef STK_CORE_SERVER_WHEN_H
#define STK_CORE_SERVER_WHEN_H

#include <stdint.h>

#include "core/base/str.h"

/* ns since 1970. There are no errors: what is not understood is now, as upstream does it. Blanks,
 * commas and underscores are ignored; only the first offset behind now counts. Digits: 13 are ms,
 * 16 us, 19 ns, 8 that look like a date YYYYMMDD, any other number of them seconds. */
int64_t stk_when_parse(struct stk_str text, int64_t now_ns);

#endif
