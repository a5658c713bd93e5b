/* paired: the working state of one paired comparison, shared by its steps. */
#ifndef STK_CORE_DIFF_PAIRED_H
#define STK_CORE_DIFF_PAIRED_H

#include <stdbool.h>

#include "core/diff/compare.h"
#include "core/diff/matrix.h"
#include "core/stats/blocks.h"

/* By how a row can be tested. */
enum stk_entry_kind {
	STK_ENTRY_FEW,    /* not at all */
	STK_ENTRY_DENSE,  /* block by block (6.6) */
	STK_ENTRY_SPARSE, /* blocks pooled (6.5 with blocks as slices) */
	STK_ENTRY_EXACT   /* hardly there on one side: exact test of counts (6.10) */
};

struct stk_paired_entry {
	size_t at; /* row of the matrix */
	enum stk_entry_kind kind;
	size_t fit;              /* its number in the fit of its kind */
	double raw, least, most; /* logs, as in struct stk_blocks_row */
	struct stk_row row;
};

STK_VEC_TYPE(stk_paired_entries, struct stk_paired_entry);

struct stk_paired {
	const struct stk_compare_opts *opts;
	struct stk_run *run;
	struct stk_matrix matrix;
	struct stk_paired_entries entries;
	struct stk_blocks blocks; /* of the dense rows */
	double *shift;            /* per pair; zeros when too few rows */
	double common_shift;      /* mean of it */
	double shift_error;       /* of that mean */
	bool is_groups;           /* rows are groups: the shift is that of the functions */
	double min_change;
	size_t tested;
	double fcr_level, alpha;
};

/* From a matrix to judged rows: everything below in its order. */
void stk_paired_test(struct stk_paired *paired);
void stk_paired_release(struct stk_paired *paired);
/* Functions with all they call, and packages, as a family of their own (F3) -> out. */
int stk_paired_groups(const struct stk_paired *paired, struct stk_comparison *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Rows worth showing, with their kind, costs, shares and impact. */
void stk_paired_classify(struct stk_paired *paired);
/* Counts of the dense rows, and of the sparse ones, row after row; entry->fit of the latter (else
 * of the dense ones) becomes their number. Returns how many. */
size_t stk_paired_gather(struct stk_paired *paired, bool sparse, double *base, double *head);
/* theta, se, df, p and leave-one-out of the rows that are too rare for block logs. */
void stk_paired_fit_sparse(struct stk_paired *paired);
void stk_paired_fit_exact(struct stk_paired *paired);
/* Significant rows whose cost only sits elsewhere now become STK_VERDICT_MOVED (6.11). */
void stk_paired_find_moved(struct stk_paired *paired);
/* The sampled total of everything, by a t test over pairs. */
void stk_paired_total(const struct stk_paired *paired, struct stk_row *out);
/* What size of change would have been noticed at given shares. */
void stk_paired_sensitivity(const struct stk_paired *paired, struct stk_comparison *out);

#endif
