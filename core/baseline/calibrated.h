/* calibrated: what A/A runs have shown, in the file that goes with the repository. */
#ifndef STK_CORE_BASELINE_CALIBRATED_H
#define STK_CORE_BASELINE_CALIBRATED_H

#include "core/baseline/calibration.h"
#include "core/stats/dispersion.h"

/* Where it lies in a repository: read from the base, so that a change cannot calibrate itself. */
#define STK_CALIBRATED_PATH      ".stoker/calibration.json"
#define STK_CALIBRATED_BYTES_MAX ((size_t)1 << 20)

/* What has been measured counts from so many runs on, and for so long. */
#define STK_CALIBRATED_RUNS_MIN 20
#define STK_CALIBRATED_DAYS     30
/* Of the procedure: figures of another one do not hold. */
#define STK_CALIBRATED_METHOD 1

/* Between windows of one build, as log ratios: what no scatter within them tells. */
struct stk_calibrated_type {
	const char *short_name;
	double sigma[STK_DISPERSION_BANDS]; /* of functions, by stk_dispersion_band */
	double sigma_total;
	double inflation; /* what standard errors are to be multiplied by; 1 or more */
};

struct stk_calibrated {
	struct stk_calibration_key key;
	const char *version; /* of stoker that measured */
	int method;
	int runs, alarms;
	int64_t first_ns, last_ns; /* of the runs */
	STK_VEC(struct stk_calibrated_type) types;
};

/* All of a repository. */
struct stk_calibrateds {
	struct stk_arena arena; /* owns all text */
	STK_VEC(struct stk_calibrated) list;
};

void stk_calibrateds_init(struct stk_calibrateds *all);
void stk_calibrateds_release(struct stk_calibrateds *all);

/* STK_E_FORMAT with the place for anything but its shape, STK_E_TOO_LARGE over 1 MiB. */
int stk_calibrateds_parse(
	struct stk_str text, struct stk_calibrateds *all, struct stk_err *err) STK_MUST_CHECK;
/* Append it as JSON, an entry to a line, sorted by key. */
void stk_calibrateds_format(struct stk_calibrateds *all, struct stk_buf *buf);

/* The entry of this key, NULL if there is none; then *near_out is one of the same workflow and mode
 * whose machine or plan differs, or NULL. */
const struct stk_calibrated *stk_calibrateds_find(const struct stk_calibrateds *all,
	const struct stk_calibration_key *key, const struct stk_calibrated **near_out);

/* Work out what the runs have shown, and put it into all in place of what was known of the same
 * workflow, mode and machine (reference regression 6.9). The variances are the upper 80 % limits
 * while there are fewer than 30 runs. Alarms of a sequential comparison are counted with the
 * figures of the other half of the runs, so that no run is judged by itself; those of a paired one
 * are what its runs said. */
void stk_calibrateds_put(struct stk_calibrateds *all, const struct stk_calibration *calibration);

/* Why it does not count, as "8 of 20 A/A runs"; NULL: it does. */
const char *stk_calibrated_objection(
	const struct stk_calibrated *calibrated, int64_t now_ns, struct stk_arena *arena);
/* So many runs at most raise an alarm, with 95 % certainty: the exact upper limit. */
double stk_calibrated_alarms_below(const struct stk_calibrated *calibrated);
const struct stk_calibrated_type *stk_calibrated_type(
	const struct stk_calibrated *calibrated, const char *short_name);

#endif
