/* sampled: the sampled total of a comparison, and what size of change it could have shown. */
#include <math.h>
#include <stdlib.h>

#include "core/diff/describe.h"
#include "core/diff/paired.h"
#include "core/diff/verdict.h"
#include "core/stats/decide.h"
#include "core/stats/noticeable.h"
#include "core/stats/order.h"

/* Samples behind a side's pair: what the slices say, else what the rows add up to. */
static double samples_of(const struct stk_matrix *matrix, int side, size_t pair)
{
	double sum = 0.0;

	if (matrix->samples[side][pair] > 0.0)
		return matrix->samples[side][pair];
	for (size_t row = 0; row < matrix->len; row++)
		sum += stk_matrix_count(matrix, row, side, pair);
	return sum;
}

/* Counting error of the log ratio of a row with this share, mean over the pairs. */
static double counting_error(const struct stk_matrix *matrix, double share)
{
	double sum = 0.0;

	for (size_t pair = 0; pair < matrix->pairs; pair++)
		sum += stk_noticeable_counting(share * samples_of(matrix, STK_SIDE_BASE, pair),
			share * samples_of(matrix, STK_SIDE_HEAD, pair));
	return sum / (double)matrix->pairs;
}

static double log_cost(const struct stk_matrix *matrix, int side, size_t pair)
{
	return log(matrix->totals[side][pair] / matrix->requests[side][pair]);
}

static void fit_total(const struct stk_paired *paired, struct stk_row *out)
{
	const struct stk_matrix *matrix = &paired->matrix;
	double *logs = stk_xcalloc(matrix->pairs, sizeof *logs);
	double pairs = (double)matrix->pairs, least = INFINITY, most = -INFINITY, variance;
	double limit = log1p(matrix->input->is_level ? paired->opts->min_change_level
						     : paired->opts->min_change_total);

	for (size_t pair = 0; pair < matrix->pairs; pair++)
		logs[pair] = log_cost(matrix, STK_SIDE_HEAD, pair) -
			     log_cost(matrix, STK_SIDE_BASE, pair);
	out->theta = stk_order_mean(logs, matrix->pairs);
	for (size_t pair = 0; pair < matrix->pairs; pair++) {
		double rest = (pairs * out->theta - logs[pair]) / (pairs - 1.0);

		least = fmin(least, rest);
		most = fmax(most, rest);
	}
	variance = fmax(stk_order_variance(logs, matrix->pairs), counting_error(matrix, 1.0));
	out->se = sqrt(variance / pairs);
	out->df = pairs - 1.0;
	if (fabs(out->theta) >= limit && (out->theta > 0.0 ? least < limit : most > -limit))
		out->reason = "driven by one pair";
	free(logs);
}

void stk_paired_total(const struct stk_paired *paired, struct stk_row *out)
{
	const struct stk_matrix *matrix = &paired->matrix;
	double margin = log1p(paired->opts->null_margin);
	struct stk_estimate estimate;

	*out = stk_describe_total(matrix);
	out->tested = true;
	if (out->base_cost > 0.0)
		out->impact = out->head_cost / out->base_cost - 1.0;
	for (size_t pair = 0; pair < matrix->pairs; pair++) {
		if (!(matrix->totals[0][pair] > 0.0) || !(matrix->totals[1][pair] > 0.0))
			out->tested = false;
	}
	if (matrix->pairs < 2)
		out->tested = false;
	if (!out->tested)
		return;
	fit_total(paired, out);
	estimate = (struct stk_estimate){out->theta, out->se, out->df};
	out->p = stk_decide_p(&estimate, margin);
	stk_verdict_numbers(out, 0.95, paired->opts->q, paired->opts->null_margin);
}

static double noticed_at(const struct stk_paired *paired, double share)
{
	struct stk_noticeable row = {.counting = counting_error(&paired->matrix, share),
		.pairs = (double)paired->matrix.pairs,
		.alpha = paired->alpha,
		.margin = log1p(paired->opts->null_margin)};

	stk_noticeable_unfitted(&row); /* stays where there were no dense rows */
	if (paired->blocks.rows > 0) {
		row.d0 = paired->blocks.prior.d0;
		row.s0_2 = paired->blocks.prior.s0_2;
		row.tau2 = paired->blocks.tau2;
	}
	return stk_noticeable_paired(&row);
}

void stk_paired_sensitivity(const struct stk_paired *paired, struct stk_comparison *out)
{
	static const double shares[] = {0.05, 0.15};

	if (paired->matrix.pairs < STK_COMPARE_PAIRS_MIN)
		return;
	for (size_t i = 0; i < STK_ARRAY_LEN(shares); i++) {
		struct stk_sensitivity *item = stk_vec_push_new(&out->sensitivity);

		item->share = shares[i];
		item->change = noticed_at(paired, shares[i]);
	}
	stk_vec_push(&out->sensitivity, (struct stk_sensitivity){1.0, out->total.mde});
}
