/* calibration: A/A runs of a workflow, one build on both sides: what they differed by, kept as it
 * was measured, so that a calibration can go on where it stopped. */
#ifndef STK_CORE_BASELINE_CALIBRATION_H
#define STK_CORE_BASELINE_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/vec.h"

#define STK_CALIBRATION_BYTES_MAX ((size_t)64 << 20)

/* What a calibration holds for: nothing of it may differ. */
struct stk_calibration_key {
	const char *workflow;
	const char *mode;    /* "paired", "baseline" */
	const char *machine; /* stk_kept_machine */
	const char *plan;    /* hash of the load, its script, the windows and the profile types */
};

/* One function of one A/A comparison. */
struct stk_calibration_row {
	double theta, v, df; /* log ratio, its variance from within the windows, and df */
	double share;        /* of the total */
	bool eligible;       /* it would be called a regression, were it significant */
};

/* One profile type of one A/A run. */
struct stk_calibration_type {
	const char *short_name;
	double theta, v, df; /* of the total; NaN unknown */
	STK_VEC(struct stk_calibration_row) rows;
};

struct stk_calibration_run {
	int64_t measured_ns;
	bool alarm; /* the run itself said REGRESSION */
	STK_VEC(struct stk_calibration_type) types;
};

struct stk_calibration {
	struct stk_arena arena; /* owns all text */
	struct stk_calibration_key key;
	const char *version; /* of stoker that measured last */
	STK_VEC(struct stk_calibration_run) runs;
};

void stk_calibration_init(struct stk_calibration *calibration);
void stk_calibration_release(struct stk_calibration *calibration);

bool stk_calibration_is_key(
	const struct stk_calibration_key *a, const struct stk_calibration_key *b);

/* Append it as JSON. */
void stk_calibration_format(const struct stk_calibration *calibration, struct stk_buf *buf);
/* Read it into an initialised one. STK_E_FORMAT with the place for another shape and for numbers
 * that cannot be, STK_E_TOO_LARGE over 1,000 runs, 100 types or 100,000 rows of one. */
int stk_calibration_parse(struct stk_str text, struct stk_calibration *calibration,
	struct stk_err *err) STK_MUST_CHECK;

#endif
