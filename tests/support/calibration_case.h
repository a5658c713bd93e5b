/* calibration_case: A/A runs as a service would have given them, drawn with a known scatter. */
#ifndef STK_TESTS_SUPPORT_CALIBRATION_CASE_H
#define STK_TESTS_SUPPORT_CALIBRATION_CASE_H

#include "core/baseline/calibration.h"

/* Initialises out with so many runs of 40 functions: within windows they scatter by `within`,
 * between windows by `between` on top of that (standard deviations of log ratios). Run i was
 * measured at (i + 1) hours since 1970. */
void calibration_case_init(
	struct stk_calibration *out, const char *mode, int runs, double within, double between);

#endif
