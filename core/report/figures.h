/* figures: numbers as reports print them: three digits, one unit a row, points apart from %. */
#ifndef STK_CORE_REPORT_FIGURES_H
#define STK_CORE_REPORT_FIGURES_H

#include <stdint.h>

#include "core/base/buf.h"

/* A cost in its type's unit (nanoseconds, bytes, ms, count, …) as "0.44 ms", "36.9 KiB",
 * "1 204 ms"; the scale is that of `beside` where that is larger, so that two sides of a row
 * have one unit. NaN is "-". */
void stk_figures_add_cost(struct stk_buf *buf, double value, double beside, const char *unit);
/* "1.63 → 1.80 ms": the unit once. */
void stk_figures_add_pair(struct stk_buf *buf, double base, double head, const char *unit);
/* "+10.6 %" of 0.106; from 1000 % on without a digit behind the point; NaN is "-". */
void stk_figures_add_change(struct stk_buf *buf, double fraction);
/* "+10.6" of 0.106, "+110" of 1.1: a limit of an interval, in percent; NaN is "-". */
void stk_figures_add_limit(struct stk_buf *buf, double fraction);
/* "+10.9 pt" of 0.109. */
void stk_figures_add_points(struct stk_buf *buf, double fraction);
/* "40.2 %" of 0.402. */
void stk_figures_add_share(struct stk_buf *buf, double fraction);
/* "28 800" also of a double. */
void stk_figures_add_count(struct stk_buf *buf, double count);

#endif
