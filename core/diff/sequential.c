/* sequential: two windows apart in time: now against a kept base (reference regression 6.5). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/describe.h"
#include "core/diff/groups.h"
#include "core/diff/links.h"
#include "core/diff/rename.h"
#include "core/diff/sequential_moved.h"
#include "core/diff/single_priv.h"
#include "core/diff/verdict.h"
#include "core/stats/decide.h"
#include "core/stats/dispersion.h"
#include "core/stats/family.h"
#include "core/stats/order.h"

/* Slices follow each other: their scatter understates that of windows (6.5.4, rho 0.3). Only for
 * the total; in rows the term between windows holds it. */
#define PSI 1.9

#define BETTER "better, not calibrated"

/* One side by slices. */
struct side {
	size_t len;
	int *places;      /* their number in the window, ascending */
	double *requests; /* per slice */
	double *totals;   /* per slice: value of everything */
	double *counts;   /* tested rows x slices */
};

struct sequential {
	struct stk_single single;
	struct stk_compare_aa aa;
	struct side sides[STK_SIDES];
	size_t *tested; /* rows of the matrix */
	size_t rows;
	struct stk_dispersion fit;
	double alpha, level;
	bool is_groups; /* rows are groups: the shift is that of the functions */
};

static ptrdiff_t find_place(const struct side *side, int place)
{
	return stk_sequential_find_place(side->places, side->len, place);
}

static int compare_ints(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void find_places(const struct stk_diff_input *input, int number, struct side *side)
{
	side->places = stk_xcalloc(input->slices.len + 1, sizeof *side->places);
	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];

		if (slice->side == number && slice->pair >= 0 &&
			(input->is_level || slice->requests > 0.0) &&
			find_place(side, slice->pair) < 0)
			side->places[side->len++] = slice->pair;
	}
	qsort(side->places, side->len, sizeof *side->places, compare_ints);
}

/* Slices of several instances in one place: their values add up, their requests are the side's. */
static void fill_side(const struct stk_diff_input *input, int number, struct side *side)
{
	double *instances = stk_xcalloc(side->len + 1, sizeof *instances);

	side->requests = stk_xcalloc(side->len + 1, sizeof *side->requests);
	side->totals = stk_xcalloc(side->len + 1, sizeof *side->totals);
	for (size_t i = 0; i < input->slices.len; i++) {
		const struct stk_diff_slice *slice = &input->slices.items[i];
		ptrdiff_t at = slice->side == number ? find_place(side, slice->pair) : -1;

		if (at < 0)
			continue;
		instances[at]++;
		side->requests[at] += slice->requests;
		side->totals[at] += (double)slice->total;
	}
	for (size_t i = 0; i < side->len; i++)
		side->requests[i] = input->is_level ? 1.0 : side->requests[i] / instances[i];
	free(instances);
}

static void fill_counts(struct sequential *seq, int number)
{
	const struct stk_matrix *matrix = &seq->single.matrix;
	struct side *side = &seq->sides[number];
	size_t *row_of = stk_xcalloc(matrix->len + 1, sizeof *row_of);

	side->counts = stk_xcalloc(seq->rows * side->len + 1, sizeof *side->counts);
	for (size_t row = 0; row < seq->rows; row++)
		row_of[matrix->rows[seq->tested[row]].function[number]] = row + 1;
	for (size_t i = 0; i < matrix->input->slices.len; i++) {
		const struct stk_diff_slice *slice = &matrix->input->slices.items[i];
		ptrdiff_t at = slice->side == number ? find_place(side, slice->pair) : -1;

		for (size_t k = 0; at >= 0 && k < slice->values.len; k++) {
			const struct stk_diff_value *value = &slice->values.items[k];
			size_t row = row_of[value->function];

			if (row > 0 && value->self > 0)
				side->counts[(row - 1) * side->len + (size_t)at] +=
					(double)value->self /
					matrix->rows[seq->tested[row - 1]].unit;
		}
	}
	free(row_of);
}

static void choose_rows(struct sequential *seq)
{
	seq->tested = stk_xcalloc(seq->single.matrix.len + 1, sizeof *seq->tested);
	for (size_t at = 0; at < seq->single.matrix.len; at++) {
		if (stk_single_is_testable(&seq->single, at))
			seq->tested[seq->rows++] = at;
	}
}

static bool has_slices(const struct sequential *seq)
{
	return seq->sides[0].len >= STK_COMPARE_SLICES_MIN &&
	       seq->sides[1].len >= STK_COMPARE_SLICES_MIN;
}

static void fit_rows(struct sequential *seq)
{
	const struct side *base = &seq->sides[STK_SIDE_BASE], *head = &seq->sides[STK_SIDE_HEAD];
	struct stk_dispersion_data data = {.rows = seq->rows,
		.base = {base->len, base->counts, base->requests},
		.head = {head->len, head->counts, head->requests},
		.df_aa = seq->aa.df,
		.inflation = seq->aa.inflation,
		.robust = true};
	double *sigma;

	if (seq->rows == 0 || !has_slices(seq))
		return;
	sigma = stk_xcalloc(seq->rows, sizeof *sigma);
	for (size_t i = 0; i < seq->rows; i++)
		sigma[i] = hypot(seq->aa.sigma[stk_dispersion_band(
					 stk_matrix_share(&seq->single.matrix, seq->tested[i]))],
			stk_matrix_row_tick_error(&seq->single.matrix, seq->tested[i]));
	data.sigma_rows = sigma;
	stk_dispersion_fit(&data, &seq->fit);
	free(sigma);
	if (seq->rows >= STK_SINGLE_SHIFT_ROWS_MIN && !seq->is_groups)
		seq->single.shift = seq->fit.shift;
}

/* theta of a row with slice `left` of one side left out; the whole for left = its number. */
static double theta_without(const struct sequential *seq, size_t row, int number, size_t left)
{
	double logs[STK_SIDES];

	for (int s = 0; s < STK_SIDES; s++) {
		const struct side *side = &seq->sides[s];
		double count = 0.5, requests = 0.0;

		for (size_t i = 0; i < side->len; i++) {
			if (s == number && i == left)
				continue;
			count += side->counts[row * side->len + i];
			requests += side->requests[i];
		}
		logs[s] = log(count / requests);
	}
	return logs[STK_SIDE_HEAD] - logs[STK_SIDE_BASE] - seq->single.shift;
}

static void leave_each_out(const struct sequential *seq, size_t row, struct stk_verdict_rule *rule)
{
	rule->least = INFINITY;
	rule->most = -INFINITY;
	for (int number = 0; number < STK_SIDES; number++) {
		for (size_t i = 0; i < seq->sides[number].len; i++) {
			double theta = theta_without(seq, row, number, i);

			rule->least = fmin(rule->least, theta);
			rule->most = fmax(rule->most, theta);
		}
	}
}

bool stk_compare_is_suspect(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_INCONCLUSIVE && row->reason &&
	       strcmp(row->reason, STK_COMPARE_SUSPECT) == 0;
}

/* Two windows differ for many reasons; which of them is the code is only known when measured. */
static void cap(const struct sequential *seq, struct stk_row *row)
{
	if (seq->aa.calibrated)
		return;
	if (row->verdict == STK_VERDICT_IMPROVEMENT)
		row->reason = BETTER;
	else if (row->verdict == STK_VERDICT_REGRESSION)
		row->reason = STK_COMPARE_SUSPECT;
	else
		return;
	row->verdict = STK_VERDICT_INCONCLUSIVE;
}

static void judge_untested(struct stk_row *row)
{
	row->verdict = STK_VERDICT_INCONCLUSIVE;
	row->reason = "too few samples";
	if (row->n_base <= 0.0)
		row->verdict = STK_VERDICT_NEW;
	else if (row->n_head <= 0.0)
		row->verdict = STK_VERDICT_VANISHED;
	if (row->verdict != STK_VERDICT_INCONCLUSIVE)
		row->reason = NULL;
}

static void judge_row(const struct sequential *seq, size_t number, struct stk_row *row)
{
	const struct stk_compare_opts *opts = seq->single.opts;
	bool is_level = seq->single.matrix.input->is_level;
	struct stk_verdict_rule rule = {.q_max = opts->q,
		.min_change = is_level ? opts->min_change_level : opts->min_change,
		.min_impact = opts->min_impact,
		.raw = seq->fit.items[number].theta};

	leave_each_out(seq, number, &rule);
	stk_verdict_numbers(
		row, row->q < opts->q ? seq->level : 0.95, seq->alpha, opts->null_margin);
	stk_verdict_judge(row, &rule);
	if (row->partner.name && row->verdict != STK_VERDICT_REGRESSION &&
		row->verdict != STK_VERDICT_IMPROVEMENT) {
		row->verdict = STK_VERDICT_MOVED;
		row->reason = "renamed";
	}
}

/* What only moved is no finding; what is one still is capped. at: the rows' numbers in the matrix.
 */
static void settle(const struct sequential *seq, struct stk_row *rows, const size_t *at, size_t len)
{
	struct stk_sequential_moved windows = {.matrix = &seq->single.matrix,
		.aa = &seq->aa,
		.shift = seq->single.shift,
		.is_groups = seq->is_groups};
	struct stk_moved_row *judged = stk_xcalloc(len + 1, sizeof *judged);

	for (int side = 0; side < STK_SIDES; side++)
		windows.sides[side] = (struct stk_sequential_slices){
			seq->sides[side].len, seq->sides[side].places, seq->sides[side].requests};
	for (size_t i = 0; i < len; i++)
		judged[i] = (struct stk_moved_row){at[i], &rows[i]};
	stk_sequential_find_moved(&windows, judged, len);
	for (size_t i = 0; i < len; i++)
		cap(seq, &rows[i]);
	free(judged);
}

/* theta, p and q of the tested rows, in the order of the fit. */
static struct stk_row *measure_rows(struct sequential *seq)
{
	const struct stk_compare_opts *opts = seq->single.opts;
	struct stk_row *rows = stk_xcalloc(seq->rows + 1, sizeof *rows);
	double *p = stk_xcalloc(seq->rows + 1, sizeof *p);
	size_t selected = 0;

	for (size_t i = 0; i < seq->rows; i++) {
		struct stk_row *row = &rows[i];
		struct stk_estimate estimate;

		*row = stk_single_describe(&seq->single, seq->tested[i]);
		row->theta = seq->fit.items[i].theta - seq->single.shift;
		row->se = seq->fit.items[i].se;
		row->df = seq->fit.items[i].df;
		estimate = (struct stk_estimate){row->theta, row->se, row->df};
		row->p = p[i] = stk_decide_p(&estimate, log1p(opts->null_margin));
	}
	stk_family_bh(p, seq->rows, p);
	for (size_t i = 0; i < seq->rows; i++) {
		rows[i].q = p[i];
		selected += p[i] < opts->q;
	}
	seq->level = stk_family_fcr_level(opts->q, selected, seq->rows);
	seq->alpha = 1.0 - seq->level;
	free(p);
	return rows;
}

/* Changed, or would be said to be were the comparison calibrated. */
static bool is_finding(const struct stk_row *row)
{
	return row->verdict == STK_VERDICT_REGRESSION || row->verdict == STK_VERDICT_IMPROVEMENT ||
	       (row->verdict == STK_VERDICT_INCONCLUSIVE && row->reason &&
		       (strcmp(row->reason, STK_COMPARE_SUSPECT) == 0 ||
			       strcmp(row->reason, BETTER) == 0));
}

/* By its whole cost: of a kept base there are no stacks that an increase could be told from. */
static void link_row(const struct stk_single *single, size_t at, struct stk_row *row)
{
	if (single->links)
		stk_links_fill_row(single->links, at, false, single->run, row);
}

/* Rows too rare to be tested, or all of them when nothing could be fitted; their numbers in the
 * matrix behind those that are in `at` already. */
static void add_untested(const struct sequential *seq, struct stk_comparison *out, size_t *at_out)
{
	const struct stk_single *single = &seq->single;
	bool fitted = seq->fit.rows > 0;

	for (size_t at = 0; at < single->matrix.len; at++) {
		struct stk_row row;

		if (!(stk_matrix_share(&single->matrix, at) >= STK_SINGLE_SHARE_LISTED) ||
			(fitted && stk_single_is_testable(single, at)))
			continue;
		row = stk_single_describe(single, at);
		row.tested = false;
		judge_untested(&row);
		if (!fitted)
			row.reason = "too few slices";
		at_out[out->rows.len] = at;
		stk_vec_push(&out->rows, row);
	}
}

/* named: one flag per row of the matrix, set where a row has changed. */
static void fill_rows(struct sequential *seq, struct stk_comparison *out, bool *named)
{
	size_t *at = stk_xcalloc(seq->single.matrix.len + 1, sizeof *at);
	bool fitted = seq->fit.rows > 0;
	struct stk_row *rows = fitted ? measure_rows(seq) : NULL;

	for (size_t i = 0; fitted && i < seq->rows; i++) {
		judge_row(seq, i, &rows[i]);
		at[i] = seq->tested[i];
		stk_vec_push(&out->rows, rows[i]);
	}
	free(rows);
	add_untested(seq, out, at);
	if (fitted)
		settle(seq, out->rows.items, at, out->rows.len);
	for (size_t i = 0; i < out->rows.len; i++) {
		named[at[i]] = is_finding(&out->rows.items[i]);
		link_row(&seq->single, at[i], &out->rows.items[i]);
	}
	out->tested = fitted ? seq->rows : 0;
	out->tick_error = fitted ? stk_matrix_tick_error(&seq->single.matrix) : 0.0;
	stk_verdict_sort(out->rows.items, out->rows.len);
	free(at);
}

/* Logs of one side's total per request by slice: their mean and the variance of that. */
static double mean_log(const struct side *side, double *variance)
{
	double *logs = stk_xcalloc(side->len + 1, sizeof *logs), mean;

	for (size_t i = 0; i < side->len; i++)
		logs[i] = log(side->totals[i] / side->requests[i]);
	mean = stk_order_mean(logs, side->len);
	*variance = stk_order_variance(logs, side->len) / (double)side->len;
	free(logs);
	return mean;
}

static bool is_measurable(const struct side *side)
{
	for (size_t i = 0; i < side->len; i++) {
		if (!(side->totals[i] > 0.0))
			return false;
	}
	return true;
}

/* Welch on the slices, widened for their dependence, and what lies between windows (6.7). */
static void fit_total(const struct sequential *seq, struct stk_row *out)
{
	const struct side *base = &seq->sides[STK_SIDE_BASE], *head = &seq->sides[STK_SIDE_HEAD];
	double var[STK_SIDES], within, between = seq->aa.sigma_total * seq->aa.sigma_total;
	double welch;

	out->theta = mean_log(head, &var[STK_SIDE_HEAD]);
	out->theta -= mean_log(base, &var[STK_SIDE_BASE]);
	within = PSI * fmax(var[0] + var[1], 1.0 / (out->n_base + 1.0) + 1.0 / (out->n_head + 1.0));
	welch = (var[0] + var[1]) * (var[0] + var[1]) /
		fmax(1e-300, var[0] * var[0] / ((double)base->len - 1.0) +
				     var[1] * var[1] / ((double)head->len - 1.0));
	if (!(welch >= 1.0))
		welch = (double)(base->len + head->len) - 2.0;
	out->se = seq->aa.inflation * sqrt(within + between);
	out->df = (within + between) * (within + between) /
		  (within * within / welch + between * between / seq->aa.df);
}

static void fill_total(const struct sequential *seq, struct stk_row *out)
{
	const struct stk_matrix *matrix = &seq->single.matrix;
	const struct stk_compare_opts *opts = seq->single.opts;
	struct stk_verdict_rule rule = {.q_max = opts->q,
		.min_change =
			matrix->input->is_level ? opts->min_change_level : opts->min_change_total};
	struct stk_estimate estimate;

	*out = stk_describe_total(matrix);
	out->verdict = STK_VERDICT_INCONCLUSIVE;
	out->reason = "too few slices";
	out->tested =
		has_slices(seq) && is_measurable(&seq->sides[0]) && is_measurable(&seq->sides[1]);
	if (!out->tested)
		return;
	fit_total(seq, out);
	estimate = (struct stk_estimate){out->theta, out->se, out->df};
	out->p = out->q = stk_decide_p(&estimate, log1p(opts->null_margin));
	out->impact = expm1(out->theta);
	stk_verdict_numbers(out, 0.95, opts->q, opts->null_margin);
	rule.raw = rule.least = rule.most = out->theta;
	stk_verdict_judge(out, &rule);
	cap(seq, out);
}

static double noticed_at(const struct sequential *seq, double share)
{
	const struct stk_matrix *matrix = &seq->single.matrix;
	double counting = 1.0 / (share * matrix->all_samples[0] + 0.5) +
			  1.0 / (share * matrix->all_samples[1] + 0.5);
	double mean = share * (matrix->all_samples[0] + matrix->all_samples[1]) /
		      (double)(seq->sides[0].len + seq->sides[1].len);
	double phi = fmax(1.0, seq->fit.prior.s0_2 * (1.0 + seq->fit.tau2 * mean));
	double sigma = seq->aa.sigma[stk_dispersion_band(share)];
	struct stk_estimate estimate = {
		0.0, seq->aa.inflation * sqrt(phi * counting + sigma * sigma), seq->aa.df};

	return stk_decide_mde(&estimate, seq->alpha, log1p(seq->single.opts->null_margin));
}

static void fill_sensitivity(const struct sequential *seq, struct stk_comparison *out)
{
	static const double shares[] = {0.05, 0.15};

	if (!out->total.tested)
		return;
	for (size_t i = 0; seq->fit.rows > 0 && i < STK_ARRAY_LEN(shares); i++)
		stk_vec_push(&out->sensitivity,
			(struct stk_sensitivity){shares[i], noticed_at(seq, shares[i])});
	stk_vec_push(&out->sensitivity, (struct stk_sensitivity){1.0, out->total.mde});
}

static void release(struct sequential *seq)
{
	for (int side = 0; side < STK_SIDES; side++) {
		free(seq->sides[side].places);
		free(seq->sides[side].requests);
		free(seq->sides[side].totals);
		free(seq->sides[side].counts);
	}
	stk_dispersion_release(&seq->fit);
	free(seq->tested);
	stk_matrix_release(&seq->single.matrix);
}

/* From a matrix to fitted rows. */
static void fit(struct sequential *seq)
{
	const struct stk_diff_input *input = seq->single.matrix.input;

	for (int side = 0; side < STK_SIDES; side++) {
		find_places(input, side, &seq->sides[side]);
		fill_side(input, side, &seq->sides[side]);
	}
	choose_rows(seq);
	for (int side = 0; side < STK_SIDES; side++)
		fill_counts(seq, side);
	fit_rows(seq);
}

static void fold_groups(
	struct sequential *seq, const struct stk_groups *groups, struct stk_row *rows, bool *named)
{
	struct stk_groups_folding folding = {.matrix = &seq->single.matrix,
		.shift = seq->single.shift,
		.found = stk_xcalloc(seq->rows + 1, sizeof *folding.found),
		.named = named};

	for (size_t i = 0; i < seq->rows; i++) {
		if (is_finding(&rows[i]))
			folding.found[folding.len++] =
				(struct stk_groups_found){seq->tested[i], &rows[i]};
	}
	stk_groups_fold(groups, &folding);
	free(folding.found);
}

/* Callers and packages, a family of their own (6.7, F3). */
static int fill_groups(const struct sequential *functions, bool *named, struct stk_comparison *out,
	struct stk_err *err)
{
	struct stk_compare_opts opts = *functions->single.opts;
	struct sequential seq = {.single = functions->single, .aa = functions->aa};
	struct stk_groups groups;
	struct stk_row *rows = NULL;
	int rc;

	opts.min_impact = opts.min_impact_group;
	seq.single.opts = &opts;
	seq.is_groups = true;
	stk_groups_init(&groups, &functions->single.matrix, opts.min_share);
	rc = stk_matrix_build(&groups.input, true, &seq.single.matrix, err);
	if (rc < 0)
		goto out;
	fit(&seq);
	if (seq.fit.rows > 0)
		rows = measure_rows(&seq);
	for (size_t i = 0; rows && i < seq.rows; i++)
		judge_row(&seq, i, &rows[i]);
	if (rows)
		settle(&seq, rows, seq.tested, seq.rows);
	if (rows)
		fold_groups(&seq, &groups, rows, named);
	for (size_t i = 0; rows && i < seq.rows; i++)
		stk_vec_push(
			seq.tested[i] < groups.totals ? &out->inclusive : &out->packages, rows[i]);
	stk_verdict_sort(out->inclusive.items, out->inclusive.len);
	stk_verdict_sort(out->packages.items, out->packages.len);
	release(&seq);
out:
	free(rows);
	stk_groups_release(&groups);
	return rc;
}

int stk_compare_sequential(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	const struct stk_compare_aa *aa, struct stk_run *run, struct stk_comparison *out,
	struct stk_err *err)
{
	static const struct stk_compare_opts defaults = STK_COMPARE_OPTS_INIT;
	static const struct stk_compare_aa guess = STK_COMPARE_AA_GUESS;
	struct sequential seq = {
		.single = {.opts = opts ? opts : &defaults, .run = run}, .aa = aa ? *aa : guess};
	bool *named;
	int rc;

	seq.single.requests_known = stk_single_knows_requests(input);
	if (!seq.single.requests_known)
		return stk_err_set(err, STK_E_NOT_FOUND, "'%s': a side has no slices with requests",
			input->short_name);
	rc = stk_matrix_build(input, true, &seq.single.matrix, err);
	if (rc < 0)
		return rc;
	(void)stk_rename_join(&seq.single.matrix);
	named = stk_xcalloc(seq.single.matrix.len + 1, sizeof *named);
	fit(&seq);
	*out = stk_describe_comparison(
		&seq.single.matrix, seq.single.shift, seq.single.opts->q, seq.single.run);
	out->pairs = 0;
	out->calibrated = seq.aa.calibrated;
	seq.single.links = stk_links_new(&seq.single.matrix);
	fill_rows(&seq, out, named);
	fill_total(&seq, &out->total);
	fill_sensitivity(&seq, out);
	rc = fill_groups(&seq, named, out, err);
	stk_links_free(seq.single.links);
	free(named);
	release(&seq);
	return rc;
}
