/* kept_case: a small kept run for tests: two functions, three slices. */
#ifndef STK_TESTS_SUPPORT_KEPT_CASE_H
#define STK_TESTS_SUPPORT_KEPT_CASE_H

#include "core/baseline/kept.h"

/* Initialises out. Measured at measured_ns at this revision, on a machine of that name. */
void kept_case_init(struct stk_kept *out, const char *revision, const char *processor,
	int64_t measured_ns);

#endif
