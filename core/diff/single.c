/* single: two profiles without replicates (reference regression 6.13): what may be said of them. */
#include <math.h>
#include <stdlib.h>

#include "core/diff/compare.h"
#include "core/diff/describe.h"
#include "core/diff/links.h"
#include "core/diff/matrix.h"
#include "core/diff/rename.h"
#include "core/diff/single_priv.h"
#include "core/diff/verdict.h"
#include "core/stats/binomial.h"
#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "core/stats/order.h"

/* Only what no such window effect explains is called a regression. */
#define SURE_CHANGE 0.25
#define SURE_IMPACT 0.02

enum { SAMPLES_MIN = 50, SAMPLES_SIDE_MIN = 5 };

bool stk_single_is_testable(const struct stk_single *single, size_t at)
{
	const struct stk_matrix_row *row = &single->matrix.rows[at];

	return row->n[0] + row->n[1] >= SAMPLES_MIN &&
	       fmin(row->n[0], row->n[1]) >= SAMPLES_SIDE_MIN &&
	       stk_matrix_share(&single->matrix, at) >= single->opts->min_share;
}

static double log_ratio(const struct stk_single *single, size_t at)
{
	return log(stk_matrix_cost(&single->matrix, at, STK_SIDE_HEAD) /
		   stk_matrix_cost(&single->matrix, at, STK_SIDE_BASE));
}

static double common_shift(const struct stk_single *single)
{
	double *values = stk_xcalloc(single->matrix.len + 1, sizeof *values);
	double *weights = stk_xcalloc(single->matrix.len + 1, sizeof *weights);
	size_t rows = 0;
	double shift = 0.0;

	for (size_t at = 0; at < single->matrix.len; at++) {
		const struct stk_matrix_row *row = &single->matrix.rows[at];

		if (!stk_single_is_testable(single, at))
			continue;
		values[rows] = log_ratio(single, at);
		weights[rows++] = 1.0 / (1.0 / row->n[0] + 1.0 / row->n[1] + 0.002);
	}
	/* Without requests there is nothing else to measure against, however few the rows. */
	if (rows >= STK_SINGLE_SHIFT_ROWS_MIN || (rows > 0 && !single->requests_known))
		shift = stk_order_median_weighted(values, weights, rows);
	free(weights);
	free(values);
	return shift;
}

struct stk_row stk_single_describe(const struct stk_single *single, size_t at)
{
	struct stk_row row = stk_describe_row(&single->matrix, at, single->run);

	if (!single->requests_known)
		row.impact = (row.head_cost * exp(-single->shift) - row.base_cost) /
			     stk_matrix_total_cost(&single->matrix, STK_SIDE_BASE);
	row.tested = stk_single_is_testable(single, at);
	return row;
}

/* The wider of the interval with a window effect and the exact one of the counts. */
static void widen(const struct stk_single *single, struct stk_row *row)
{
	double requests_base = single->matrix.all_requests[STK_SIDE_BASE];
	double requests_head = single->matrix.all_requests[STK_SIDE_HEAD] * exp(single->shift);
	double odds = requests_base / requests_head;
	struct stk_interval share =
		stk_binomial_exact(row->n_head, row->n_head + row->n_base, row->level);

	row->lo = fmin(row->lo, odds * share.low / (1.0 - share.low) - 1.0);
	row->hi = fmax(row->hi, odds * share.high / (1.0 - share.high) - 1.0);
}

static void measure(const struct stk_single *single, size_t at, struct stk_row *row)
{
	struct stk_estimate estimate;

	row->theta = log_ratio(single, at) - single->shift;
	row->se = sqrt(STK_SINGLE_DISPERSION * (1.0 / row->n_base + 1.0 / row->n_head) +
		       2.0 * STK_SINGLE_WINDOW_CV * STK_SINGLE_WINDOW_CV);
	row->df = INFINITY;
	estimate = (struct stk_estimate){row->theta, row->se, row->df};
	row->p = stk_decide_p(&estimate, log1p(single->opts->null_margin));
	stk_verdict_numbers(row, 0.95, single->opts->q, single->opts->null_margin);
	widen(single, row);
}

static void judge(const struct stk_single *single, struct stk_row *row, double min_change)
{
	struct stk_estimate estimate = {row->theta, row->se, row->df};

	row->verdict = STK_VERDICT_INCONCLUSIVE;
	row->reason = "too few samples";
	if (!row->tested) {
		if (row->base_cost <= 0.0)
			row->verdict = STK_VERDICT_NEW;
		else if (row->head_cost <= 0.0)
			row->verdict = STK_VERDICT_VANISHED;
		if (row->verdict != STK_VERDICT_INCONCLUSIVE)
			row->reason = NULL;
		return;
	}
	row->reason = row->q < single->opts->q ? "suspect: one profile a side" : "wide interval";
	if (row->lo > SURE_CHANGE && fabs(row->impact) >= SURE_IMPACT)
		row->verdict = STK_VERDICT_REGRESSION;
	else if (row->hi < 1.0 / (1.0 + SURE_CHANGE) - 1.0 && fabs(row->impact) >= SURE_IMPACT)
		row->verdict = STK_VERDICT_IMPROVEMENT;
	else if (stk_decide_is_equivalent(&estimate, log1p(min_change)))
		row->verdict = STK_VERDICT_NO_CHANGE;
	else if (row->partner.name) {
		row->verdict = STK_VERDICT_MOVED;
		row->reason = "renamed";
		return;
	}
	if (row->verdict != STK_VERDICT_INCONCLUSIVE)
		row->reason = NULL;
}

/* numbers: room for the place of each row in the matrix. */
static void fill_rows(const struct stk_single *single, size_t *numbers, struct stk_comparison *out)
{
	for (size_t at = 0; at < single->matrix.len; at++) {
		struct stk_row row;

		if (!(stk_matrix_share(&single->matrix, at) >= STK_SINGLE_SHARE_LISTED))
			continue;
		row = stk_single_describe(single, at);
		if (row.tested)
			measure(single, at, &row);
		if (single->links)
			stk_links_fill_row(single->links, at, true, single->run, &row);
		out->tested += row.tested;
		numbers[out->rows.len] = at;
		stk_vec_push(&out->rows, row);
	}
}

static void judge_rows(
	const struct stk_single *single, const size_t *numbers, struct stk_comparison *out)
{
	double min_change =
		out->is_level ? single->opts->min_change_level : single->opts->min_change;
	double *p = stk_xcalloc(out->rows.len + 1, sizeof *p);

	for (size_t i = 0; i < out->rows.len; i++)
		p[i] = out->rows.items[i].p;
	stk_family_bh(p, out->rows.len, p);
	for (size_t i = 0; i < out->rows.len; i++) {
		out->rows.items[i].q = p[i];
		judge(single, &out->rows.items[i], min_change);
	}
	free(p);
	stk_single_find_moved(single, numbers, out->rows.items, out->rows.len);
	stk_verdict_sort(out->rows.items, out->rows.len);
}

static void fill_total(const struct stk_single *single, struct stk_row *out)
{
	const struct stk_matrix *matrix = &single->matrix;

	*out = stk_describe_total(matrix);
	out->verdict = STK_VERDICT_INCONCLUSIVE;
	out->reason = single->requests_known ? "one profile a side" : "requests unknown";
	if (!single->requests_known || !(out->base_cost > 0.0) || !(out->head_cost > 0.0))
		return;
	out->theta = log(out->head_cost / out->base_cost);
	out->impact = expm1(out->theta);
	out->se = sqrt(STK_SINGLE_DISPERSION *
			       (1.0 / fmax(out->n_base, 1.0) + 1.0 / fmax(out->n_head, 1.0)) +
		       2.0 * STK_SINGLE_WINDOW_CV * STK_SINGLE_WINDOW_CV);
	out->df = INFINITY;
	stk_verdict_numbers(out, 0.95, single->opts->q, single->opts->null_margin);
}

bool stk_single_knows_requests(const struct stk_diff_input *input)
{
	bool known[STK_SIDES] = {false, false};

	for (size_t i = 0; i < input->slices.len; i++) {
		if (input->slices.items[i].requests > 0.0)
			known[input->slices.items[i].side == STK_SIDE_HEAD] = true;
	}
	return input->is_level || (known[0] && known[1]);
}

int stk_compare_single(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	struct stk_run *run, struct stk_comparison *out, struct stk_err *err)
{
	static const struct stk_compare_opts defaults = STK_COMPARE_OPTS_INIT;
	struct stk_single single = {.opts = opts ? opts : &defaults,
		.run = run,
		.requests_known = stk_single_knows_requests(input)};
	size_t *numbers;
	int rc = stk_matrix_build(input, true, &single.matrix, err);

	if (rc < 0)
		return rc;
	(void)stk_rename_join(&single.matrix);
	single.shift = common_shift(&single);
	*out = stk_describe_comparison(&single.matrix, single.shift, single.opts->q, single.run);
	single.links = stk_links_new(&single.matrix);
	numbers = stk_xcalloc(single.matrix.len + 1, sizeof *numbers);
	fill_rows(&single, numbers, out);
	judge_rows(&single, numbers, out);
	free(numbers);
	fill_total(&single, &out->total);
	out->changed_share = stk_links_share(single.links, out);
	stk_links_free(single.links);
	stk_matrix_release(&single.matrix);
	return 0;
}
