/* compare: base against head, function by function: change, interval, test, verdict. */
#ifndef STK_CORE_DIFF_COMPARE_H
#define STK_CORE_DIFF_COMPARE_H

#include "core/base/err.h"
#include "core/diff/input.h"
#include "core/record/run.h"
#include "core/stats/dispersion.h"

/* Judgement calls of reference regression 6.4 to 6.8; fractions. */
struct stk_compare_opts {
	double q;           /* false discovery rate of the functions */
	double null_margin; /* differences below it are uninteresting */
	double min_share;   /* of both sides together, to be in the family */
	double min_change;  /* a regression is at least this, functions */
	double min_change_total;
	double min_change_level; /* inuse_*, functions and total */
	double min_level;        /* and at least so much, in the type's unit */
	double min_impact;       /* of the base total */
	double min_impact_group; /* of a package, or a function with all it calls */
};

#define STK_COMPARE_OPTS_INIT                                                                      \
	{                                                                                          \
		.q = 0.05, .null_margin = 0.02, .min_share = 0.005, .min_change = 0.05,            \
		.min_change_total = 0.03, .min_change_level = 0.10, .min_level = 1048576.0,        \
		.min_impact = 0.005, .min_impact_group = 0.003                                     \
	}

/* Least number of pairs for a verdict. */
#define STK_COMPARE_PAIRS_MIN 4

/* Paired blocks (reference regression 6.4, 6.6 to 6.8, 6.10, 6.11). Text goes into run's
 * arena; the vectors of out are its own (freed with the run once pushed into
 * run->comparisons). opts NULL = the defaults. With fewer than
 * STK_COMPARE_PAIRS_MIN pairs the rows carry costs but no verdict but inconclusive.
 * STK_E_NOT_FOUND when no pair has slices on both sides. */
int stk_compare_paired(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	struct stk_run *run, struct stk_comparison *out, struct stk_err *err) STK_MUST_CHECK;

/* One profile per side, or files (6.13): everything pooled; verdicts are capped at
 * inconclusive ("suspect") except no_change by the wide interval and regression when the
 * lower limit passes +25 %. Requests 0 on either side = unknown: relative to the common shift. */
int stk_compare_single(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	struct stk_run *run, struct stk_comparison *out, struct stk_err *err) STK_MUST_CHECK;

/* What separates two windows of the same build, as log ratio: guessed, or measured by A/A runs. */
struct stk_compare_aa {
	double sigma[STK_DISPERSION_BANDS]; /* of functions, by stk_dispersion_band */
	double sigma_total;
	double df;        /* degrees of freedom behind them */
	double inflation; /* of standard errors, 1 or more */
	bool calibrated;  /* measured as 6.9 wants it */
};

/* Reference regression 6.5.9: where nothing was measured. */
#define STK_COMPARE_AA_GUESS                                                                       \
	{                                                                                          \
		.sigma = {0.04, 0.04, 0.04, 0.04}, .sigma_total = 0.04, .df = 10.0,                \
		.inflation = 1.0, .calibrated = false                                              \
	}
/* For A/A runs: nothing is added, so that it can be measured. */
#define STK_COMPARE_AA_NONE                                                                        \
	{                                                                                          \
		.sigma_total = 0.0, .df = 1.0, .inflation = 1.0, .calibrated = false               \
	}

/* Least number of slices a side for a verdict. */
#define STK_COMPARE_SLICES_MIN 3

/* The reason of a row that would be a regression were the comparison calibrated. */
#define STK_COMPARE_SUSPECT "suspect: not calibrated"
bool stk_compare_is_suspect(const struct stk_row *row);

/* Windows one after the other, or a stored base (M2, M3: 6.4, 6.5, 6.7, 6.8). The `pair` of a
 * slice is its place in its side's window; slices of several instances that share it add up.
 * Without calibration regressions are capped at inconclusive, STK_COMPARE_SUSPECT. aa NULL = the
 * guess. STK_E_NOT_FOUND when a side has no slices or no requests. */
int stk_compare_sequential(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	const struct stk_compare_aa *aa, struct stk_run *run, struct stk_comparison *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
