/* verdict: from a row's numbers to the word that stands beside it. */
#ifndef STK_CORE_DIFF_VERDICT_H
#define STK_CORE_DIFF_VERDICT_H

#include <stdbool.h>

#include "core/diff/compare.h"
#include "core/record/run.h"

/* What a rule needs beside the row itself. Logs, except min_*. */
struct stk_verdict_rule {
	double q_max;
	double min_change;  /* fraction: a regression is at least this */
	double min_impact;  /* fraction of the base total; 0 = no floor */
	double min_amount;  /* |head - base| in the unit; 0 = no floor */
	double raw;         /* theta with the common shift still in it */
	double least, most; /* theta with any one pair left out */
};

/* Fill verdict and reason of a row with theta, se, df, q, change and impact (reference
 * regression 6.8). A regression must be significant, large enough, matter, have the raw
 * change's sign and survive every leave-one-out. */
void stk_verdict_judge(struct stk_row *row, const struct stk_verdict_rule *rule);

/* change, lo, hi, mde, p from theta, se, df. alpha: level of the test that mde is for. */
void stk_verdict_numbers(struct stk_row *row, double level, double alpha, double margin);

/* Worst first: regressions, then what is new, moved, better, gone, unclear, unchanged. */
void stk_verdict_sort(struct stk_row *rows, size_t len);

/* A row with every number unknown. */
struct stk_row stk_verdict_row(void);

#endif
