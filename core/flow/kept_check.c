/* kept_check: may a window be compared with what was kept, and what does the pair say in total? */
#include "core/flow/kept_check.h"

#include <math.h>
#include <string.h>

#include "core/diff/compare.h"
#include "core/diff/verdict.h"
#include "core/flow/kept_input.h"
#include "core/stats/decide.h"

#define LOAD_APART 0.02
#define ERRORS_MAX 0.01
#define MIX_WARN   0.01
#define MIX_FAIL   0.05
#define CHANCE     2.6 /* standard errors allowed for */
/* The placebo: a base of so many slices against itself, surer than a finding, and with the slices'
 * dependence in place of what lies between windows (reference regression 6.5.4). */
#define PLACEBO_SLICES 6
#define PLACEBO_Q      0.01
#define PLACEBO_WIDER  1.378 /* sqrt(1.9) */

/* Where nothing is concluded nothing can fail. */
static enum stk_check_state refusal(const struct stk_run *run)
{
	return run->mode == STK_MODE_BASELINE ? STK_CHECK_FAIL : STK_CHECK_WARN;
}

static void check_load(
	struct stk_run *run, const struct stk_kept_load *base, const struct stk_window *head)
{
	double seconds = (double)(head->end_ns - head->start_ns) / 1e9;
	double before = (double)base->requests / base->seconds;
	double now = (double)head->requests / seconds;
	bool is_open = run->generator.rate_planned > 0.0 && base->rate_planned > 0.0;

	if (!(before > 0.0) || !(now > 0.0))
		stk_run_precondition(run, "load", refusal(run), "a side had no requests");
	else if (fabs(now / before - 1.0) > LOAD_APART)
		stk_run_precondition(run, "load", is_open ? refusal(run) : STK_CHECK_WARN,
			"%.1f requests/s now, %.1f in the baseline (at most 2 %% apart)", now,
			before);
	else
		stk_run_precondition(run, "load", STK_CHECK_OK,
			"%.1f requests/s now, %.1f in the baseline", now, before);
}

static void check_errors(
	struct stk_run *run, const struct stk_kept_load *base, const struct stk_window *head)
{
	double before = base->requests > 0 ? (double)base->failed / (double)base->requests : 0.0;
	double now = head->requests > 0 ? (double)head->failed / (double)head->requests : 0.0;
	bool failed = before > ERRORS_MAX || now > ERRORS_MAX;

	stk_run_precondition(run, "errors", failed ? refusal(run) : STK_CHECK_OK,
		"%.2f %% of requests failed now, %.2f %% in the baseline%s", 100.0 * now,
		100.0 * before, failed ? " (at most 1 %)" : "");
}

static const char *fact(const struct stk_fact *facts, size_t len, const char *key)
{
	for (size_t i = 0; i < len; i++) {
		if (strcmp(facts[i].key, key) == 0)
			return facts[i].value;
	}
	return "";
}

/* The machine is the same class, or the baseline had not been found; what else has drifted. */
static void check_environment(struct stk_run *run, const struct stk_kept *kept)
{
	static const char *const keys[] = {"kernel", "memory"};
	const char *agent = run->sides[STK_SIDE_HEAD].agent;

	for (size_t i = 0; i < STK_ARRAY_LEN(keys); i++) {
		const char *now = fact(run->environment.items, run->environment.len, keys[i]);
		const char *then = fact(kept->environment.items, kept->environment.len, keys[i]);

		if (strcmp(now, then) != 0)
			stk_run_precondition(run, "environment", STK_CHECK_WARN,
				"%s is '%s' now, '%s' in the baseline", keys[i], now, then);
	}
	if (agent && kept->agent && strcmp(agent, kept->agent) != 0)
		stk_run_precondition(run, "environment", refusal(run),
			"profiles by %s now, by %s in the baseline", agent, kept->agent);
}

static void check_calibration(struct stk_session *session)
{
	struct stk_run *run = session->run;
	const struct stk_calibration_info *info = &run->calibration;

	if (session->opts->aa_dir)
		return;
	if (info->plan && !info->why_not)
		stk_run_precondition(run, "calibration", STK_CHECK_OK,
			"%d A/A runs: totals of one build lie %.1f %% apart", info->runs,
			100.0 * expm1(info->sigma));
	else
		stk_run_precondition(run, "calibration", STK_CHECK_WARN,
			"%s: two windows of one build are taken to lie 4 %% apart",
			info->plan ? info->why_not : "no A/A runs");
}

/* Where the requests went, as far as both know: other requests have other costs. */
static void check_mix(
	struct stk_run *run, const struct stk_kept_load *base, const struct stk_window *head)
{
	double base_all = 0.0, head_all = (double)head->requests, worst = 0.0;
	const char *name = NULL;

	for (size_t i = 0; i < base->endpoints.len; i++)
		base_all += base->endpoints.items[i].requests;
	if (!(base_all > 0.0) || !(head_all > 0.0))
		return;
	for (size_t i = 0; i < base->endpoints.len; i++) {
		const struct stk_kept_endpoint *one = &base->endpoints.items[i];
		double then = one->requests / base_all;
		double now = stk_series_sum(&run->series, STK_SIDE_HEAD, NULL, one->name,
				     head->start_ns, head->end_ns) /
			     head_all;
		double share = 0.5 * (then + now);
		double chance =
			CHANCE * sqrt(share * (1.0 - share) * (1.0 / base_all + 1.0 / head_all));

		if (fabs(now - then) - chance <= worst)
			continue;
		worst = fabs(now - then) - chance;
		name = one->name;
	}
	if (worst > MIX_WARN)
		stk_run_precondition(run, "mix", worst > MIX_FAIL ? refusal(run) : STK_CHECK_WARN,
			"the share of '%s' differs from the baseline's by %.1f points beyond "
			"chance",
			name, 100.0 * worst);
	else
		stk_run_precondition(
			run, "mix", STK_CHECK_OK, "the same requests as in the baseline");
}

static void check_slices(struct stk_run *run, const struct stk_comparison *one)
{
	if (one->slices_base < STK_COMPARE_SLICES_MIN || one->slices_head < STK_COMPARE_SLICES_MIN)
		stk_run_precondition(run, "slices", refusal(run),
			"%s has %d slices in the baseline and %d now, a verdict needs %d",
			one->short_name, one->slices_base, one->slices_head,
			STK_COMPARE_SLICES_MIN);
}

/* --- placebo --------------------------------------------------------------------------------- */

static const struct stk_row *first_finding(const struct stk_comparison *comparison)
{
	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];

		if (row->verdict == STK_VERDICT_REGRESSION ||
			row->verdict == STK_VERDICT_IMPROVEMENT)
			return row;
	}
	return NULL;
}

/* Every second slice of the base against the others: one build, one window. */
static void check_placebo(struct stk_session *session, const struct stk_comparison *comparison)
{
	struct stk_compare_aa aa = STK_COMPARE_AA_NONE;
	struct stk_compare_opts opts = STK_COMPARE_OPTS_INIT;
	const struct stk_kept_type *base = stk_kept_find(session->kept, comparison->type_id);
	struct stk_comparison result = {0};
	struct stk_diff_input input;
	const struct stk_row *row;

	if (!base || base->slices.len < PLACEBO_SLICES)
		return;
	aa.inflation = PLACEBO_WIDER;
	aa.calibrated = true; /* so that findings are called by their name */
	opts.q = PLACEBO_Q;
	stk_diff_input_init(&input, base->type_id, base->short_name, NULL);
	input.is_level = base->is_level;
	if (stk_kept_input_add(base, &input, NULL) == 0) {
		for (size_t i = 0; i < input.slices.len; i++)
			input.slices.items[i].side =
				input.slices.items[i].pair % 2 ? STK_SIDE_HEAD : STK_SIDE_BASE;
		if (stk_compare_sequential(&input, &opts, &aa, session->run, &result, NULL) == 0 &&
			(row = first_finding(&result)) != NULL)
			stk_run_precondition(session->run, "placebo", refusal(session->run),
				"the baseline disagrees with itself: '%s' %+.0f %% between its own "
				"slices",
				row->function.name, 100.0 * row->change);
	}
	stk_vec_release(&result.rows);
	stk_vec_release(&result.sensitivity);
	stk_diff_input_release(&input);
}

/* --- exact totals ---------------------------------------------------------------------------- */

static void add_total(
	struct stk_run *run, const char *name, const char *unit, double then, double now)
{
	struct stk_row row = stk_verdict_row();

	if (!isfinite(then) || !isfinite(now) || !(then > 0.0))
		return;
	row.function.name = name;
	row.function.file = "";
	row.share = 1.0;
	row.base_cost = then;
	row.head_cost = now;
	row.change = now / then - 1.0;
	row.verdict = STK_VERDICT_INCONCLUSIVE;
	row.reason = "one window a side";
	stk_vec_push(&run->totals, (struct stk_total){.name = name, .unit = unit, .row = row});
}

/* The kernel's CPU time: no sampling error, but two windows of one build lie apart as those of the
 * sampled total do, whose error it takes. */
static void judge_cpu(struct stk_run *run, const struct stk_comparison *comparison)
{
	static const struct stk_compare_opts opts = STK_COMPARE_OPTS_INIT;
	struct stk_row *row = &run->totals.items[run->totals.len - 1].row;
	struct stk_verdict_rule rule = {.q_max = opts.q, .min_change = opts.min_change_total};
	struct stk_estimate estimate;

	if (strcmp(comparison->short_name, "cpu") != 0 || !isfinite(comparison->total.se))
		return;
	row->theta = log(row->head_cost / row->base_cost);
	row->se = comparison->total.se;
	row->df = comparison->total.df;
	row->tested = true;
	estimate = (struct stk_estimate){row->theta, row->se, row->df};
	row->p = row->q = stk_decide_p(&estimate, log1p(opts.null_margin));
	row->impact = expm1(row->theta);
	stk_verdict_numbers(row, 0.95, opts.q, opts.null_margin);
	rule.raw = rule.least = rule.most = row->theta;
	stk_verdict_judge(row, &rule);
	if (!comparison->calibrated && (row->verdict == STK_VERDICT_REGRESSION ||
					       row->verdict == STK_VERDICT_IMPROVEMENT)) {
		row->reason = row->verdict == STK_VERDICT_REGRESSION ? STK_COMPARE_SUSPECT
								     : "better, not calibrated";
		row->verdict = STK_VERDICT_INCONCLUSIVE;
	}
}

static void add_totals(struct stk_run *run, const struct stk_kept_load *base,
	const struct stk_window *head, const struct stk_comparison *comparison)
{
	double seconds = (double)(head->end_ns - head->start_ns) / 1e9;

	if (base->cpu_ns > 0 && base->requests > 0 && head->cpu_ns > 0 && head->requests > 0) {
		add_total(run, "cpu", "nanoseconds", (double)base->cpu_ns / (double)base->requests,
			(double)head->cpu_ns / (double)head->requests);
		judge_cpu(run, comparison);
	}
	add_total(run, "p50", "ms", base->p50_ms, head->p50_ms);
	add_total(run, "p95", "ms", base->p95_ms, head->p95_ms);
	add_total(run, "p99", "ms", base->p99_ms, head->p99_ms);
	if (base->seconds > 0.0 && seconds > 0.0)
		add_total(run, "throughput", "per second", (double)base->requests / base->seconds,
			(double)head->requests / seconds);
}

void stk_kept_check(
	struct stk_session *session, size_t window, const struct stk_comparison *comparison)
{
	struct stk_run *run = session->run;
	const struct stk_window *head = &run->windows.items[window];
	const struct stk_kept_load *base = &session->kept->load;
	bool is_first = true;

	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (strcmp(run->preconditions.items[i].name, "load") == 0)
			is_first = false;
	}
	if (is_first) {
		check_load(run, base, head);
		check_errors(run, base, head);
		check_mix(run, base, head);
		check_environment(run, session->kept);
		check_calibration(session);
		if (run->mode == STK_MODE_BASELINE)
			add_totals(run, base, head, comparison);
	}
	check_slices(run, comparison);
	check_placebo(session, comparison);
}
