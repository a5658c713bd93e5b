/* units: durations, rates, sizes and counts as people write and read them. */
#ifndef STK_CORE_BASE_UNITS_H
#define STK_CORE_BASE_UNITS_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* "500ms" "30s" "1m30s" "2h" "1d2h" "1.5s", or a bare number = seconds. Negative refused. */
int stk_units_parse_duration(
	struct stk_str text, int64_t *ns_out, struct stk_err *err) STK_MUST_CHECK;
/* "200" "200/s" "3000/m" "10/h" -> events and the unit of time they are counted in. */
int stk_units_parse_rate(struct stk_str text, double *events_out, int64_t *unit_ns_out,
	struct stk_err *err) STK_MUST_CHECK;

/* k6's look: 1m48s, 1.5s, 350ms, 12.34ms, 210µs. */
void stk_units_format_duration(struct stk_buf *buf, int64_t ns);
/* Three significant digits and the unit that reads best: 0.44 ms, 1.63 ms, 18.4 KiB, 36.9 MiB. */
void stk_units_format_ns(struct stk_buf *buf, double ns);
void stk_units_format_bytes(struct stk_buf *buf, double bytes);
/* 5 868: thin groups of three with a plain space. */
void stk_units_format_count(struct stk_buf *buf, int64_t count);
/* "+10.6 %" or "-7.6 %" of a fraction (0.106); digits behind the point as given. */
void stk_units_format_percent(struct stk_buf *buf, double fraction, int digits);

/* A wall time in UTC: 20261122-143805, 14:38:05, and 2026-11-22T14:38:05.123Z. */
void stk_units_format_stamp(struct stk_buf *buf, int64_t wall_ns);
void stk_units_format_clock(struct stk_buf *buf, int64_t wall_ns);
void stk_units_format_rfc3339(struct stk_buf *buf, int64_t wall_ns);
/* "2026-11-22T14:38:05Z", with up to nine digits behind the second and Z or +hh:mm at the end (RFC
 * 3339) -> wall time. Years 1970 to 2200. */
int stk_units_parse_rfc3339(
	struct stk_str text, int64_t *wall_ns_out, struct stk_err *err) STK_MUST_CHECK;

#endif
