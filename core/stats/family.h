/* family: corrections for testing many rows at once. */
#ifndef STK_CORE_STATS_FAMILY_H
#define STK_CORE_STATS_FAMILY_H

#include <stddef.h>

/* Adjusted p-values; NaN stays NaN and does not count. p and out may be the same. */
void stk_family_bh(const double *p, size_t len, double *out);   /* Benjamini-Hochberg q */
void stk_family_holm(const double *p, size_t len, double *out); /* Holm */
/* Level of the intervals shown for `selected` of `tested` rows (false coverage rate). */
double stk_family_fcr_level(double q, size_t selected, size_t tested);

#endif
