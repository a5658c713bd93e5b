/* order: medians. */
#ifndef STK_CORE_STATS_ORDER_H
#define STK_CORE_STATS_ORDER_H

#include <stddef.h>

/* Middle value, or the mean of the middle two; NaN for none. Does not change values. */
double stk_order_median(const double *values, size_t len);
/* Lower weighted median: the smallest value at which half of the weight is reached.
 * NaN without positive weight. */
double stk_order_median_weighted(const double *values, const double *weights, size_t len);
double stk_order_mean(const double *values, size_t len);     /* NaN for none */
double stk_order_variance(const double *values, size_t len); /* n - 1; NaN below two */

#endif
