/* calibrate: the figures that follow from A/A runs (reference regression 6.9). */
#ifndef STK_CORE_BASELINE_CALIBRATE_H
#define STK_CORE_BASELINE_CALIBRATE_H

#include "core/baseline/calibrated.h"

/* The runs that count: all, or every second one from 0 or from 1. */
enum stk_calibrate_half { STK_CALIBRATE_EVEN, STK_CALIBRATE_ODD, STK_CALIBRATE_ALL };

/* Figures of one profile type from these runs; short_name is borrowed from the runs. */
void stk_calibrate_type(const struct stk_calibration *calibration, const char *short_name,
	enum stk_calibrate_half half, struct stk_calibrated_type *out);

/* In how many runs a sequential comparison would have said REGRESSION: each is judged by the
 * figures of the other half. */
int stk_calibrate_alarms(const struct stk_calibration *calibration);

#endif
