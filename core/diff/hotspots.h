/* hotspots: what load costs per request beyond idle, per function (reference regression 6.12). */
#ifndef STK_CORE_DIFF_HOTSPOTS_H
#define STK_CORE_DIFF_HOTSPOTS_H

#include "core/base/err.h"
#include "core/diff/input.h"
#include "core/record/run.h"

/* How the slices of an input with two windows are told apart and how long they are. */
struct stk_hotspots_windows {
	double idle_s, load_s; /* covered by the slices, seconds; idle_s 0 = no idle window */
	double requests;       /* completed in exactly the load slices */
};

/* Slices of STK_SIDE_BASE are the idle window, of STK_SIDE_HEAD the load window. Rows with a
 * positive cost, by lower 95 % limit, linked to changed lines where the input knows changes (all
 * its profiles are of head's build then). Text goes into run's arena; out->rows is a vector of its
 * own. STK_E_NOT_FOUND without load slices or requests. */
int stk_hotspots_compute(const struct stk_diff_input *input,
	const struct stk_hotspots_windows *windows, struct stk_run *run, struct stk_hotspots *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The two formulas by themselves, for one function; counts in samples of size `period`. */
struct stk_hotspot_counts {
	double idle, load, phi, period;
};
struct stk_hotspot_cost {
	double cost, se, lo, hi, background_per_s;
};
struct stk_hotspot_cost stk_hotspot_cost(
	const struct stk_hotspot_counts *counts, const struct stk_hotspots_windows *windows);

#endif
