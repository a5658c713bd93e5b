/* judge_totals: exact totals of the two sides by block, and the family they are tested in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diff/judge.h"
#include "core/diff/verdict.h"
#include "core/stats/decide.h"
#include "core/stats/family.h"
#include "core/stats/order.h"

/* Points of the error rate that count as a change. */
#define ERRORS_MIN 0.005
/* Chance of any false total. */
#define HOLM_ALPHA 0.05

/* What a total is per block; NaN = unknown there. */
typedef double (*measure_fn)(const struct stk_window *block);

static double cpu_per_request(const struct stk_window *block)
{
	if (block->cpu_ns < 0 || block->requests <= 0)
		return NAN;
	return (double)block->cpu_ns / (double)block->requests;
}

static double p50(const struct stk_window *block)
{
	return block->p50_ms;
}

static double p95(const struct stk_window *block)
{
	return block->p95_ms;
}

static double p99(const struct stk_window *block)
{
	return block->p99_ms;
}

static double throughput(const struct stk_window *block)
{
	int64_t ns = block->end_mono_ns - block->start_mono_ns;

	if (ns <= 0)
		ns = block->end_ns - block->start_ns;
	return ns > 0 ? (double)block->requests * 1e9 / (double)ns : NAN;
}

static double error_rate(const struct stk_window *block)
{
	return block->requests > 0 ? (double)block->failed / (double)block->requests : NAN;
}

struct total_kind {
	const char *name, *unit;
	measure_fn measure;
	bool is_difference; /* not a ratio: errors */
	bool less_is_worse;
};

static const struct total_kind kinds[] = {
	{"cpu", "nanoseconds", cpu_per_request, false, false},
	{"p50", "ms", p50, false, false},
	{"p95", "ms", p95, false, false},
	{"p99", "ms", p99, false, false},
	{"throughput", "per second", throughput, false, true},
	{"errors", "fraction", error_rate, true, false},
};

static const struct stk_window *find_block(const struct stk_run *run, int side, int pair)
{
	for (size_t i = 0; i < run->windows.len; i++) {
		const struct stk_window *window = &run->windows.items[i];

		if (window->kind == STK_WINDOW_BLOCK && window->side == side &&
			window->pair == pair && window->requests > 0)
			return window;
	}
	return NULL;
}

static int pairs_of(const struct stk_run *run)
{
	int pairs = 0;

	for (size_t i = 0; i < run->windows.len; i++) {
		if (run->windows.items[i].kind == STK_WINDOW_BLOCK &&
			run->windows.items[i].pair >= pairs)
			pairs = run->windows.items[i].pair + 1;
	}
	return pairs;
}

/* One value per complete pair: log ratios or differences. The sides' means go to row: geometric
 * ones where ratios are judged, so that one is to the other as the change says. */
static size_t collect(const struct stk_run *run, const struct total_kind *kind, double *values,
	struct stk_row *row)
{
	double sums[STK_SIDES] = {0.0, 0.0};
	size_t len = 0;

	for (int pair = 0; pair < pairs_of(run); pair++) {
		const struct stk_window *base = find_block(run, STK_SIDE_BASE, pair);
		const struct stk_window *head = find_block(run, STK_SIDE_HEAD, pair);
		double a = base ? kind->measure(base) : NAN, b = head ? kind->measure(head) : NAN;

		if (isnan(a) || isnan(b) || (!kind->is_difference && !(a > 0.0 && b > 0.0)))
			continue;
		sums[STK_SIDE_BASE] += kind->is_difference ? a : log(a);
		sums[STK_SIDE_HEAD] += kind->is_difference ? b : log(b);
		values[len++] = kind->is_difference ? b - a : log(b / a);
	}
	row->base_cost = len ? sums[STK_SIDE_BASE] / (double)len : NAN;
	row->head_cost = len ? sums[STK_SIDE_HEAD] / (double)len : NAN;
	if (!kind->is_difference) {
		row->base_cost = exp(row->base_cost);
		row->head_cost = exp(row->head_cost);
	}
	return len;
}

static void test_values(const double *values, size_t len, double margin, struct stk_row *row)
{
	struct stk_estimate estimate;

	row->theta = stk_order_mean(values, len);
	row->se = sqrt(stk_order_variance(values, len) / (double)len);
	row->df = (double)len - 1.0;
	estimate = (struct stk_estimate){row->theta, row->se, row->df};
	row->p = stk_decide_p(&estimate, margin);
	row->tested = true;
}

static void mark_one_pair(const double *values, size_t len, double limit, struct stk_row *row)
{
	double sum = row->theta * (double)len;

	if (fabs(row->theta) < limit)
		return;
	for (size_t i = 0; i < len; i++) {
		double rest = (sum - values[i]) / ((double)len - 1.0);

		if (row->theta > 0.0 ? rest < limit : rest > -limit)
			row->reason = "driven by one pair";
	}
}

static void add_total(
	struct stk_run *run, const struct total_kind *kind, const struct stk_compare_opts *opts)
{
	double *values = stk_xcalloc((size_t)pairs_of(run) + 1, sizeof *values);
	struct stk_row row = stk_verdict_row();
	size_t len = collect(run, kind, values, &row);
	double limit = kind->is_difference ? ERRORS_MIN : log1p(opts->min_change_total);

	row.function.name = kind->name;
	row.function.file = "";
	row.share = 1.0;
	if (len >= 2) {
		test_values(
			values, len, kind->is_difference ? 0.0 : log1p(opts->null_margin), &row);
		mark_one_pair(values, len, limit, &row);
		if (kind->is_difference) {
			struct stk_estimate estimate = {row.theta, row.se, row.df};

			row.change = row.theta;
			stk_decide_interval(&estimate, 0.95, &row.lo, &row.hi);
		} else {
			stk_verdict_numbers(&row, 0.95, opts->q, opts->null_margin);
			row.impact = row.change;
		}
	}
	if (len > 0)
		stk_vec_push(&run->totals,
			(struct stk_total){.name = kind->name, .unit = kind->unit, .row = row});
	free(values);
}

STK_VEC_TYPE(row_refs, struct stk_row *);

static void collect_family(struct stk_run *run, struct row_refs *out)
{
	for (size_t i = 0; i < run->totals.len; i++)
		stk_vec_push(out, &run->totals.items[i].row);
	for (size_t i = 0; i < run->comparisons.len; i++)
		stk_vec_push(out, &run->comparisons.items[i].total);
}

/* What a total would have to do to pass Holm's first, strictest step. Errors have no ratio. */
static void set_mde(struct row_refs *family, size_t tested, const struct stk_compare_opts *opts)
{
	for (size_t i = 0; i < family->len; i++) {
		struct stk_row *row = family->items[i];
		struct stk_estimate estimate = {row->theta, row->se, row->df};

		if (!isnan(row->mde) && tested > 0)
			row->mde = stk_decide_mde(
				&estimate, HOLM_ALPHA / (double)tested, log1p(opts->null_margin));
	}
}

static void correct(struct row_refs *family, const struct stk_compare_opts *opts)
{
	double *p = stk_xcalloc(family->len + 1, sizeof *p);
	size_t tested = 0;

	for (size_t i = 0; i < family->len; i++) {
		p[i] = family->items[i]->tested ? family->items[i]->p : NAN;
		tested += isnan(p[i]) ? 0 : 1;
	}
	stk_family_holm(p, family->len, p);
	for (size_t i = 0; i < family->len; i++)
		family->items[i]->q = p[i];
	set_mde(family, tested, opts);
	free(p);
}

/* The line on the total that each comparison prints must say the same. */
static void update_sensitivity(struct stk_run *run)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_comparison *one = &run->comparisons.items[i];

		for (size_t k = 0; k < one->sensitivity.len; k++) {
			if (one->sensitivity.items[k].share >= 1.0)
				one->sensitivity.items[k].change = one->total.mde;
		}
	}
}

/* The rules of a total; the leave-one-out was looked at where the blocks were at hand. */
static void judge_row(struct stk_row *row, struct stk_verdict_rule rule, bool less_is_worse)
{
	bool by_one_pair = row->reason != NULL;
	double theta = row->theta;

	if (less_is_worse)
		row->theta = -theta;
	rule.raw = rule.least = rule.most = row->theta;
	stk_verdict_judge(row, &rule);
	row->theta = theta;
	if (by_one_pair && (row->verdict == STK_VERDICT_REGRESSION ||
				   row->verdict == STK_VERDICT_IMPROVEMENT)) {
		row->verdict = STK_VERDICT_INCONCLUSIVE;
		row->reason = "driven by one pair";
	}
}

static void judge_errors(struct stk_row *row, double q)
{
	row->verdict = STK_VERDICT_INCONCLUSIVE;
	if (fabs(row->theta) < ERRORS_MIN &&
		fmax(fabs(row->lo), fabs(row->hi)) < 2.0 * ERRORS_MIN) {
		row->verdict = STK_VERDICT_NO_CHANGE;
		row->reason = NULL;
	} else if (row->q < q && fabs(row->theta) >= ERRORS_MIN && !row->reason) {
		row->verdict = row->theta > 0.0 ? STK_VERDICT_REGRESSION : STK_VERDICT_IMPROVEMENT;
	} else if (!row->reason) {
		row->reason = "wide interval";
	}
}

static void judge_totals(struct stk_run *run, const struct stk_compare_opts *opts)
{
	struct stk_verdict_rule rule = {.q_max = HOLM_ALPHA, .min_change = opts->min_change_total};

	for (size_t i = 0; i < run->totals.len; i++) {
		struct stk_row *row = &run->totals.items[i].row;
		const char *name = run->totals.items[i].name;

		rule.min_change = name[0] == 'p' ? opts->min_change : opts->min_change_total;
		if (strcmp(name, "errors") == 0)
			judge_errors(row, rule.q_max);
		else
			judge_row(row, rule, strcmp(name, "throughput") == 0);
	}
	for (size_t i = 0; i < run->comparisons.len; i++) {
		struct stk_comparison *one = &run->comparisons.items[i];

		rule.min_change = one->is_level ? opts->min_change_level : opts->min_change_total;
		rule.min_amount = one->is_level ? opts->min_level : 0.0;
		judge_row(&one->total, rule, false);
	}
}

void stk_judge_totals(struct stk_run *run, const struct stk_compare_opts *opts)
{
	static const struct stk_compare_opts defaults = STK_COMPARE_OPTS_INIT;
	struct row_refs family = STK_VEC_INIT;

	if (run->mode != STK_MODE_PAIRED)
		return;
	opts = opts ? opts : &defaults;
	for (size_t i = 0; i < STK_ARRAY_LEN(kinds); i++)
		add_total(run, &kinds[i], opts);
	collect_family(run, &family);
	correct(&family, opts);
	update_sensitivity(run);
	judge_totals(run, opts);
	stk_vec_release(&family);
}
