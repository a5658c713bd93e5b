/* judge: from a measured run to its totals, preconditions, gates, verdict and headline. */
#ifndef STK_CORE_DIFF_JUDGE_H
#define STK_CORE_DIFF_JUDGE_H

#include <stdbool.h>

#include "core/diff/compare.h"
#include "core/record/run.h"

/* Limits of the workflow; NaN = not set. Fractions (0.05 = "+5%"), errors in points of the
 * rate (0.005 = "0.5pt"). throughput is a loss: 0.05 is crossed by -5 %. */
struct stk_gate_limits {
	bool is_set;
	double cpu, alloc_space, alloc_objects, inuse_space, p50, p95, p99, throughput, errors;
	bool functions, thresholds;
};

/* All of the below in the right order; call once, when comparisons, hotspots, windows,
 * slices, series, thresholds and generator are in. opts, gate may be NULL (defaults, none). */
void stk_judge_run(struct stk_run *run, const struct stk_compare_opts *opts,
	const struct stk_gate_limits *gate);

/* The same in two steps, for who has to look at the verdicts in between. */
void stk_judge_verdicts(struct stk_run *run, const struct stk_compare_opts *opts);
void stk_judge_conclude(struct stk_run *run, const struct stk_gate_limits *gate);

/* Exact totals of base and head by block: cpu, p50, p95, p99, throughput, errors ->
 * run->totals; Holm over them and the sampled totals of the comparisons (family F1). */
void stk_judge_totals(struct stk_run *run, const struct stk_compare_opts *opts);

/* What can be checked from the record alone -> run->preconditions (6.3). Those that the
 * caller has already written stay. In mode baseline only those that need no blocks. */
void stk_judge_preconditions(struct stk_run *run);

/* run->gates from what was found. */
void stk_judge_gates(struct stk_run *run, const struct stk_gate_limits *gate);

/* run->verdict and run->headline, from everything above. */
void stk_judge_headline(struct stk_run *run);

/* True if any gate of the workflow (thresholds apart) was crossed. */
bool stk_judge_gate_crossed(const struct stk_run *run);

#endif
