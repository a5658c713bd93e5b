/* moment: a point in time as people type it: now-1h, RFC 3339, a date, seconds or ms since 1970. */
#ifndef STK_CORE_BASE_MOMENT_H
#define STK_CORE_BASE_MOMENT_H

#include <stdint.h>

#include "core/base/str.h"

/* "now", "now-15m", "now-1h30m", "now+5m" (units s m h d w), "2026-11-22T14:38:05Z" (also with a
 * time zone and fractions), "2026-11-22" and "2026-11-22 14:38:05" (UTC), digits: up to 10 are
 * seconds, 13 ms, 16 us, 19 ns. Unlike the server's own syntax (server/when.h) nothing that is not
 * understood means now: STK_E_INVAL. */
int stk_moment_parse(
	struct stk_str text, int64_t now_ns, int64_t *ns_out, struct stk_err *err) STK_MUST_CHECK;

#endif
