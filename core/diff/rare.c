/* rare: rows with too few samples for block logs: pooled blocks, or the exact test of counts. */
#include <math.h>
#include <stdlib.h>

#include "core/diff/paired.h"
#include "core/stats/binomial.h"
#include "core/stats/dispersion.h"

/* theta of the pooled counts with one pair left out; pairs = none left out. */
static double pooled_theta(const struct stk_paired *paired, size_t at, size_t left_out)
{
	const struct stk_matrix *matrix = &paired->matrix;
	double n[STK_SIDES] = {0.0, 0.0}, requests[STK_SIDES] = {0.0, 0.0};

	for (int side = 0; side < STK_SIDES; side++) {
		for (size_t pair = 0; pair < matrix->pairs; pair++) {
			if (pair == left_out)
				continue;
			n[side] += stk_matrix_count(matrix, at, side, pair);
			requests[side] += matrix->requests[side][pair];
		}
	}
	return log((n[STK_SIDE_HEAD] + 0.5) / requests[STK_SIDE_HEAD]) -
	       log((n[STK_SIDE_BASE] + 0.5) / requests[STK_SIDE_BASE]);
}

static void leave_each_out(const struct stk_paired *paired, struct stk_paired_entry *entry)
{
	entry->least = INFINITY;
	entry->most = -INFINITY;
	for (size_t pair = 0; pair < paired->matrix.pairs; pair++) {
		double theta = pooled_theta(paired, entry->at, pair) - paired->common_shift;

		entry->least = fmin(entry->least, theta);
		entry->most = fmax(entry->most, theta);
	}
}

void stk_paired_fit_sparse(struct stk_paired *paired)
{
	const struct stk_matrix *matrix = &paired->matrix;
	size_t cells = paired->entries.len * matrix->pairs + 1;
	double *base, *head;
	struct stk_dispersion_data data = {.robust = true};
	struct stk_dispersion fit;

	if (matrix->pairs < STK_COMPARE_PAIRS_MIN)
		return;
	base = stk_xcalloc(cells, sizeof *base);
	head = stk_xcalloc(cells, sizeof *head);
	data.rows = stk_paired_gather(paired, true, base, head);
	data.base =
		(struct stk_dispersion_group){matrix->pairs, base, matrix->requests[STK_SIDE_BASE]};
	data.head =
		(struct stk_dispersion_group){matrix->pairs, head, matrix->requests[STK_SIDE_HEAD]};
	stk_dispersion_fit(&data, &fit);
	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];

		if (entry->kind != STK_ENTRY_SPARSE)
			continue;
		entry->raw = fit.items[entry->fit].theta;
		entry->row.theta = entry->raw - paired->common_shift;
		entry->row.se = fit.items[entry->fit].se;
		entry->row.df = fit.items[entry->fit].df;
		leave_each_out(paired, entry);
	}
	stk_dispersion_release(&fit);
	free(base);
	free(head);
}

/* Dispersion that the dense rows show at this count (a block's extra variance is shared by
 * both sides). */
static double dispersion_at(const struct stk_paired *paired, double n)
{
	double mean = n / (double)paired->matrix.pairs;

	return 1.0 + 0.5 * paired->blocks.tau2 * mean;
}

/* With nothing at all on one side the tail is one term, and no half of it is given away. */
static double exact_p(double head, double all, double null_rate)
{
	if (head <= 0.0)
		return fmin(1.0, 2.0 * pow(1.0 - null_rate, all));
	if (head >= all)
		return fmin(1.0, 2.0 * pow(null_rate, all));
	return stk_binomial_midp(head, all, null_rate);
}

void stk_paired_fit_exact(struct stk_paired *paired)
{
	const struct stk_matrix *matrix = &paired->matrix;
	double requests_base = matrix->all_requests[STK_SIDE_BASE];
	/* The common shift makes head's requests count for more (or less). */
	double requests_head = matrix->all_requests[STK_SIDE_HEAD] * exp(paired->common_shift);

	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];
		struct stk_row *row = &entry->row;
		double phi, head, all, odds = requests_base / requests_head;
		struct stk_interval share;

		if (entry->kind != STK_ENTRY_EXACT)
			continue;
		phi = dispersion_at(paired, fmax(row->n_base, row->n_head));
		head = row->n_head / phi;
		all = head + row->n_base / phi;
		share = stk_binomial_exact(head, all, 0.95);
		row->p = exact_p(head, all, requests_head / (requests_head + requests_base));
		row->lo = odds * share.low / (1.0 - share.low) - 1.0;
		row->hi = share.high < 1.0 ? odds * share.high / (1.0 - share.high) - 1.0 : NAN;
		if (row->n_base > 0.0 && row->n_head > 0.0)
			row->change = odds * row->n_head / row->n_base - 1.0;
	}
}
