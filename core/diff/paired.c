/* paired: base against head in alternating blocks, row by row (reference regression 6.6 to 6.8). */
#include "core/diff/paired.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/describe.h"
#include "core/diff/links.h"
#include "core/diff/rename.h"
#include "core/diff/verdict.h"
#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "core/stats/order.h"
#include "core/stats/tick.h"

static const struct stk_compare_opts default_opts = STK_COMPARE_OPTS_INIT;

enum {
	SAMPLES_MIN = 50,       /* of both sides together */
	SAMPLES_SIDE_MIN = 5,   /* of either; below it the exact test */
	SAMPLES_EXACT_MIN = 15, /* of both sides together, for the exact test */
	SAMPLES_BLOCK_MIN = 10, /* mean per block; below it the blocks are pooled */
	SHIFT_ROWS_MIN = 5      /* below it no common shift is taken out */
};

/* Of the pooled total: rows below it are not listed. */
#define SHARE_LISTED 0.0005

static enum stk_entry_kind kind_of(const struct stk_paired *paired, size_t at)
{
	const struct stk_matrix_row *row = &paired->matrix.rows[at];
	double sum = row->n[0] + row->n[1];

	if (paired->matrix.pairs < STK_COMPARE_PAIRS_MIN ||
		stk_matrix_share(&paired->matrix, at) < paired->opts->min_share)
		return STK_ENTRY_FEW;
	/* What a new caller calls need not be new. */
	if (fmin(row->n[0], row->n[1]) < SAMPLES_SIDE_MIN)
		return sum >= SAMPLES_EXACT_MIN && !paired->is_groups ? STK_ENTRY_EXACT
								      : STK_ENTRY_FEW;
	if (sum < SAMPLES_MIN)
		return STK_ENTRY_FEW;
	if (sum < SAMPLES_BLOCK_MIN * 2.0 * (double)paired->matrix.pairs)
		return STK_ENTRY_SPARSE;
	return STK_ENTRY_DENSE;
}

void stk_paired_classify(struct stk_paired *paired)
{
	for (size_t at = 0; at < paired->matrix.len; at++) {
		const struct stk_matrix_row *row = &paired->matrix.rows[at];
		struct stk_paired_entry *entry;

		if (row->value[0] + row->value[1] <= 0.0 ||
			stk_matrix_share(&paired->matrix, at) < SHARE_LISTED)
			continue;
		entry = stk_vec_push_new(&paired->entries);
		entry->at = at;
		entry->kind = kind_of(paired, at);
		entry->row = stk_describe_row(&paired->matrix, at, paired->run);
	}
}

size_t stk_paired_gather(struct stk_paired *paired, bool sparse, double *base, double *head)
{
	const struct stk_matrix *matrix = &paired->matrix;
	enum stk_entry_kind fitted = sparse ? STK_ENTRY_SPARSE : STK_ENTRY_DENSE;
	size_t rows = 0;

	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];

		if (entry->kind != STK_ENTRY_DENSE && entry->kind != fitted)
			continue;
		for (size_t pair = 0; pair < matrix->pairs; pair++) {
			base[rows * matrix->pairs + pair] =
				stk_matrix_count(matrix, entry->at, STK_SIDE_BASE, pair);
			head[rows * matrix->pairs + pair] =
				stk_matrix_count(matrix, entry->at, STK_SIDE_HEAD, pair);
		}
		if (entry->kind == fitted)
			entry->fit = rows;
		rows++;
	}
	return rows;
}

static void take_fit(struct stk_paired_entry *entry, const struct stk_blocks_row *fit)
{
	entry->row.theta = fit->theta;
	entry->row.se = fit->se;
	entry->row.df = fit->df;
	entry->raw = fit->raw;
	entry->least = fit->least;
	entry->most = fit->most;
}

/* Groups take the functions' shift: head's requests count for so many more (or less). */
static void shift_groups(const struct stk_paired *paired, double *requests)
{
	for (size_t pair = 0; pair < paired->matrix.pairs; pair++)
		requests[pair] *= exp(paired->shift[pair]);
}

static void add_shift_error(const struct stk_paired *paired, struct stk_paired_entry *entry)
{
	entry->row.se = hypot(entry->row.se, paired->shift_error);
	entry->raw += paired->common_shift;
}

static void fit_dense(struct stk_paired *paired)
{
	const struct stk_matrix *matrix = &paired->matrix;
	size_t cells = paired->entries.len * matrix->pairs + 1;
	double *base = stk_xcalloc(cells, sizeof *base), *head = stk_xcalloc(cells, sizeof *head);
	double *requests =
		stk_xmemdup(matrix->requests[STK_SIDE_HEAD], matrix->pairs * sizeof *requests);
	struct stk_blocks_data data = {.pairs = matrix->pairs,
		.base = base,
		.head = head,
		.base_requests = matrix->requests[STK_SIDE_BASE],
		.head_requests = requests};

	data.rows = stk_paired_gather(paired, false, base, head);
	data.shift = data.rows < SHIFT_ROWS_MIN || paired->is_groups ? STK_BLOCKS_NONE
								     : STK_BLOCKS_ROBUST;
	if (paired->is_groups)
		shift_groups(paired, requests);
	if (data.rows > 0)
		stk_blocks_fit(&data, &paired->blocks);
	if (data.rows > 0 && !paired->is_groups) {
		memcpy(paired->shift, paired->blocks.shift, matrix->pairs * sizeof(double));
		paired->common_shift = stk_order_mean(paired->shift, matrix->pairs);
		paired->shift_error = paired->blocks.shift_error;
	}
	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];

		if (entry->kind != STK_ENTRY_DENSE)
			continue;
		take_fit(entry, &paired->blocks.items[entry->fit]);
		if (paired->is_groups)
			add_shift_error(paired, entry);
	}
	free(requests);
	free(base);
	free(head);
}

/* What the clock tick moved from one function to another moves to the same side in every pair: the
 * scatter between pairs does not hold it. */
static void add_tick_error(struct stk_paired *paired)
{
	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];
		struct stk_row *row = &entry->row;
		double error = stk_matrix_row_tick_error(&paired->matrix, entry->at);

		if (!(error > 0.0) ||
			(entry->kind != STK_ENTRY_DENSE && entry->kind != STK_ENTRY_SPARSE))
			continue;
		row->df =
			stk_decide_joint_df(row->se * row->se, row->df, error * error, STK_TICK_DF);
		row->se = hypot(row->se, error);
	}
}

static void fill_p(struct stk_paired *paired)
{
	double margin = log1p(paired->opts->null_margin);

	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];
		struct stk_estimate estimate = {entry->row.theta, entry->row.se, entry->row.df};

		entry->row.tested = entry->kind != STK_ENTRY_FEW;
		if (entry->kind == STK_ENTRY_DENSE || entry->kind == STK_ENTRY_SPARSE)
			entry->row.p = stk_decide_p(&estimate, margin);
	}
}

static void correct(struct stk_paired *paired)
{
	size_t len = paired->entries.len, selected = 0;
	double *p = stk_xcalloc(len + 1, sizeof *p);

	for (size_t i = 0; i < len; i++) {
		p[i] = paired->entries.items[i].row.p;
		paired->tested += isnan(p[i]) ? 0 : 1;
	}
	stk_family_bh(p, len, p);
	for (size_t i = 0; i < len; i++) {
		paired->entries.items[i].row.q = p[i];
		selected += p[i] < paired->opts->q;
	}
	paired->fcr_level = stk_family_fcr_level(paired->opts->q, selected, paired->tested);
	paired->alpha = 1.0 - paired->fcr_level;
	free(p);
}

static void judge_exact(const struct stk_paired *paired, struct stk_row *row)
{
	bool is_new = row->n_base <= 0.0, is_gone = row->n_head <= 0.0;
	bool matters = fabs(row->impact) >= paired->opts->min_impact;

	row->verdict = STK_VERDICT_INCONCLUSIVE;
	row->reason = matters ? "too few samples on one side" : "too few samples";
	if (is_gone)
		row->verdict = STK_VERDICT_VANISHED;
	else if (is_new)
		row->verdict = STK_VERDICT_NEW;
	if (is_gone || is_new)
		row->reason = NULL;
	if (!(row->q < paired->opts->q) || !matters)
		return;
	/* The limits are exact: the nearer one must be past the smallest change that counts. */
	if (row->lo >= paired->min_change && row->n_head >= SAMPLES_EXACT_MIN) {
		row->verdict = STK_VERDICT_REGRESSION;
		row->reason = is_new ? "new" : NULL;
	} else if (!is_gone && row->hi <= 1.0 / (1.0 + paired->min_change) - 1.0) {
		row->verdict = STK_VERDICT_IMPROVEMENT;
		row->reason = NULL;
	}
}

static void judge_rows(struct stk_paired *paired)
{
	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];
		struct stk_row *row = &entry->row;
		bool selected = row->q < paired->opts->q;
		struct stk_verdict_rule rule = {.q_max = paired->opts->q,
			.min_change = paired->min_change,
			.min_impact = paired->opts->min_impact,
			.raw = entry->raw,
			.least = entry->least,
			.most = entry->most};

		if (entry->kind == STK_ENTRY_EXACT) {
			judge_exact(paired, row);
			continue;
		}
		stk_verdict_numbers(row, selected ? paired->fcr_level : 0.95, paired->alpha,
			paired->opts->null_margin);
		stk_verdict_judge(row, &rule);
		if (entry->kind == STK_ENTRY_FEW && paired->matrix.pairs < STK_COMPARE_PAIRS_MIN)
			row->reason = "too few pairs";
	}
}

/* A new name is not a new cost. */
static void settle_renamed(struct stk_paired *paired)
{
	for (size_t i = 0; i < paired->entries.len; i++) {
		struct stk_row *row = &paired->entries.items[i].row;

		if (!row->partner.name || row->verdict == STK_VERDICT_REGRESSION ||
			row->verdict == STK_VERDICT_IMPROVEMENT ||
			row->verdict == STK_VERDICT_MOVED)
			continue;
		row->verdict = STK_VERDICT_MOVED;
		row->reason = "renamed";
	}
}

static bool is_found(const struct stk_row *row)
{
	return row->verdict != STK_VERDICT_NONE && row->verdict != STK_VERDICT_NO_CHANGE &&
	       row->verdict != STK_VERDICT_INCONCLUSIVE;
}

static void link_rows(struct stk_paired *paired, const struct stk_links *links)
{
	for (size_t i = 0; links && i < paired->entries.len; i++) {
		struct stk_paired_entry *entry = &paired->entries.items[i];

		stk_links_fill_row(
			links, entry->at, is_found(&entry->row), paired->run, &entry->row);
	}
}

static void fill_comparison(const struct stk_paired *paired, struct stk_comparison *out)
{
	*out = stk_describe_comparison(
		&paired->matrix, paired->common_shift, paired->opts->q, paired->run);
	out->tested = paired->tested;
	out->tick_error = stk_matrix_tick_error(&paired->matrix);
	for (size_t i = 0; i < paired->entries.len; i++)
		stk_vec_push(&out->rows, paired->entries.items[i].row);
	stk_verdict_sort(out->rows.items, out->rows.len);
}

void stk_paired_test(struct stk_paired *paired)
{
	if (!paired->shift)
		paired->shift = stk_xcalloc(paired->matrix.pairs, sizeof *paired->shift);
	stk_paired_classify(paired);
	fit_dense(paired);
	stk_paired_fit_sparse(paired);
	stk_paired_fit_exact(paired);
	add_tick_error(paired);
	fill_p(paired);
	correct(paired);
	judge_rows(paired);
	stk_paired_find_moved(paired);
}

void stk_paired_release(struct stk_paired *paired)
{
	stk_blocks_release(&paired->blocks);
	stk_vec_release(&paired->entries);
	free(paired->shift);
	stk_matrix_release(&paired->matrix);
}

int stk_compare_paired(const struct stk_diff_input *input, const struct stk_compare_opts *opts,
	struct stk_run *run, struct stk_comparison *out, struct stk_err *err)
{
	struct stk_paired paired = {.opts = opts ? opts : &default_opts, .run = run};
	struct stk_links *links;
	int rc;

	rc = stk_matrix_build(input, false, &paired.matrix, err);
	if (rc < 0)
		return rc;
	paired.min_change =
		input->is_level ? paired.opts->min_change_level : paired.opts->min_change;
	(void)stk_rename_join(&paired.matrix);
	stk_paired_test(&paired);
	settle_renamed(&paired);
	links = stk_links_new(&paired.matrix);
	link_rows(&paired, links);
	fill_comparison(&paired, out);
	stk_paired_total(&paired, &out->total);
	stk_paired_sensitivity(&paired, out);
	out->changed_share = stk_links_share(links, out);
	stk_links_free(links);
	rc = stk_paired_groups(&paired, out, err);
	stk_paired_release(&paired);
	return rc;
}
